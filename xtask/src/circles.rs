//! Whether the modules of a library import each other in a circle.
//!
//! A module is a file or folder directly in `src`; an edge is a `crate::module` in it, tests
//! aside. Where there are no circles the modules have an order, lowest first, and each can be read
//! with those above it in the list alone.

use crate::error::{Error, Result};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// The libraries that are kept free of circles.
const LIBRARIES: &[&str] = &["engines/deposit", "engines/rent", "worker/daemon"];

/// By module, the modules that it imports.
type Imports = BTreeMap<String, BTreeSet<String>>;

/// Prints the modules of each library in order, or its circles.
///
/// # Errors
/// There is a circle, or a file can't be read.
pub(crate) fn run(root: &Path) -> Result<()> {
    for library in LIBRARIES {
        println!("{library}");
        for (module, imported) in order(library, read(&root.join(library).join("src"))?)? {
            let imported: Vec<_> = imported.iter().map(String::as_str).collect();
            println!("  {module:<12} {}", imported.join(" "));
        }
    }
    Ok(())
}

/// Modules, those before that import nothing but what comes before them.
fn order(library: &str, mut imports: Imports) -> Result<Vec<(String, BTreeSet<String>)>> {
    let mut ordered: Vec<(String, BTreeSet<String>)> = Vec::new();
    while !imports.is_empty() {
        let lowest = imports
            .iter()
            .find(|(_, imported)| !imported.iter().any(|name| imports.contains_key(name)))
            .map(|(module, _)| module.clone());
        let Some(found) = lowest.and_then(|module| imports.remove_entry(&module)) else {
            return Err(Error::Circles {
                library: library.into(),
                modules: in_circles(imports),
            });
        };
        ordered.push(found);
    }
    Ok(ordered)
}

/// What is left when everything is taken away that nothing left imports: circles, and what lies
/// between them.
fn in_circles(mut imports: Imports) -> String {
    loop {
        let imported: BTreeSet<String> = imports.values().flatten().cloned().collect();
        let before = imports.len();
        imports.retain(|module, _| imported.contains(module));
        if imports.len() == before {
            break;
        }
    }
    let lines = imports.iter().map(|(module, imported)| {
        let known = imported.iter().filter(|name| imports.contains_key(*name));
        let known: Vec<_> = known.map(String::as_str).collect();
        format!("  {module} imports {}\n", known.join(", "))
    });
    lines.collect()
}

fn read(src: &Path) -> Result<Imports> {
    let mut files = Vec::new();
    list(src, &mut files)?;
    let module = |file: &Path| -> Option<String> {
        let first = file.strip_prefix(src).ok()?.iter().next()?.to_str()?;
        Some(first.trim_end_matches(".rs").to_string())
    };
    let modules: BTreeSet<String> = files.iter().filter_map(|file| module(file)).collect();
    let mut imports = Imports::new();
    for file in &files {
        let Some(own) = module(file).filter(|own| own != "lib") else {
            continue;
        };
        let text = fs::read_to_string(file).map_err(|source| Error::File {
            path: file.clone(),
            source,
        })?;
        let mut named = named(&text);
        named.retain(|name| modules.contains(name) && *name != own);
        imports.entry(own).or_default().extend(named);
    }
    Ok(imports)
}

/// Rust files below a folder, without those that hold tests alone.
fn list(folder: &Path, files: &mut Vec<std::path::PathBuf>) -> Result<()> {
    let failed = |source| Error::File {
        path: folder.to_path_buf(),
        source,
    };
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.unwrap_or_default();
        if path.is_dir() {
            list(&path, files)?;
        } else if name.ends_with(".rs") && !name.ends_with("_tests.rs") {
            files.push(path);
        }
    }
    Ok(())
}

/// The names that follow `crate::` in a file: one, or those of a list in braces.
fn named(text: &str) -> BTreeSet<String> {
    let code = text.split("#[cfg(test)]\nmod tests {").next();
    let lines = code.unwrap_or_default().lines();
    let code: Vec<_> = lines
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    let code = code.join("\n");
    let mut names = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            None => names.extend(word(rest)),
            Some(list) => {
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
        }
    }
    names
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
    fn no_library_has_a_circle() {
        run(&crate::tree::root()).unwrap();
    }

    #[test]
    fn imports_are_found_as_they_are_written() {
        let text = "//! [`crate::doc`]\nuse crate::{\n    a::{b, c},\n    d,\n};\nfn f() { crate::e::f() }\n\
                    #[cfg(test)]\nmod tests {\n    use crate::g;\n}\n";
        assert_eq!(Vec::from_iter(named(text)), ["a", "d", "e"]);
    }

    #[test]
    fn a_circle_is_named() {
        let imports = [("a", "b"), ("b", "c"), ("c", "a"), ("d", "a"), ("e", "")];
        let imports = imports.map(|(from, to)| (from.into(), BTreeSet::from([to.into()])));
        let error = order("x", Imports::from(imports)).unwrap_err().to_string();
        assert!(error.contains("a imports b"), "{error}");
        assert!(!error.contains("d imports"), "{error}");
    }
}
