//! The last act: the cluster moves to the engine that compiles contracts, and the same contract has more done for
//! the same fee. How much more is computed from receipts, since prices may change until that engine is released.

use super::{
    field,
    scenario::{dev, file, makes, Act, Scene},
    Stage,
};
use crate::{
    error::{Error, Result},
    tree,
};
use std::path::Path;

/// Turns of a loop in one call.
const TURNS: u64 = 1_000_000;
const TURNS_TEXT: &str = "1000000";

/// The least that has to come of it, in tenths.
const LEAST_TENTHS: u64 = 15;

/// The command that has the loop turned.
const LOOP: &[&str] = &[
    "call",
    "{bench}",
    "--message",
    "loop_turns",
    "--args",
    TURNS_TEXT,
];

const TO_2_0: &[Scene] = &[
    file(
        "An engine is built that can compile contracts",
        Act::Bring("2.1"),
    ),
    dev(
        "The council votes for it",
        &["register", "2.1"],
        &["EngineRegistered { version: 2.1 }"],
    ),
    makes(
        "bench",
        "A contract that computes; it is on 2.0 as yet",
        &[
            "instantiate",
            "--code",
            "contracts/artifacts/bench.contract",
            "--constructor",
            "new",
        ],
        &["engine 2.0"],
    ),
];

const BEFORE: Scene = dev(
    "It turns a loop a million times; the engine interprets it",
    LOOP,
    &["engine 2.0", "gas consumed", "fee"],
);

const TO_2_1: &[Scene] = &[
    dev(
        "This very message, tried under 2.1 on the state that it met",
        &["rehearse", "--to", "2.1", "--message", "{message}"],
        &["under 2.0", "under 2.1", "differs nothing"],
    ),
    dev(
        "The upgrade; nobody touches the contract",
        &["upgrade", "2.1"],
        &["from 2.0", "to 2.1"],
    ),
    dev("And its block comes", &["advance", "11"], &["engine 2.1"]),
];

const INTERPRETED: Scene = dev(
    "The same call: code that was there before is interpreted until somebody pays for compiling it",
    LOOP,
    &["engine 2.1", "gas consumed"],
);

const TO_COMPILED: &[Scene] = &[
    dev(
        "Somebody does, once, for all contracts of this code",
        &["activate", "0x{bench.code}"],
        &["event CodeActivated", "fee"],
    ),
    dev(
        "Compilers are left ten blocks: no block ever waits for one",
        &["advance", "11"],
        &["engine 2.1"],
    ),
];

const COMPILED: Scene = dev(
    "The same call, compiled",
    LOOP,
    &["engine 2.1", "gas consumed", "fee"],
);

const END: Scene = dev(
    "Once more from the beginning, each message by the version of its time",
    &["replay", "--verify"],
    &["divergence none"],
);

/// Plays it, if the engine was built. Returns how many scenes there were.
pub(super) fn play(stage: &mut Stage, root: &Path) -> Result<usize> {
    let built = tree::engines_dir(root);
    if !built.join("libpink.so.2.1").is_file() {
        println!(
            "\nOne act more is played when engine 2.1 is there, which compiles contracts: `cargo xtask engines` \
             builds it, in some minutes."
        );
        return Ok(0);
    }
    stage.built = built;
    stage.play_all(TO_2_0)?;
    let before = stage.tell(&BEFORE)?;
    let message = field(&before, "message").unwrap_or_default().to_owned();
    stage.names.insert("message".into(), message);
    stage.play_all(TO_2_1)?;
    stage.tell(&INTERPRETED)?;
    stage.play_all(TO_COMPILED)?;
    let after = stage.tell(&COMPILED)?;
    let (was, is) = (gas(&before)?, gas(&after)?);
    // Whatever the turns cost less, the rest of the call takes part in, so that the sum holds for whole calls.
    let times = |number: u64| number.saturating_mul(was) / is.max(1);
    let (turns, tenths) = (times(TURNS), times(10));
    stage.names.insert("turns".into(), turns.to_string());
    let all = dev(
        "So many more turns as the same fee pays for",
        &[
            "call",
            "{bench}",
            "--message",
            "loop_turns",
            "--args",
            "{turns}",
        ],
        &["engine 2.1", "gas consumed", "fee"],
    );
    let for_the_same = gas(&stage.tell(&all)?)?;
    let times = format!("{}.{}", tenths / 10, tenths % 10);
    if tenths < LEAST_TENTHS || for_the_same > was {
        return Err(Error::Scene {
            command: LOOP.join(" "),
            reason: format!(
                "{TURNS} turns took {was} ps under 2.0 and take {is} ps under 2.1, {times} times as many \
                 {for_the_same} ps"
            ),
        });
    }
    stage.play_all(&[END])?;
    println!(
        "\nThe same contract before and after, {times} times as much for the same fee: {TURNS} turns for {was} ps \
         under 2.0, {turns} for {for_the_same} ps under 2.1."
    );
    // Four calls more than the lists have, and the replay.
    Ok(TO_2_0.len() + TO_2_1.len() + TO_COMPILED.len() + 5)
}

/// The ref time that a call used, in picoseconds.
fn gas(text: &str) -> Result<u64> {
    let used = field(text, "gas consumed").and_then(|it| it.split_whitespace().next());
    used.and_then(|it| it.parse().ok())
        .ok_or_else(|| Error::Scene {
            command: LOOP.join(" "),
            reason: "it doesn't say what it used".into(),
        })
}

/// All scenes that are played one after the other.
#[cfg(test)]
pub(super) fn lists() -> [&'static [Scene]; 3] {
    [TO_2_0, TO_2_1, TO_COMPILED]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gas_is_read_from_what_a_command_says() {
        let said = "engine              2.1\ngas consumed        12345 ps, 678 bytes\n";
        assert_eq!(gas(said).unwrap(), 12_345);
        assert!(gas("engine              2.1\n").is_err());
    }

    #[test]
    fn the_loop_is_as_long_as_is_said() {
        assert_eq!(TURNS_TEXT.parse(), Ok(TURNS));
    }
}
