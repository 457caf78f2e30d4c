//! What is plotted.

use crate::{calls::ours, peer::Peer, scale::State, Setting};
use anyhow::Context;
use pink_engine_benches::in_turns;
use serde::Serialize;
use std::{fs, path::Path};

/// A contract that calls itself. Its input: how deep, and its own address.
const DEEP: &str = r#"(module
    (import "seal0" "input" (func $input (param i32 i32)))
    (import "seal1" "seal_call"
        (func $call (param i32 i32 i64 i32 i32 i32 i32 i32) (result i32)))
    (import "env" "memory" (memory 1 1))
    ;; The length of the buffer for the input, which comes behind it.
    (data (i32.const 0) "\40")
    (func (export "deploy"))
    (func (export "call")
        (call $input (i32.const 4) (i32.const 0))
        (if (i32.eqz (i32.load8_u (i32.const 4))) (then (return)))
        (i32.store8 (i32.const 4)
            (i32.sub (i32.load8_u (i32.const 4)) (i32.const 1)))
        ;; May be called back; all gas; no value; no output.
        (if (call $call (i32.const 8) (i32.const 5) (i64.const 0) (i32.const 100)
                (i32.const 4) (i32.const 33) (i32.const -1) (i32.const 0))
            (then (unreachable)))))"#;

/// The deepest that the peer allows, and that is measured of ours.
const PEER_DEPTH: u8 = 4;
const OUR_DEPTH: u8 = 20;

/// Points of one line, in microseconds.
type Line = Vec<(f64, f64)>;

/// One plot, as `pink-bench-plots` draws it.
#[derive(Debug, Serialize)]
struct Plot {
    name: &'static str,
    title: &'static str,
    x: &'static str,
    y: &'static str,
    log: bool,
    lines: [(&'static str, Line); 2],
}

/// Measures what is plotted, and writes it as JSON.
pub(crate) fn all(setting: &Setting, file: &Path) -> anyhow::Result<()> {
    eprintln!("measuring call time against state size");
    let (fixed, random) = state_size(setting)?;
    let state_size = Plot {
        name: "state-size",
        title: "Token transfer on a store on disk",
        x: "keys",
        y: "microseconds",
        log: true,
        lines: [("fixed accounts", fixed), ("random accounts", random)],
    };
    eprintln!("measuring nested depth against time");
    let (ours, peer) = depth(setting)?;
    let nested_depth = Plot {
        name: "nested-depth",
        title: "A contract that calls itself",
        x: "calls deep",
        y: "microseconds",
        log: false,
        lines: [("engine 2.0", ours), ("pallet-contracts 51", peer)],
    };
    let plots = serde_json::to_vec(&[state_size, nested_depth])?;
    fs::write(file, plots).with_context(|| file.display().to_string())
}

fn state_size(setting: &Setting) -> anyhow::Result<(Line, Line)> {
    let (mut fixed, mut random) = (Line::new(), Line::new());
    let mut keys = 1_000;
    while keys <= setting.keys {
        let scratch = setting.scratch.path().join("plot");
        let state = State::new(&setting.engines, &scratch, keys)?;
        let messages = state.fixed();
        let calls = messages.len() as f64 * 1_000.0;
        let all = || messages.iter().try_for_each(|message| state.call(message));
        let drawn = || messages.iter().try_for_each(|_| state.random());
        let (of_fixed, of_random) = in_turns(setting.rounds, 1, all, drawn)?;
        fixed.push((f64::from(keys), of_fixed as f64 / calls));
        random.push((f64::from(keys), of_random as f64 / calls));
        keys = keys.saturating_mul(10);
    }
    Ok((fixed, random))
}

fn depth(setting: &Setting) -> anyhow::Result<(Line, Line)> {
    let code = wat::parse_str(DEEP)?;
    let mut ours = ours(&setting.engines, &code, &[])?;
    let mut peer = Peer::new(&code, &[])?;
    let (our_address, peer_address) = (ours.contract, peer.address());
    let input = |depth: u8, address: [u8; 32]| [&[depth][..], &address].concat();
    let (mut our_line, mut peer_line) = (Line::new(), Line::new());
    for depth in 0..=OUR_DEPTH {
        let our_input = input(depth, our_address);
        let peer_input = input(depth.min(PEER_DEPTH), peer_address);
        let (of_ours, of_peer) = in_turns(
            setting.rounds.min(30),
            5,
            || ours.call(&our_input),
            || peer.call(&peer_input),
        )?;
        our_line.push((f64::from(depth), of_ours as f64 / 1_000.0));
        if depth <= PEER_DEPTH {
            peer_line.push((f64::from(depth), of_peer as f64 / 1_000.0));
        }
    }
    Ok((our_line, peer_line))
}
