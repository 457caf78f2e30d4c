//! `cargo run` in this folder records what the drawn programs do, into
//! `../executors/data/recorded.bin`, and says how they end.
#![forbid(unsafe_code)]

use pink_executor_tests::{
    programs::program,
    recorded::{write, CallEnd, Trap, PROGRAMS},
};
use std::{collections::BTreeMap, error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let mut recorded = Vec::new();
    let mut ends = BTreeMap::<String, u32>::new();
    let mut bytes = 0;
    for seed in 0..PROGRAMS {
        let program = program(seed);
        let done = pink_oracle::run(&program)?;
        for ended in &done.ended {
            let name = match ended {
                CallEnd::Value(_) => "value".to_owned(),
                CallEnd::Nothing => "nothing".to_owned(),
                CallEnd::Trap(Trap::Other) => return Err(format!("program {seed}").into()),
                CallEnd::Trap(trap) => format!("{trap:?}"),
            };
            *ends.entry(name).or_default() += 1;
        }
        bytes += program.code.len();
        write(&mut recorded, &program, &done);
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../executors/data/recorded.bin");
    fs::write(&path, &recorded)?;
    println!(
        "{PROGRAMS} programs of {bytes} bytes, {} recorded: {ends:?}",
        recorded.len()
    );
    Ok(())
}
