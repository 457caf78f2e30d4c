//! The longest time per gas of an engine whose code is metered and may be compiled.
//!
//! What runs is measured twice, interpreted and compiled, each against its own price. What is done
//! once for code is measured by modules that nobody saw before, because a file's caches can't be
//! emptied: what an upload takes, a first call by the interpreter, compiling, and an artefact's way in.

use crate::{
    adversaries::{adversaries, module, LOOPS},
    clock::{median, timed},
    fixture::{call, Fixture, Subject},
    heavy,
    loads::constructor,
    worst::{endless, Row},
};
use anyhow::{bail, ensure};
use pink_capi::types::{Determinism, Message, Mode, Outcome, Receipt, Upload};
use pink_engine_benches::prepare;
use pink_engine_host::Engine;
use std::sync::Arc;

/// Loops that compiled code has long, and the interpreter doesn't: name, definitions, body.
fn compiled() -> Vec<(String, String, String)> {
    let chain = |operator: &str, times: usize| {
        let once = format!(
            "(local.set 0 (i64.or ({operator} (local.get 0) (local.get 1)) (i64.const 0x4000000000000001)))"
        );
        once.repeat(times)
    };
    let f = |locals: &str, body: &str| {
        (
            format!("(func $f (param i64 i64) (local {locals}) (loop {body} (br 0)))"),
            "(call $f (i64.const 0x7fffffffffffffff) (i64.const 3))".to_owned(),
        )
    };
    let mut all = Vec::new();
    let mut add = |name: &str, (definitions, body): (String, String)| {
        all.push((name.to_owned(), definitions, body));
    };
    for operator in [
        "i64.div_u",
        "i64.rem_s",
        "i64.mul",
        "i64.popcnt",
        "i64.rotl",
    ] {
        let body = if operator == "i64.popcnt" {
            "(local.set 0 (i64.popcnt (local.get 0)))".repeat(100)
        } else {
            chain(operator, 100)
        };
        add(&format!("one {operator} after the other"), f("i32", &body));
    }
    let narrow =
        "(local.set 2 (i32.or (i32.div_u (local.get 2) (i32.const 3)) (i32.const 0x40000001)))";
    let unknown = "(local.set 2 (i32.or (i32.rem_u (local.get 2) (i32.wrap_i64 (local.get 1))) (i32.const 0x40000001)))";
    add("i32.div_u by a constant", f("i32", &narrow.repeat(100)));
    add(
        "one i32.rem_u after the other",
        f("i32", &unknown.repeat(100)),
    );
    for (kib, mask) in [(128, "0x1fffc"), (512, "0x7fffc"), (1024, "0xffffc")] {
        let steps = format!(
            "(local.set 2 (i32.and (i32.add (i32.mul (local.get 2) (i32.const 1664525)) (i32.add (i32.const 1013904223) (i32.load (local.get 2)))) (i32.const {mask})))"
        );
        let (definitions, body) = f("i32", &steps.repeat(100));
        add(
            &format!("loads that wait for each other, all over {kib} KiB"),
            (
                definitions,
                format!("(drop (memory.grow (i32.const 15))) {body}"),
            ),
        );
    }
    let aligned = "(local.set 2 (i32.and (i32.add (local.get 2) (i32.const 4159)) (i32.const 0xeffff)))(i64.store offset=1 (local.get 2) (i64.load offset=4090 (local.get 2)))";
    let (definitions, body) = f("i32", &aligned.repeat(50));
    add(
        "stores over the edges of lines",
        (
            definitions,
            format!("(drop (memory.grow (i32.const 15))) {body}"),
        ),
    );
    let guess = "(local.set 0 (i64.add (i64.mul (local.get 0) (i64.const 6364136223846793005)) (i64.const 1442695040888963407)))(if (i32.and (i32.wrap_i64 (i64.shr_u (local.get 0) (i64.const 33))) (i32.const 1)) (then (local.set 1 (i64.add (local.get 1) (i64.const 1)))) (else (local.set 1 (i64.xor (local.get 1) (local.get 0)))))";
    add("branches that nobody foresees", f("i32", &guess.repeat(20)));
    let table = "(local.set 0 (i64.add (i64.mul (local.get 0) (i64.const 6364136223846793005)) (i64.const 1442695040888963407)))(block (block (block (block (br_table 0 1 2 3 (i32.and (i32.wrap_i64 (i64.shr_u (local.get 0) (i64.const 33))) (i32.const 3)))))))";
    add("tables that nobody foresees", f("i32", &table.repeat(20)));
    for (len, name) in [
        (0u32, "nothing"),
        (1, "one byte"),
        (17, "17 bytes"),
        (4096, "4096 bytes"),
    ] {
        let copy =
            format!("(drop (call $copy (i32.const 70000) (i32.const 20001) (i32.const {len})))");
        let (definitions, body) = f("i32", &copy.repeat(50));
        let definitions = format!("{LOOPS} {definitions}");
        add(
            &format!("copies of {name}"),
            (
                definitions,
                format!("(drop (memory.grow (i32.const 3))) {body}"),
            ),
        );
    }
    all
}

