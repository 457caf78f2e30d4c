//! The story of one cluster, told by the worker's own commands, each of them shown.

use crate::{
    error::{Error, OnPath, Result},
    process, tree,
};
use std::path::Path;

/// One command of `pink-worker dev`, and why it comes. `ADDRESS` is the contract made last.
struct Scene {
    why: &'static str,
    command: &'static [&'static str],
}

/// Selectors of the old flipper, whose metadata today's tools don't read.
const OLD_NEW: &str = "0x9bae9d5e01";
const OLD_FLIP: &str = "0x633aa551";
const OLD_GET: &str = "0x2f865bd9";
const OLD: &str = "contracts/artifacts/flipper-ink3.contract";
const TOKEN: &str = "contracts/artifacts/token.contract";

const STORY: &[Scene] = &[
    Scene {
        why: "A chain, a worker, and a cluster under the rules of March 2021",
        command: &["init", "--engine", "1.0"],
    },
    Scene {
        why: "The chain records every engine by the hash of its file",
        command: &["engines"],
    },
    Scene {
        why: "A contract of those days",
        command: &[
            "instantiate",
            "--code",
            OLD,
            "--data",
            OLD_NEW,
            "--value",
            "1000000000000",
        ],
    },
    Scene {
        why: "Called: the fee and what is given back are the price of the limit",
        command: &["call", "ADDRESS", "--data", OLD_FLIP],
    },
    Scene {
        why: "Its value now",
        command: &["query", "ADDRESS", "--data", OLD_GET],
    },
    Scene {
        why: "The owner announces a move to the repaired rules",
        command: &["upgrade", "1.1"],
    },
    Scene {
        why: "The chain goes on, and with the announced block the version changes",
        command: &["advance", "11"],
    },
    Scene {
        why: "Another move, to today's rules",
        command: &["upgrade", "2.0"],
    },
    Scene {
        why: "The same again",
        command: &["advance", "11"],
    },
    Scene {
        why: "What the old contract stored is still there",
        command: &["query", "ADDRESS", "--data", OLD_GET],
    },
    Scene {
        why: "A contract of today, called by name",
        command: &[
            "instantiate",
            "--code",
            TOKEN,
            "--constructor",
            "new",
            "--args",
            "1000",
        ],
    },
    Scene {
        why: "What the next call will cost, to the last picosecond",
        command: &[
            "estimate",
            "ADDRESS",
            "--message",
            "transfer",
            "--args",
            "//Bob",
            "10",
        ],
    },
    Scene {
        why: "The call",
        command: &[
            "call",
            "ADDRESS",
            "--message",
            "transfer",
            "--args",
            "//Bob",
            "10",
        ],
    },
    Scene {
        why: "What Bob has",
        command: &[
            "query",
            "ADDRESS",
            "--message",
            "balance_of",
            "--args",
            "//Bob",
        ],
    },
    Scene {
        why: "All of it",
        command: &["blocks", "--last", "30"],
    },
    Scene {
        why: "And once more from the beginning, each message by the version of its time",
        command: &["replay"],
    },
];

/// Builds engines and worker, then plays the story in a folder that is thrown away.
pub(crate) fn run() -> Result<()> {
    let root = tree::root();
    crate::engines::build(&[])?;
    eprintln!("building the worker");
    process::run(process::cargo().current_dir(&root).args([
        "build",
        "--quiet",
        "--package",
        "pink-worker",
    ]))?;
    let place = tempfile::tempdir().on(std::env::temp_dir())?;
    let mut address = String::new();
    for scene in STORY {
        let command: Vec<_> = scene
            .command
            .iter()
            .map(|word| if *word == "ADDRESS" { &address } else { *word })
            .collect();
        println!("\n# {}\n$ pink-worker dev {}", scene.why, command.join(" "));
        let printed = worker(&root, place.path(), &command)?;
        print!("{printed}");
        if let Some(made) = field(&printed, "address") {
            address = made.to_owned();
        }
    }
    Ok(())
}

fn worker(root: &Path, place: &Path, command: &[&str]) -> Result<String> {
    let mut worker = process::cargo();
    worker.current_dir(root);
    worker.args(["run", "--quiet", "--package", "pink-worker", "--", "dev"]);
    worker.arg("--base-path").arg(place);
    worker.arg("--engines").arg(tree::engines_dir(root));
    process::output(worker.args(command)).map_err(|error| match error {
        Error::Failed { status, .. } => Error::Failed {
            command: format!("pink-worker dev {}", command.join(" ")),
            status,
        },
        other => other,
    })
}

/// Where the worker's values begin in a line.
const COLUMN: usize = 16;

/// The value in the line of this name.
fn field<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.lines()
        .filter_map(|line| line.split_at_checked(COLUMN))
        .find_map(|(label, value)| (label.trim_end() == name).then_some(value.trim()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_field_is_a_whole_word() {
        let text = "status          success\naddress hex     0x00\naddress         5Grw\nhm\n";
        assert_eq!(super::field(text, "address"), Some("5Grw"));
        assert_eq!(super::field(text, "addr"), None);
    }
}
