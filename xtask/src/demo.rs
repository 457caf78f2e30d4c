use crate::{error::Result, process, tree};

/// Builds the engines, then has the worker tell the story.
pub(crate) fn run() -> Result<()> {
    crate::engines::build(&[])?;
    let root = tree::root();
    process::run(process::cargo().current_dir(&root).args([
        "run",
        "--quiet",
        "--package",
        "pink-worker",
        "--",
        "--version",
    ]))
}
