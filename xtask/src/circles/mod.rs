//! Whether the modules of a crate import each other in a circle.
//!
//! A module is a file or folder directly in `src`; an edge is a `crate::module` in it, or a `super::module` that
//! reaches as far, tests aside. Where there are no circles the modules have an order, lowest first, and each can be
//! read with those above it in the list alone.
//!
//! A name that the root gives out again (`crate::Name`) is no edge, because the text doesn't say whose it is: a circle
//! that closes through the root alone isn't found.

mod graph;
mod read;

use crate::{
    error::{Error, Result},
    process,
};
use graph::order;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Command,
};

/// Imports that close a circle, by the crate's folder: the module that imports, and what it imports. Without them each
/// crate has an order. Each is to be cut when its files are at hand; none may come to them.
const KNOWN: &[(&str, &str, &str)] = &[
    // `types::Message` is where whoever uses messages looks for it; the calls make it of their table.
    ("capi", "types", "calls"),
    // Code that is checked is metered, and what is metered is stored with what was found of it.
    ("engines/deposit", "metered", "code"),
    ("engines/meter", "class", "body"),
    // A release names its compiler, which is for its rules.
    ("engines/v2.1", "rules", "compiler"),
    // The service starts what serves and seals, and its types are theirs.
    ("node", "service", "consensus"),
    ("node", "service", "rpc"),
    ("node", "service", "sealing"),
    ("pallets/fat-contracts", "effects", "checkpoints"),
    ("pallets/fat-contracts", "quorum", "checkpoints"),
    // A handle makes views, which keep it.
    ("worker/core", "handle", "view"),
    ("worker/core", "view", "recorded_reads"),
    // A node restarts its own servers, which serve it.
    ("worker/dev-serve", "node", "servers"),
    ("worker/devchain", "genesis", "engines"),
    ("worker/devchain", "node", "source"),
    ("worker/engine-tester", "checks", "child"),
    ("worker/rpc", "api", "subscribe"),
    ("worker/rpc", "context", "api"),
];

/// Prints the modules of each crate in order, or their circles.
///
/// # Errors
/// There is a circle that isn't known, a known import closes none, or a file can't be read.
pub(crate) fn run(root: &Path) -> Result<()> {
    let crates = crates(root)?;
    for folder in &crates {
        let name = folder.to_string_lossy();
        let imports = read::imports(&root.join(folder).join("src"))?;
        let known: Vec<_> = KNOWN.iter().filter(|(at, ..)| *at == name).collect();
        let ordered = order(&name, imports, &known)?;
        println!("{name}");
        for (module, imported) in ordered {
            let imported: Vec<_> = imported.iter().map(String::as_str).collect();
            println!("  {module:<16} {}", imported.join(" "));
        }
        for (_, from, to) in known {
            println!("  known: {from} imports {to}");
        }
    }
    match KNOWN
        .iter()
        .find(|(at, ..)| !crates.contains(Path::new(at)))
    {
        Some((at, from, to)) => Err(Error::NoCircle {
            library: (*at).into(),
            import: format!("{from} imports {to}"),
        }),
        None => Ok(()),
    }
}

/// The folders of all crates that the checkout has, from its root. One without a `src`, as contracts are, is one file.
fn crates(root: &Path) -> Result<BTreeSet<PathBuf>> {
    let mut git = Command::new("git");
    git.current_dir(root);
    git.args(["ls-files", "--cached", "--others", "--exclude-standard"]);
    let listed = process::output(git.args(["--", "*Cargo.toml"]))?;
    let folders = listed.lines().filter_map(|file| Path::new(file).parent());
    let with_sources = folders.filter(|folder| root.join(folder).join("src").is_dir());
    Ok(with_sources.map(Path::to_path_buf).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_crate_has_a_circle_that_is_not_known() {
        run(&crate::tree::root()).unwrap();
    }

    #[test]
    fn every_crate_is_looked_at() {
        let root = crate::tree::root();
        let crates = crates(&root).unwrap();
        // Members of the root's workspace, and workspaces of their own.
        for folder in [
            "worker/core",
            "engines/native",
            "worker/engine-tester/fixtures/bad",
            "xtask",
        ] {
            assert!(crates.contains(Path::new(folder)), "{folder}");
        }
        let core = read::imports(&root.join("worker/core/src")).unwrap();
        assert!(core["worker"].contains("store"), "{core:?}");
        // Only a test of it imports that.
        assert!(!core["upcoming"].contains("worker"), "{core:?}");
    }
}
