//! The phases that need the peer, the worker or its store: execute, commit, root, block, query.

use anyhow::Context;
use criterion::{Criterion, SamplingMode};
use pink_benches::phases;
use std::{path::Path, time::Duration};

const TARGET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target");

fn main() -> anyhow::Result<()> {
    let mut criterion = Criterion::default()
        .without_plots()
        .sample_size(20)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    let engines = Path::new(TARGET).join("engines");
    // Beside the build, where there is a disk: the system's own place may be memory.
    let scratch = tempfile::tempdir_in(TARGET).context("a folder in target/")?;
    for (phase, make) in phases::ALL {
        let works = make(&engines, scratch.path()).with_context(|| format!("the phase {phase}"))?;
        let mut group = criterion.benchmark_group(*phase);
        // Some of them take a tenth of a second: as often in every sample.
        group.sampling_mode(SamplingMode::Flat);
        for (name, mut work) in works {
            group.bench_function(name, |bencher| {
                bencher.iter(|| work().expect("it was tried when it was made"))
            });
        }
        group.finish();
    }
    criterion.final_summary();
    Ok(())
}