/// All of them, the worst first.
pub(crate) fn measure(file: &Subject, only: &str, rounds: u32) -> anyhow::Result<Vec<Row>> {
    let Subject::File(engine) = file else {
        bail!("for the file alone");
    };
    let mut rows = Vec::new();
    let mut add = |name: String, ratio: f64| {
        eprintln!("{ratio:>7.3}  {name}");
        rows.push(Row { name, ratio });
    };
    for (name, imports, body) in adversaries().into_iter().chain(compiled()) {
        if !name.contains(only) {
            continue;
        }
        let code = wat::parse_str(module(&imports, &body))?;
        let mut fixture = Fixture::new(file.clone())?;
        let (contract, _) = fixture.make(code.clone(), Vec::new())?;
        add(
            format!("interpreted: {name}"),
            endless(&fixture, contract, rounds)?,
        );
        if prepare(&**engine, &code).is_ok() {
            fixture.later();
            add(
                format!("compiled: {name}"),
                endless(&fixture, contract, rounds)?,
            );
        }
    }
    for bytes in [300, 4 * 1024, 32 * 1024, 120 * 1024, 250 * 1024] {
        let first = heavy::modules(bytes, 0);
        for (which, (name, code)) in first.into_iter().enumerate() {
            let ink = name.contains("ink!");
            let smaller = code.len() < bytes / 4 * 3 && bytes > 300;
            if !name.contains(only) || ink && bytes != 300 || !ink && smaller {
                continue;
            }
            let rounds = if bytes > 10_000 { 3 } else { 5 };
            let codes = (1..=rounds).map(|salt| {
                let salted = heavy::modules(bytes, salt);
                salted.into_iter().nth(which).map_or(Vec::new(), |it| it.1)
            });
            for (what, ratio) in once(file, engine, codes.collect(), &constructor(&name))? {
                add(format!("{what}: {name}, {} bytes", code.len()), ratio);
            }
        }
    }
    rows.sort_by(|a, b| b.ratio.total_cmp(&a.ratio));
    Ok(rows)
}

/// What is done once for code, by modules that differ in a number.
fn once(
    file: &Subject,
    engine: &Arc<dyn Engine>,
    codes: Vec<Vec<u8>>,
    input: &[u8],
) -> anyhow::Result<Vec<(&'static str, f64)>> {
    let mut times: Vec<(&'static str, Vec<f64>)> =
        ["upload, compiling, loading", "first call", "compiled call"]
            .map(|what| (what, Vec::new()))
            .into();
    let mut push = |which: usize, time: f64, receipt: &Receipt| {
        if let Some((_, ratios)) = times.get_mut(which) {
            ratios.push(time * 1_000.0 / receipt.gas_consumed.ref_time as f64);
        }
    };
    for code in codes {
        let mut fixture = Fixture::new(file.clone())?;
        let upload = Message::Upload(Upload {
            origin: [1; 32],
            code: code.clone(),
            storage_deposit_limit: None,
            determinism: Determinism::Enforced,
            max_gas_price: 0,
        });
        let (time, receipt, _) = fixture.execute(Mode::Transaction, upload)?;
        ensure!(receipt.outcome == Outcome::Success, "{:?}", receipt.outcome);
        let (compiling, artefact) =
            timed(|| engine.prepare().map(|prepare| prepare.compile(&code)));
        let artefact = artefact.transpose()?.flatten();
        // What is never compiled is looked at all the same, and doesn't pay for it.
        let compiling = if artefact.is_some() { compiling } else { 0.0 };
        let mut stored = time + compiling;
        let uploaded = receipt;
        let (contract, hash) = fixture.make(code, input.to_vec())?;
        let run = |fixture: &Fixture| {
            let (time, receipt, _) =
                fixture.execute(Mode::Transaction, call(contract, vec![0; 4]))?;
            anyhow::Ok((time, receipt))
        };
        // Its second one may be the longer one, on a machine that does something else.
        let (cold, warm) = (run(&fixture)?, run(&fixture)?);
        push(1, cold.0.max(warm.0), &warm.1);
        if let (Some(artefact), Some(prepare)) = (artefact, engine.prepare()) {
            let (loading, loaded) = timed(|| prepare.install(hash.into(), &artefact));
            loaded?;
            // Done once, beside the blocks, like compiling.
            stored += loading;
            fixture.later();
            let (warm, receipt) = run(&fixture)?;
            push(2, warm, &receipt);
        }
        push(0, stored, &uploaded);
    }
    Ok(times
        .into_iter()
        .filter(|(_, ratios)| !ratios.is_empty())
        .map(|(what, ratios)| (what, median(ratios)))
        .collect())
}
