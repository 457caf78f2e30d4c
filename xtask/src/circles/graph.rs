use crate::error::{Error, Result};
use std::collections::{BTreeMap, BTreeSet};

/// By module, the modules that it imports.
pub(super) type Imports = BTreeMap<String, BTreeSet<String>>;

/// Modules with what they import, those before that import nothing but what comes before them; `known` imports aside.
///
/// # Errors
/// There is a circle beside the known ones, or one of those is none.
pub(super) fn order(
    library: &str,
    mut imports: Imports,
    known: &[&(&str, &str, &str)],
) -> Result<Vec<(String, BTreeSet<String>)>> {
    for (_, from, to) in known {
        if !reaches(&imports, to, from) || !imports.get(*from).is_some_and(|it| it.contains(*to)) {
            return Err(Error::NoCircle {
                library: library.into(),
                import: format!("{from} imports {to}"),
            });
        }
    }
    for (_, from, to) in known {
        if let Some(imported) = imports.get_mut(*from) {
            imported.remove(*to);
        }
    }
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

/// Whether a module imports another, itself or through those between.
fn reaches(imports: &Imports, from: &str, to: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut next = vec![from];
    while let Some(module) = next.pop() {
        for imported in imports.get(module).into_iter().flatten() {
            if imported == to {
                return true;
            }
            if seen.insert(imported) {
                next.push(imported);
            }
        }
    }
    false
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
        let left = imported.iter().filter(|name| imports.contains_key(*name));
        let left: Vec<_> = left.map(String::as_str).collect();
        format!("  {module} imports {}\n", left.join(", "))
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imports(of: &[(&str, &[&str])]) -> Imports {
        let module = |(from, to): &(&str, &[&str])| {
            let to = to.iter().map(|name| name.to_string()).collect();
            (from.to_string(), to)
        };
        of.iter().map(module).collect()
    }

    fn three() -> Imports {
        imports(&[
            ("a", &["b"]),
            ("b", &["c"]),
            ("c", &["a"]),
            ("d", &["a"]),
            ("e", &[]),
        ])
    }

    #[test]
    fn a_circle_is_named() {
        let error = order("x", three(), &[]).unwrap_err().to_string();
        assert!(error.contains("a imports b"), "{error}");
        assert!(!error.contains("d imports"), "{error}");
    }

    #[test]
    fn a_known_circle_is_let_through_and_another_is_not() {
        let known = &("x", "c", "a");
        let ordered = order("x", three(), &[known]).unwrap();
        let ordered: Vec<_> = ordered.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(ordered, ["c", "b", "a", "d", "e"]);
        let mut more = three();
        more.insert("c".into(), ["a".into(), "b".into()].into());
        let error = order("x", more, &[known]).unwrap_err().to_string();
        assert!(error.contains("c imports b"), "{error}");
    }

    #[test]
    fn a_known_import_that_closes_no_circle_is_refused() {
        for none in [("x", "d", "a"), ("x", "a", "e"), ("x", "f", "a")] {
            let error = order("x", three(), &[&none]).unwrap_err().to_string();
            let import = format!("{} imports {}", none.1, none.2);
            assert!(error.contains(&import), "{error}");
        }
    }
}
