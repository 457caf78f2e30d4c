//! Input that isn't what its kind takes.

use super::arguments::{session, still_works};
use crate::{
    check::{ensure, failed, Abi, Stop, Verdict},
    engine::{v2::V2, Engine, Instance, Work},
    file::File,
    scenario,
};
use parity_scale_codec::Encode;
use pink_capi::{
    types::{Env, Mode},
    v2::{ffi, Kind},
    Fault,
};

/// Bytes that an engine may take to refuse input of a few bytes.
const MAX_BYTES_TO_REFUSE: u64 = 16 << 20;

/// Ways to spoil input: cut off, followed by more, and bytes that claim to be many.
fn spoiled(good: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut cases = vec![
        ("one byte too many", [good, &[0]].concat()),
        ("bytes that claim to be many", vec![0xFE; 80]),
        ("ones", vec![0xFF; good.len().max(1)]),
    ];
    if !good.is_empty() {
        cases.push(("followed by itself", [good, good].concat()));
        cases.push(("nothing", Vec::new()));
        cases.push(("the last byte missing", good[..good.len() - 1].to_vec()));
        cases.push(("half of it", good[..good.len() / 2].to_vec()));
    }
    cases
}

pub(super) fn undecodable(file: &File, abi: Abi) -> Verdict {
    let engine = Engine::open(file, abi)?;
    let heap = engine.heap();
    for kind in Kind::ALL {
        let work = scenario::sample(kind);
        let id = work.id();
        let good = match abi {
            Abi::V1 => work.args(),
            Abi::V2 => work.input(),
        };
        for (what, bytes) in spoiled(&good) {
            let before = heap.used().bytes;
            let refused: Result<(), Stop> = match engine.instance()? {
                Instance::V1(engine) => {
                    match engine.cross(session(kind), id, Some(&bytes)).fault() {
                        Some(Fault::BadArguments { .. }) => Ok(()),
                        other => Err(failed!("{kind:?}, {what}: {other:?}")),
                    }
                }
                Instance::V2(instance) => {
                    let done = instance.run(session(kind), kind as u32, &bytes);
                    // An index that isn't known is an unknown id.
                    match done.status {
                        ffi::E_ARGUMENT | ffi::E_UNSUPPORTED => Ok(()),
                        _ => Err(failed!("{kind:?}, {what}: {}", done.describe())),
                    }
                }
            };
            refused?;
            let peak = heap.used().peak_bytes;
            ensure!(
                peak < before.saturating_add(MAX_BYTES_TO_REFUSE),
                "{kind:?}, {what}: took {peak} bytes to refuse it"
            );
        }
    }
    Ok(())
}

pub(super) fn kind_and_mode(file: &File, _: Abi) -> Verdict {
    let engine = V2::open(file)?;
    let instance = engine.instance()?;
    let input = |mode, kind| match scenario::sample(kind) {
        Work::Message(env, message) => {
            let env = env.into_owned();
            (Env { mode, ..env }, message).encode()
        }
        other => other.input(),
    };
    let cases = [
        (Kind::Tx, "a query", input(Mode::Query, Kind::Tx)),
        (Kind::Tx, "an estimate", input(Mode::Estimating, Kind::Tx)),
        (
            Kind::Tx,
            "an upgrade",
            input(Mode::Transaction, Kind::Upgrade),
        ),
        (
            Kind::Query,
            "a transaction",
            input(Mode::Transaction, Kind::Tx),
        ),
        (
            Kind::Query,
            "an estimate",
            input(Mode::Estimating, Kind::Tx),
        ),
        (
            Kind::Estimate,
            "a transaction",
            input(Mode::Transaction, Kind::Tx),
        ),
        (Kind::Estimate, "a query", input(Mode::Query, Kind::Tx)),
        (
            Kind::Upgrade,
            "no upgrade",
            input(Mode::Transaction, Kind::Tx),
        ),
        (
            Kind::Upgrade,
            "an upgrade as a query",
            input(Mode::Query, Kind::Upgrade),
        ),
        (Kind::Query, "an upgrade", input(Mode::Query, Kind::Upgrade)),
        (
            Kind::Estimate,
            "an upgrade",
            input(Mode::Estimating, Kind::Upgrade),
        ),
    ];
    for (kind, what, input) in cases {
        let session = session(kind);
        let done = instance.run(session, kind as u32, &input);
        ensure!(
            done.status == ffi::E_ARGUMENT,
            "{kind:?} of {what}: {}",
            done.describe()
        );
        ensure!(
            session.staged().is_none(),
            "{kind:?} of {what}: it was committed"
        );
    }
    still_works(&instance)
}
