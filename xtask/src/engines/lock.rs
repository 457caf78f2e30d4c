//! Lock files, put together.

use std::collections::{BTreeMap, BTreeSet};
use toml::{Table, Value};

/// The packages of both lock files. Of versions that stand for each other the first's are left, because an
/// engine can have but one of them.
pub(super) fn merged(first: &str, second: &str) -> Result<String, String> {
    let mut format = None;
    let mut packages = Vec::new();
    for lock in [first, second] {
        let lock: Table = lock
            .parse()
            .map_err(|error| format!("a lock file: {error}"))?;
        format = format.or_else(|| lock.get("version").map(shown));
        let of_this = lock.get("package").and_then(Value::as_array);
        let of_this: Vec<_> = of_this.into_iter().flatten().collect();
        packages.extend(of_this.iter().map(|package| spelled_out(package, &of_this)));
    }
    let mut chosen = BTreeMap::new();
    for (name, version) in packages.iter().filter_map(name_and_version) {
        chosen.entry((name, stands_for(version))).or_insert(version);
    }
    let chosen = |name: &str, version: &str| {
        let found = chosen.get(&(name, stands_for(version)));
        found.map_or_else(|| version.to_owned(), |version| (*version).to_owned())
    };
    let mut text = format!("version = {}\n", format.ok_or("a lock file of no version")?);
    let mut written = BTreeSet::new();
    for package in &packages {
        let (name, version) = name_and_version(package).ok_or("a package without a name")?;
        if chosen(name, version) != version || !written.insert((name, version)) {
            continue;
        }
        text.push_str("\n[[package]]\n");
        for (key, value) in package.as_table().into_iter().flatten() {
            let value = match value {
                Value::Array(all) => {
                    let all = all.iter().filter_map(Value::as_str);
                    let all = all.map(|it| match it.split_once(' ') {
                        Some((name, version)) => format!("{name} {}", chosen(name, version)),
                        None => it.to_owned(),
                    });
                    format!("{:?}", all.collect::<Vec<_>>())
                }
                value => shown(value),
            };
            text.push_str(&format!("{key} = {value}\n"));
        }
    }
    Ok(text)
}

/// What stands for each other, as cargo has it: the same first number that isn't 0.
fn stands_for(version: &str) -> &str {
    let at = version.find(|digit| !"0.".contains(digit));
    let end = at.and_then(|at| version[at..].find('.').map(|dot| at + dot));
    end.map_or(version, |end| &version[..end])
}

/// A number or a word of a lock file.
fn shown(value: &Value) -> String {
    match value {
        Value::Integer(number) => number.to_string(),
        other => format!("{:?}", other.as_str().unwrap_or_default()),
    }
}

fn name_and_version(package: &Value) -> Option<(&str, &str)> {
    let text = |key| package.get(key).and_then(Value::as_str);
    Some((text("name")?, text("version")?))
}

/// A package whose dependencies have their versions: where there is only one, lock files leave it out,
/// and in both together there may be two.
fn spelled_out(package: &Value, all: &[&Value]) -> Value {
    let mut package = package.clone();
    let dependencies = package
        .get_mut("dependencies")
        .and_then(Value::as_array_mut);
    for dependency in dependencies.into_iter().flatten() {
        let Some(name) = dependency.as_str().filter(|text| !text.contains(' ')) else {
            continue;
        };
        let mut found = all.iter().filter_map(|it| name_and_version(it));
        if let Some((name, version)) = found.find(|(it, _)| *it == name) {
            *dependency = Value::String(format!("{name} {version}"));
        }
    }
    package
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = r#"version = 4
[[package]]
name = "a"
version = "1.0.0"
dependencies = ["b", "e"]
[[package]]
name = "b"
version = "1.0.0"
[[package]]
name = "e"
version = "0.17.1"
"#;

    const SECOND: &str = r#"version = 4
[[package]]
name = "c"
version = "1.0.0"
dependencies = ["b", "d 1.0.0", "d 2.0.0", "e"]
[[package]]
name = "b"
version = "2.0.0"
checksum = "of b"
[[package]]
name = "a"
version = "1.0.0"
dependencies = ["b"]
[[package]]
name = "e"
version = "0.17.2"
"#;

    #[test]
    fn each_keeps_what_it_was_made_of_where_it_can() {
        let all: Table = merged(FIRST, SECOND).unwrap().parse().unwrap();
        let packages = all["package"].as_array().unwrap().iter();
        let shown: Vec<_> = packages
            .map(|package| {
                let (name, version) = name_and_version(package).unwrap();
                let of = package.get("dependencies").and_then(Value::as_array);
                let of: Vec<_> = of.into_iter().flatten().filter_map(Value::as_str).collect();
                let sum = package.get("checksum").and_then(Value::as_str);
                format!("{name} {version}: {} {sum:?}", of.join(", "))
            })
            .collect();
        let expected = [
            "a 1.0.0: b 1.0.0, e 0.17.1 None",
            "b 1.0.0:  None",
            "e 0.17.1:  None",
            "c 1.0.0: b 2.0.0, d 1.0.0, d 2.0.0, e 0.17.1 None",
            "b 2.0.0:  Some(\"of b\")",
        ];
        assert_eq!(shown, expected);
        assert_eq!(all["version"].as_integer(), Some(4));
    }

    #[test]
    fn versions_stand_for_each_other_as_cargo_has_it() {
        for (version, stands_for_it) in [
            ("1.2.3", "1"),
            ("0.17.1", "0.17"),
            ("0.0.3", "0.0.3"),
            ("10.0.0+of", "10"),
        ] {
            assert_eq!(stands_for(version), stands_for_it);
        }
    }
}
