//! A simulator: one chain, several workers with stores of their own, and everything that can go
//! wrong between them, all of it drawn from one seed.
//!
//! Engines are missing, are wrong files, or come late; the cluster is upgraded while messages
//! flow; disks fail between any two writes, and what was not synced is partly lost; workers join
//! late and catch up, from blocks that somebody kept or from the chain's newest state; who gives
//! them blocks is behind the chain, or lies about amendments and engine files, now and then. After
//! all of it the faults are taken away, and then:
//!
//! * equal blocks have equal roots on all workers;
//! * no message was skipped or run twice;
//! * the version never changed without its migration;
//! * every parked worker went on once its cause was gone;
//! * no lie changed a root for good, and no worker that didn't lie itself has diverged;
//! * all along, the escrow is what the simulator's own ledger says: every withdrawal that was
//!   debited is paid once or still owed, none that was refused or skipped ever is, and what a
//!   skipped deposit brought went back once;
//! * the chain confirmed everything, and its own invariants hold.
//!
//! The engines are the real files: build them with `cargo xtask engines`. A failure names its
//! seed; `PINK_SIM_SEED=… cargo test -p pink-worker --test simulator` runs that one alone.
//! `PINK_SIM_RUNS` says how many seeds are tried from there, `PINK_SIM_BLOCKS` how long each
//! history is, and `PINK_SIM_TRAFFIC` how many messages a block has at most. `PINK_SIM_AMEND=0` keeps
//! governance from amending moves that a quorum of the workers can't make for want of a file.

mod board;
mod clock;
mod codes;
mod disk;
mod every;
mod faulty;
mod harness;
mod looped;
mod money;
mod node;
mod source;
mod spoken;
mod traffic;
mod voice;

use harness::{Harness, Options};
use std::{env, str::FromStr};

fn setting<T: FromStr>(name: &str, default: T) -> T {
    match env::var(name) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{name}={text} is no number")),
        Err(_) => default,
    }
}

/// The histories of the settings, or of a number of seeds. Returns how many there were as well.
fn histories(runs: u64, blocks: u32, daemons: bool) -> (harness::Figures, u64, Options) {
    let first: u64 = setting("PINK_SIM_SEED", 1);
    // One seed alone, if it was named.
    let runs = setting(
        "PINK_SIM_RUNS",
        if env::var("PINK_SIM_SEED").is_ok() {
            1
        } else {
            runs
        },
    );
    let options = Options {
        blocks: setting("PINK_SIM_BLOCKS", blocks),
        traffic: setting("PINK_SIM_TRAFFIC", 12),
        amend: setting("PINK_SIM_AMEND", 1u8) > 0,
        daemons,
    };
    let mut total = harness::Figures::default();
    for seed in first..first + runs {
        let figures = std::panic::catch_unwind(|| Harness::new(seed, options).run())
            .unwrap_or_else(|_| {
                let Options {
                    blocks,
                    traffic,
                    amend,
                    ..
                } = options;
                let amend = u8::from(amend);
                panic!(
                    "seed {seed} failed: PINK_SIM_SEED={seed} PINK_SIM_BLOCKS={blocks} \
                     PINK_SIM_TRAFFIC={traffic} PINK_SIM_AMEND={amend} runs it alone"
                )
            });
        eprintln!("seed {seed}: {figures}");
        total = total + figures;
    }
    println!("{total}");
    assert!(
        total.succeeded * 2 > total.messages,
        "hardly anything succeeded: {total}"
    );
    (total, runs, options)
}

/// The same, where all workers but one are loops of daemons over faulty sources.
#[test]
fn histories_of_daemons_end_alike_everywhere() {
    let (total, runs, _) = histories(3, 80, true);
    if runs < 3 {
        return;
    }
    assert!(
        total.crashes > 0 && total.parked > 0 && total.troubles > 0,
        "nothing went wrong: {total}"
    );
    assert!(total.acknowledged > 0, "no loop said anything: {total}");
    assert!(total.pruned > 0, "no loop forgot anything: {total}");
}

#[test]
fn histories_with_faults_end_alike_everywhere() {
    let (total, runs, options) = histories(6, 120, false);
    // What one seed alone has of each, chance decides.
    if runs < 6 {
        return;
    }
    assert!(total.upgrades > 0, "no history had an upgrade: {total}");
    assert!(total.requests > 0, "nobody asked twice in a block: {total}");
    assert!(
        !options.amend || (total.amended > 0 && total.went_back > 0),
        "nothing was amended: {total}"
    );
    assert!(
        total.crashes > 0 && total.parked > 0,
        "nothing went wrong: {total}"
    );
    // Joins are more than those who were there from the beginning.
    assert!(
        total.read > 0 && total.lies > 0 && total.undone > 0,
        "nobody read the state, or nobody lied: {total}"
    );
    let money = total.settled;
    assert!(
        money.paid > 0 && money.refused > 0,
        "no money moved: {total}"
    );
    assert!(
        !options.amend || money.returned > 0,
        "no deposit was skipped: {total}"
    );
    let came_and_went = total.joins > 3 * runs && total.leaves > 0 && total.lapses > 0;
    assert!(came_and_went, "nobody came, left or fell silent: {total}");
    assert!(
        total.diverged > 0 && total.resolved > 0,
        "nobody lied, or nobody decided: {total}"
    );
}
