//! What a frame takes by its code, cold and warm, and what it takes to store code.

use crate::{
    clock::median,
    fixture::{call, Fixture, Subject},
    heavy,
};
use anyhow::{ensure, Context};
use pink_capi::types::{Determinism, Message, Mode, Outcome, Upload};

/// One module.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    pub name: String,
    pub bytes: f64,
    /// Nanoseconds that the first call takes longer than the next one.
    pub cold: f64,
    /// Nanoseconds of a call that finds everything in its place.
    pub warm: f64,
    /// Nanoseconds of an upload.
    pub upload: f64,
    /// What a call of it is charged, and an upload, in picoseconds.
    pub charged: f64,
    pub charged_upload: f64,
}

/// Measures modules of several sizes.
pub(crate) fn measure(file: &Subject, rounds: u32) -> anyhow::Result<Vec<Load>> {
    let mut loads = Vec::new();
    for bytes in [300, 4 * 1024, 32 * 1024, 250 * 1024] {
        for (name, code) in heavy::modules(bytes, 0) {
            let ink = name.contains("ink!");
            if ink && bytes != 300 {
                continue;
            }
            // What can't become that large was measured already.
            if !ink && code.len() < bytes / 4 * 3 && bytes > 300 {
                continue;
            }
            let rounds = if bytes > 10_000 { 3 } else { rounds };
            loads.push(one(file, name.clone(), code, rounds).with_context(|| name)?);
        }
    }
    Ok(loads)
}

fn one(file: &Subject, name: String, code: Vec<u8>, rounds: u32) -> anyhow::Result<Load> {
    let bytes = code.len() as f64;
    let fresh = Fixture::new(file.clone())?;
    let mut uploads = Vec::new();
    let mut charged_upload = 0.0;
    for _ in 0..rounds {
        let message = Message::Upload(Upload {
            origin: [1; 32],
            code: code.clone(),
            storage_deposit_limit: None,
            determinism: Determinism::Enforced,
            max_gas_price: 0,
        });
        let (time, receipt, _) = fresh.execute(Mode::Estimating, message)?;
        ensure!(receipt.outcome == Outcome::Success, "{:?}", receipt.outcome);
        charged_upload = receipt.gas_consumed.ref_time as f64;
        uploads.push(time);
    }
    let mut fixture = Fixture::new(Subject::library())?;
    let selector = constructor(&name);
    let (contract, _) = fixture.make(code, selector)?;
    let (mut cold, mut warm) = (Vec::new(), Vec::new());
    let mut charged = 0.0;
    for _ in 0..rounds {
        fixture.subject = Subject::library();
        // An input that no contract knows: it ends soon, well or not.
        let run = || fixture.execute(Mode::Transaction, call(contract, vec![0; 4]));
        let first = run()?;
        let second = run()?;
        charged = second.1.gas_consumed.ref_time as f64;
        cold.push(first.0 - second.0);
        warm.push(second.0);
    }
    Ok(Load {
        name,
        bytes,
        cold: median(cold),
        warm: median(warm),
        upload: median(uploads),
        charged,
        charged_upload,
    })
}

/// Something that each of the contracts' constructors takes.
pub(crate) fn constructor(name: &str) -> Vec<u8> {
    let new = sp_crypto_hashing::blake2_256(if name.starts_with("system") {
        b"default"
    } else {
        b"new"
    });
    let mut input = new[..4].to_vec();
    input.extend([1; 32]);
    input
}

/// Nanoseconds that a page takes which a contract starts with, when something is written to every
/// part of it that the system hands out on its own.
pub(crate) fn page(file: &Subject, rounds: u32) -> anyhow::Result<f64> {
    let mut fixture = Fixture::new(file.clone())?;
    let mut points = Vec::new();
    for pages in [1u32, 16, 64] {
        let text = format!(
            r#"(module (import "env" "memory" (memory {pages} {pages}))
                (func (export "deploy"))
                (func (export "call") (local $at i32)
                    (loop
                        (i32.store8 (local.get $at) (i32.const 1))
                        (local.set $at (i32.add (local.get $at) (i32.const 4096)))
                        (br_if 0 (i32.lt_u (local.get $at) (i32.const {}))))))"#,
            pages * 65_536
        );
        let (contract, _) = fixture.make(wat::parse_str(text)?, Vec::new())?;
        let mut times = Vec::new();
        for _ in 0..rounds * 3 {
            times.push(
                fixture
                    .execute(Mode::Transaction, call(contract, Vec::new()))?
                    .0,
            );
        }
        points.push((f64::from(pages), median(times)));
    }
    let (one, first) = points[0];
    Ok(points[1..]
        .iter()
        .map(|(pages, time)| (time - first) / (pages - one))
        .fold(0.0, f64::max))
}
