//! What an engine leaves behind in the process.

use crate::{
    check::{ensure, Abi, Verdict},
    engine::Engine,
    file::File,
    scenario::Scenario,
};

pub(super) fn files_closed(file: &File, abi: Abi) -> Verdict {
    let engine = Engine::open(file, abi)?;
    let before = open_files();
    Scenario::play(&engine)?;
    let after = open_files();
    ensure!(
        after <= before,
        "{after} files are open, {before} were before"
    );
    Ok(())
}

fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}
