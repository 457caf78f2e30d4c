//! Each engine's dependency tree as text, so that a change of it is a line that a reviewer sees.

use super::{build, lock, Version};
use crate::{
    error::{Error, OnPath, Result},
    process,
};
use std::{collections::BTreeSet, fs, path::Path};

const FILE: &str = "deps.txt";

/// The tree by the lock file: depth, crate, version, features, for all targets. Crates that only
/// take part in the build are in it, because they write code too.
fn tree(root: &Path, version: Version) -> Result<String> {
    let text = process::output(build::cargo(&version.folder(root)).args([
        "tree",
        "--locked",
        "--edges=normal,build",
        "--target=all",
        "--prefix=depth",
        "--charset=ascii",
        "--format= {p} {f}",
    ]))
    .inspect_err(|_| {
        eprintln!(
            "if engines/v{version}/Cargo.lock is behind and {version} isn't released: \
             cargo xtask deps --write --only {version}"
        );
    })?;
    Ok(text
        .lines()
        .map(|line| without_folder(line) + "\n")
        .collect())
}

/// Drops the folder that cargo prints behind a crate of this repository.
fn without_folder(line: &str) -> String {
    let kept = match (line.find(" (/"), line.find(')')) {
        (Some(from), Some(to)) if from < to => [&line[..from], &line[to + 1..]].concat(),
        _ => line.to_owned(),
    };
    kept.trim_end().to_owned()
}

/// Compares the tree with the committed one.
pub(super) fn check(root: &Path, version: Version) -> Result<()> {
    let place = version.folder(root).join(FILE);
    let committed = fs::read_to_string(&place).on(&place)?;
    let found = tree(root, version)?;
    one_interpreter(&found).map_err(|reason| version.fault(reason))?;
    if committed == found {
        return Ok(());
    }
    Err(Error::Dependencies {
        version: version.to_string(),
        file: FILE,
        changes: changes(&committed, &found),
    })
}

/// Two interpreters in one library would mean that some code runs under rules that nobody chose.
fn one_interpreter(tree: &str) -> std::result::Result<(), String> {
    let versions: BTreeSet<_> = tree
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ').skip(1);
            (words.next() == Some("wasmi")).then(|| words.next())?
        })
        .collect();
    if versions.len() < 2 {
        return Ok(());
    }
    let versions: Vec<_> = versions.into_iter().collect();
    Err(format!("it holds several wasmi: {}", versions.join(", ")))
}

/// The lines that only one of two texts has, a few of them.
fn changes(old: &str, new: &str) -> String {
    let only_in = |one: &str, other: &str, mark: char| -> Vec<String> {
        one.lines()
            .filter(|line| !other.lines().any(|there| there == *line))
            .map(|line| format!("  {mark} {line}\n"))
            .collect()
    };
    let mut lines = only_in(old, new, '-');
    lines.extend(only_in(new, old, '+'));
    let more = lines.len().saturating_sub(20);
    lines.truncate(20);
    match (lines.len(), more) {
        (0, _) => lines.push("  (the order or the number of lines)\n".into()),
        (_, 0) => {}
        _ => lines.push(format!("  and {more} more lines\n")),
    }
    lines.concat()
}

/// A crate with a lock file of its own, of which an engine may be made besides: what compiles.
const COMPILER: &str = "engines/native";

/// Writes lock file and tree anew.
///
/// The lock is what is left of the root's, and of the compiler's, when everything that this engine
/// doesn't use is taken away: so the tests in these workspaces test what the engine will be made of.
pub(super) fn write(root: &Path, version: Version) -> Result<()> {
    if version.released(root)? {
        return Err(Error::Released(version.to_string()));
    }
    let folder = version.folder(root);
    let lock = folder.join("Cargo.lock");
    let read = |place: &Path| fs::read_to_string(place).on(place);
    let of_root = read(&root.join("Cargo.lock"))?;
    let of_compiler = read(&root.join(COMPILER).join("Cargo.lock"))?;
    let all = lock::merged(&of_root, &of_compiler).map_err(|reason| version.fault(reason))?;
    fs::write(&lock, all).on(&lock)?;
    process::output(build::cargo(&folder).args(["metadata", "--quiet", "--format-version=1"]))?;
    let place = folder.join(FILE);
    fs::write(&place, tree(root, version)?).on(&place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_dropped_and_nothing_else() {
        for (line, kept) in [
            ("0 engine v2.0.0 (/some/folder) ", "0 engine v2.0.0"),
            (
                "1 sdk v0.1.0 (/a/b) default,std (*)",
                "1 sdk v0.1.0 default,std (*)",
            ),
            (
                "3 derive v1.0.0 (proc-macro) default",
                "3 derive v1.0.0 (proc-macro) default",
            ),
        ] {
            assert_eq!(without_folder(line), kept);
        }
    }

    #[test]
    fn there_is_one_interpreter() {
        let one =
            "0 engine v2.0.0\n1 wasmi v2.0.0 std\n2 wasmi_core v3.0.0\n2 wasmi v2.0.0 std (*)\n";
        assert_eq!(one_interpreter(one), Ok(()));
        let two = format!("{one}1 wasmi v0.32.0\n");
        assert!(one_interpreter(&two).is_err());
    }

    #[test]
    fn changes_are_named() {
        assert_eq!(changes("a\nb\n", "a\nc\n"), "  - b\n  + c\n");
        assert!(changes("a\nb\n", "b\na\n").contains("order"));
    }
}
