//! What a message takes besides its frames.

use crate::{
    clock::median,
    fixture::{call, Fixture, Subject},
    probe::Found,
};
use anyhow::{ensure, Context};
use pink_capi::types::{Code, Determinism, Message, Mode, Outcome, RemoveCode, Upload, Withdraw};

fn median_time(
    fixture: &Fixture,
    rounds: u32,
    message: impl Fn() -> Message,
) -> anyhow::Result<f64> {
    let mut times = Vec::new();
    for _ in 0..rounds * 5 {
        let (time, receipt, _) = fixture.execute(Mode::Transaction, message())?;
        ensure!(receipt.outcome == Outcome::Success, "{:?}", receipt.outcome);
        times.push(time);
    }
    Ok(median(times))
}

fn found(base: f64, per_byte: f64) -> Found {
    Found {
        base: base.max(0.0),
        per_byte: per_byte.max(0.0),
        largest: (0.0, 0.0),
    }
}

/// `call`, `instantiate`, `remove_code`, `withdraw` and `deleted_item`. A frame's own time is known.
pub(crate) fn measure(
    file: &Subject,
    rounds: u32,
    frame: f64,
) -> anyhow::Result<Vec<(&'static str, Found)>> {
    const LARGE: usize = 16_384;
    let mut fixture = Fixture::new(file.clone())?;
    let idle = wat::parse_str(
        r#"(module (import "env" "memory" (memory 1 1))
            (func (export "deploy")) (func (export "call")))"#,
    )?;
    let (contract, code) = fixture.make(idle, Vec::new())?;
    let with = |input: usize| median_time(&fixture, rounds, || call(contract, vec![0; input]));
    let (small, large) = (with(0)?, with(LARGE)?);
    let per_byte = (large - small) / LARGE as f64;
    let make = |input: usize| {
        median_time(&fixture, rounds, || {
            fixture.instantiation(Code::Existing(code), vec![0; input], 0)
        })
    };
    let (new_small, new_large) = (make(0)?, make(LARGE)?);
    let withdraw = median_time(&fixture, rounds, || {
        Message::Withdraw(Withdraw {
            from: [1; 32],
            amount: 5,
            max_gas_price: 0,
        })
    })?;

    let remove = |fixture: &mut Fixture, bytes: usize| {
        let text = format!(
            r#"(module (import "env" "memory" (memory 1 1)) (data (i32.const 0) "{}")
                (func (export "deploy")) (func (export "call")))"#,
            "x".repeat(bytes)
        );
        let stored = fixture.send(Message::Upload(Upload {
            origin: [1; 32],
            code: wat::parse_str(text)?,
            storage_deposit_limit: None,
            determinism: Determinism::Enforced,
            max_gas_price: 0,
        }))?;
        let code_hash = stored.code_hash.context("no code")?;
        median_time(fixture, rounds, || {
            Message::RemoveCode(RemoveCode {
                origin: [1; 32],
                code_hash,
                max_gas_price: 0,
            })
        })
    };
    let (remove_small, remove_large) = (remove(&mut fixture, 1)?, remove(&mut fixture, 60_000)?);

    let hoard = wat::parse_str(
        r#"(module (import "env" "memory" (memory 1 1))
            (import "seal2" "set_storage" (func $set (param i32 i32 i32 i32) (result i32)))
            (import "seal1" "terminate" (func $terminate (param i32)))
            (func (export "deploy") (local $n i32)
                (loop
                    (i32.store (i32.const 0) (local.get $n))
                    (drop (call $set (i32.const 0) (i32.const 4) (i32.const 100) (i32.const 32)))
                    (br_if 0 (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 1000)))))
            (func (export "call") (call $terminate (i32.const 5000))))"#,
    )?;
    let (hoard, _) = fixture.make(hoard, Vec::new())?;
    let nothing = |fixture: &Fixture| -> anyhow::Result<f64> {
        let mut times = Vec::new();
        for _ in 0..rounds {
            times.push(fixture.end_block()?.0);
        }
        Ok(median(times))
    };
    let empty = nothing(&fixture)?;
    fixture.send(call(hoard, Vec::new()))?;
    let items = f64::from(pink_engine_deposit::Rules::V2_0.idle.deleted_items);
    let item = (nothing(&fixture)? - empty) / items;
    Ok(vec![
        ("call", found(small - frame, per_byte)),
        (
            "instantiate",
            found(new_small - frame, (new_large - new_small) / LARGE as f64),
        ),
        (
            "remove_code",
            found(remove_small, (remove_large - remove_small) / 60_000.0),
        ),
        ("withdraw", found(withdraw, 0.0)),
        ("deleted_item", found(item, 0.0)),
    ])
}
