//! The book's pages of costs and limits: the rows of a version, with what the sources say about each. Taken in by a
//! test of each library of rules, which writes the pages or compares them.

use parity_scale_codec::DecodeAll;
use pink_engine_sdk::{rules::Table, types::Version};
use std::{collections::BTreeMap, env, fmt::Write, fs, path::PathBuf};

/// What is said about the fields of a struct.
type Docs = BTreeMap<String, String>;

/// Where a group of rows comes from.
pub(crate) struct Group<'a> {
    /// What the names of its rows begin with, dot included.
    pub(crate) prefix: &'a str,
    /// The struct that declares them.
    pub(crate) of: &'a str,
    /// The title on the page.
    pub(crate) title: &'a str,
}

/// The page of a version. Each row has to be in a group, each field has to be found in the sources.
pub(crate) fn page(version: &str, table: &Table, groups: &[Group<'_>], sources: &[&str]) -> String {
    let mut structs = BTreeMap::new();
    for source in sources {
        docs(source, &mut structs);
    }
    let mut text = format!(
        "# Costs of {version}\n\n\
         Written from the rules by a test. These rows, and nothing else, make up the cost-table hash by which a chain knows \
         the version. Times are in picoseconds (ps) of `ref_time`.\n"
    );
    let mut rows: BTreeMap<usize, BTreeMap<&str, BTreeMap<&str, &[u8]>>> = BTreeMap::new();
    for (name, value) in table.rows() {
        // The longest prefix is meant.
        let fitting = groups
            .iter()
            .enumerate()
            .filter(|(_, it)| name.starts_with(it.prefix));
        let (group, prefix) = fitting
            .map(|(index, it)| (index, it.prefix.len()))
            .max_by_key(|(_, len)| *len)
            .unwrap_or_else(|| panic!("{name} is in no group"));
        let (field, part) = name[prefix..]
            .split_once('.')
            .unwrap_or((&name[prefix..], ""));
        let fields = rows.entry(group).or_default();
        fields.entry(field).or_default().insert(part, value);
    }
    for (index, group) in groups.iter().enumerate() {
        let fields = rows.remove(&index).unwrap_or_default();
        let known = structs.get(group.of);
        let known = known.unwrap_or_else(|| panic!("there is no {} in the sources", group.of));
        let _ = write!(
            text,
            "\n## {}\n\n| row | value | |\n|---|---|---|\n",
            group.title
        );
        for (field, parts) in fields {
            let said = known.get(field);
            let said = said.unwrap_or_else(|| panic!("{} has no field {field}", group.of));
            let value = match (group.prefix, field) {
                ("", "version") => versions(&[1 << 2], parts[""]),
                ("", "upgrades_from") => versions(&[], parts[""]),
                _ => shown(&parts),
            };
            let _ = writeln!(text, "| `{field}` | {value} | {said} |");
        }
    }
    text
}

/// A row's value, or that of a row with several parts: numbers by their length.
fn shown(parts: &BTreeMap<&str, &[u8]>) -> String {
    let get = |part: &str| parts.get(part).map(|bytes| number(bytes));
    if let (Some(time), Some(size)) = (get("ref_time"), get("proof_size")) {
        let mut text = format!("{time} ps");
        let mut add = |amount: Option<String>, unit: &str| {
            if let Some(amount) = amount.filter(|it| it != "0") {
                let _ = write!(text, ", {amount} {unit}");
            }
        };
        add(get("ref_time_per_byte"), "ps a byte");
        add(Some(size), "bytes of state");
        add(get("proof_size_per_byte"), "bytes a byte");
        return text;
    }
    let shown = parts.iter().map(|(part, bytes)| match *part {
        "" => number(bytes),
        part => format!("{part} {}", number(bytes)),
    });
    shown.collect::<Vec<_>>().join(", ")
}

/// Versions as people write them; `count` is what a lone one lacks of a list's encoding.
fn versions(count: &[u8], bytes: &[u8]) -> String {
    let list = Vec::<Version>::decode_all(&mut &[count, bytes].concat()[..]);
    let list = list.expect("versions");
    let list: Vec<_> = list
        .iter()
        .map(|it| format!("{}.{}", it.major, it.minor))
        .collect();
    if list.is_empty() {
        "none".into()
    } else {
        list.join(", ")
    }
}

fn number(bytes: &[u8]) -> String {
    let mut wide = [0; 16];
    match bytes.len() {
        len @ (1 | 2 | 4 | 8 | 16) => wide[..len].copy_from_slice(bytes),
        _ => {
            return format!(
                "0x{}",
                bytes
                    .iter()
                    .map(|it| format!("{it:02x}"))
                    .collect::<String>()
            )
        }
    }
    let digits = u128::from_le_bytes(wide).to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What the comments say about the fields of each struct of a source.
fn docs(source: &str, into: &mut BTreeMap<String, Docs>) {
    let (mut now, mut said) = (String::new(), Vec::new());
    for line in source.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix("///") {
            said.push(words.trim());
            continue;
        }
        let name: String = line
            .trim_start_matches("pub ")
            .trim_start_matches("struct ")
            .trim_start_matches("r#")
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        if line.starts_with('#') {
            continue;
        } else if line.ends_with('{') && name.starts_with(char::is_uppercase) {
            now = name;
        } else if line.starts_with("operator_costs!") {
            // A list of names.
            now = "OperatorCosts".into();
        } else if !name.is_empty() && line.ends_with(',') && name.starts_with(char::is_lowercase) {
            let fields: &mut Docs = into.entry(now.clone()).or_default();
            fields.entry(name).or_insert_with(|| prose(&said));
        } else if now == "OperatorCosts" && said.is_empty() {
            for name in line.split_whitespace() {
                into.entry(now.clone())
                    .or_default()
                    .entry(name.into())
                    .or_default();
            }
        }
        said.clear();
    }
}

/// The first sentences, without what leads to other parts of the sources.
fn prose(said: &[&str]) -> String {
    let text: Vec<_> = said
        .iter()
        .take_while(|line| !line.is_empty())
        .copied()
        .collect();
    text.join(" ").replace(['[', ']'], "").replace('|', "\\|")
}

/// Writes a page of the book, or compares it.
#[allow(clippy::disallowed_methods)] // a test reads its environment and files, no engine does
pub(crate) fn write_or_compare(name: &str, text: &str, command: &str) {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let place = root.join("book/src/reference").join(name);
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&place, text).expect("the page can be written");
    }
    let there = fs::read_to_string(&place).unwrap_or_default();
    assert!(
        there == text,
        "{name} isn't up to date: UPDATE_DOCS=1 {command}"
    );
}
