//! What is measured, and what is to be reached.

use crate::{floor::Floor, ours::Ours, peer::Peer, report::Row, timing::in_turns};
use anyhow::Context;
use parity_scale_codec::Encode;
use std::path::Path;

type Measure = fn(&Path, u32) -> anyhow::Result<Row>;

/// The rows, by the names that the table of what is to be reached gives them.
pub(crate) const ROWS: &[(&str, Measure)] = &[
    ("token", |engines, rounds| {
        let supply = [selector("new"), 1_000_000_000_000u128.encode()].concat();
        let transfer = [selector("transfer"), [7u8; 32].encode(), 1u128.encode()].concat();
        let times = against_peer(engines, rounds, 20, TOKEN, &supply, |_| transfer.clone())?;
        Ok(Row::at_least("token", 30.0, times))
    }),
    ("flip", |engines, rounds| {
        let new = [selector("new"), true.encode()].concat();
        let times = against_peer(engines, rounds, 20, FLIPPER, &new, |_| selector("flip"))?;
        Ok(Row::at_least("flip", 30.0, times))
    }),
    ("nested", |engines, rounds| {
        let nested =
            |callee: [u8; 32]| [selector("nested"), callee.encode(), 10u32.encode()].concat();
        let times = against_peer(engines, rounds, 5, BENCH, &selector("new"), nested)?;
        Ok(Row::at_least("nested", 30.0, times))
    }),
    ("compute", |engines, rounds| {
        let turns = [selector("loop_turns"), 1_000_000u32.encode()].concat();
        let times = against_peer(engines, rounds.min(20), 1, BENCH, &selector("new"), |_| {
            turns.clone()
        })?;
        let sha = [selector("sha256_wasm"), 256u32.encode()].concat();
        let sha_times = against_peer(engines, rounds.min(20), 1, BENCH, &selector("new"), |_| {
            sha.clone()
        })?;
        // The worse of the two is the row.
        let ratio = |(ours, other): (u64, u64)| other as f64 / ours as f64;
        let worse = if ratio(times) <= ratio(sha_times) {
            times
        } else {
            sha_times
        };
        Ok(Row::at_least("compute", 2.0, worse))
    }),
    ("floor", |engines, rounds| {
        let new = [selector("new"), true.encode()].concat();
        let flip = selector("flip");
        let mut ours = Ours::new(engines, FLIPPER, &new)?;
        let mut floor = Floor::new(FLIPPER, &new)?;
        let times = in_turns(rounds, 50, || ours.call(&flip), || floor.call(&flip))?;
        Ok(Row::at_most("floor", 1.6, times))
    }),
];

const FLIPPER: &[u8] = include_bytes!("../../contracts/artifacts/flipper.wasm");
const TOKEN: &[u8] = include_bytes!("../../contracts/artifacts/token.wasm");
const BENCH: &[u8] = include_bytes!("../../contracts/artifacts/bench.wasm");

/// ink!'s selector: the first four bytes of the name's BLAKE2b-256.
fn selector(name: &str) -> Vec<u8> {
    sp_crypto_hashing::blake2_256(name.as_bytes())[..4].to_vec()
}

/// One call on both sides; `input` is given the address of a second contract of the same code.
fn against_peer(
    engines: &Path,
    rounds: u32,
    batch: u32,
    code: &[u8],
    constructor: &[u8],
    input: impl Fn([u8; 32]) -> Vec<u8>,
) -> anyhow::Result<(u64, u64)> {
    let mut ours = Ours::new(engines, code, constructor).context("our side")?;
    let mut peer = Peer::new(code, constructor).context("the peer")?;
    let our_input = input(ours.callee(code, constructor)?);
    let peer_input = input(peer.callee(code, constructor)?);
    in_turns(
        rounds,
        batch,
        || ours.call(&our_input),
        || peer.call(&peer_input),
    )
}
