//! The imports of a crate's modules, as they are written.

use super::graph::Imports;
use crate::error::{OnPath, Result};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// A file of a crate.
struct Source {
    /// Its place in `src`.
    path: PathBuf,
    text: String,
}

impl Source {
    /// The modules that lead to it: none for a root.
    fn modules(&self) -> Vec<String> {
        let path = self.path.with_extension("");
        let names = path.iter().map(|name| name.to_string_lossy().into_owned());
        let mut names: Vec<_> = names.collect();
        let last = names.last().map(String::as_str);
        if last == Some("mod") || (names.len() == 1 && matches!(last, Some("lib" | "main"))) {
            names.pop();
        }
        names
    }

    /// The modules in files of their own that it has for its tests alone.
    fn test_modules(&self) -> Vec<Vec<String>> {
        let declared = self.text.split("#[cfg(test)]\n").skip(1);
        let names = declared.filter_map(|rest| {
            let line = rest.lines().next()?.trim();
            let (_, name) = line.strip_suffix(';')?.split_once("mod ")?;
            Some([self.modules(), vec![name.to_string()]].concat())
        });
        names.collect()
    }
}

/// What the modules of a crate import of each other, tests aside.
pub(super) fn imports(src: &Path) -> Result<Imports> {
    let mut sources = Vec::new();
    list(src, src, &mut sources)?;
    let tests: Vec<_> = sources.iter().flat_map(Source::test_modules).collect();
    sources.retain(|source| !tests.iter().any(|test| source.modules().starts_with(test)));
    let modules: BTreeSet<String> = sources
        .iter()
        .filter_map(|source| source.modules().into_iter().next())
        .collect();
    let mut imports = Imports::new();
    for source in &sources {
        let path = source.modules();
        let Some(own) = path.first() else {
            continue;
        };
        let mut named = named(&source.text, path.len());
        named.retain(|name| modules.contains(name) && name != own);
        imports.entry(own.clone()).or_default().extend(named);
    }
    Ok(imports)
}

fn list(src: &Path, folder: &Path, sources: &mut Vec<Source>) -> Result<()> {
    for entry in fs::read_dir(folder).on(folder)? {
        let path = entry.on(folder)?.path();
        if path.is_dir() {
            list(src, &path, sources)?;
        } else if path.extension().is_some_and(|it| it == "rs") && !holds_tests(&path) {
            sources.push(Source {
                text: fs::read_to_string(&path).on(&path)?,
                path: path.strip_prefix(src).unwrap_or(&path).to_path_buf(),
            });
        }
    }
    Ok(())
}

/// Whether a file is named as one that a `#[path]` makes the tests of the module beside it.
fn holds_tests(path: &Path) -> bool {
    path.file_stem()
        .is_some_and(|name| name.to_string_lossy().ends_with("_tests"))
}

/// The names that follow `crate::`, or as many `super::` as the module is deep, in a file.
fn named(text: &str, depth: usize) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]\nmod tests {").next();
    let lines = code.unwrap_or_default().lines();
    let code: Vec<_> = lines
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    let code = code.join("\n");
    let mut names = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        first_words(rest, &mut names);
    }
    // What lies between two of them; nothing does where they follow each other.
    let mut ups = 0;
    for rest in code.split("super::").skip(1) {
        ups += 1;
        if !rest.is_empty() {
            if ups == depth {
                first_words(rest, &mut names);
            }
            ups = 0;
        }
    }
    names
}

/// The name that a text begins with, or those of a list in braces.
fn first_words(text: &str, names: &mut BTreeSet<String>) {
    let Some(list) = text.strip_prefix('{') else {
        names.extend(word(text));
        return;
    };
    let mut depth = 0u32;
    let mut at_start = true;
    for (at, character) in list.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => at_start = true,
            _ if at_start && !character.is_whitespace() => {
                names.extend(list.get(at..).and_then(word));
                at_start = false;
            }
            _ => {}
        }
    }
}

fn word(text: &str) -> Option<String> {
    let word = text
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .next();
    word.filter(|word| !word.is_empty()).map(str::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_found_as_they_are_written() {
        let text = "//! [`crate::doc`]\nuse crate::{\n    a::{b, c},\n    d,\n};\nfn f() { crate::e::f() }\n\
                    use super::{h::{i}, j}; use super::super::k; use super::super::super::l;\n\
                    #[cfg(test)]\nmod tests {\n    use crate::g;\n}\n";
        assert_eq!(Vec::from_iter(named(text, 1)), ["a", "d", "e", "h", "j"]);
        assert_eq!(Vec::from_iter(named(text, 2)), ["a", "d", "e", "k"]);
    }

    #[test]
    fn modules_are_told_by_their_files() {
        let source = |path: &str, text: &str| Source {
            path: path.into(),
            text: text.into(),
        };
        for (path, modules) in [
            ("lib.rs", ""),
            ("a.rs", "a"),
            ("a/mod.rs", "a"),
            ("a/lib.rs", "a/lib"),
            ("a/b/c.rs", "a/b/c"),
        ] {
            assert_eq!(source(path, "").modules().join("/"), modules);
        }
        let text = "mod a;\n#[cfg(test)]\nmod tests;\n#[cfg(test)]\npub(crate) mod mock;\n\
                    #[cfg(test)]\nmod inner {\n";
        let tests = source("x/mod.rs", text).test_modules();
        assert_eq!(tests, [["x", "tests"], ["x", "mock"]]);
    }
}
