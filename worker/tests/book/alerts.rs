//! There is a section for each alert, and each alert names its section.

use crate::{page, root};
use pink_worker_metrics::table::TABLE;
use std::{collections::BTreeMap, fs};

const PAGE: &str = "runbooks/alerts.md";

/// What each section says, in this order.
const PARTS: [&str; 4] = [
    "**Means.** ",
    "**If nothing is done.** ",
    "**Look.** ",
    "**Do.** ",
];

/// A rule of the file, which is YAML of one shape: a line for each of its fields.
#[derive(Debug)]
struct Rule {
    expr: String,
    severity: String,
    runbook: String,
}

fn rules() -> BTreeMap<String, Rule> {
    let text = fs::read_to_string(root().join("ops/prometheus/rules.yml")).expect("the rules");
    let between = |text: &str, begin: &str, end: &str| {
        let (_, rest) = text.split_once(begin)?;
        rest.split_once(end).map(|(found, _)| found.to_owned())
    };
    let rule = |block: &str| {
        let name = block.lines().next().expect("a name").to_owned();
        let field = |begin, end| between(block, begin, end).unwrap_or_default();
        let rule = Rule {
            expr: field("expr: ", "\n"),
            severity: field("severity: ", "}"),
            runbook: field("runbook: \"", "\""),
        };
        (name, rule)
    };
    text.split("- alert: ").skip(1).map(rule).collect()
}

/// The alerts of a section's heading, its identifier, and what it says.
fn sections(text: &str) -> Vec<(Vec<&str>, String, &str)> {
    let parts = text.split("\n## ").skip(1);
    parts
        .map(|part| {
            let (heading, body) = part.split_once('\n').expect("a heading");
            let id = heading.to_lowercase().replace(", ", "-");
            (heading.split(", ").collect(), id, body)
        })
        .collect()
}

#[test]
fn every_alert_has_a_section_and_names_it() {
    let (rules, text) = (rules(), page(PAGE));
    assert!(rules.len() > 20, "{}", rules.len());
    let mut told = BTreeMap::new();
    for (names, id, _) in sections(&text) {
        for name in names {
            let place = format!("book/src/{PAGE}#{id}");
            assert_eq!(told.insert(name.to_owned(), place), None, "{name}");
        }
    }
    let named: BTreeMap<_, _> = rules
        .into_iter()
        .map(|(name, rule)| (name, rule.runbook))
        .collect();
    assert_eq!(named, told);
}

#[test]
fn sections_are_of_pairs_and_say_what_there_is_to_say() {
    let (rules, text) = (rules(), page(PAGE));
    for (names, _, body) in sections(&text) {
        let severities: Vec<_> = names.iter().map(|name| &*rules[*name].severity).collect();
        let pair = severities == ["warning", "critical"];
        // There is no small divergence.
        assert!(pair || names == ["Diverged"], "{names:?}: {severities:?}");
        let mut rest = body;
        for part in PARTS {
            let found = rest.split_once(part);
            (_, rest) = found.unwrap_or_else(|| panic!("{names:?} hasn't got: {part}"));
            assert!(rest.len() > 20, "{names:?}: {part}");
        }
        // It is about what the rule asks for.
        let expr = &rules[names[0]].expr;
        let asked = TABLE.iter().filter(|metric| expr.contains(metric.name));
        let asked: Vec<_> = asked.map(|metric| metric.name).collect();
        let said = asked.iter().any(|name| body.contains(&format!("`{name}")));
        assert!(
            said || asked.is_empty() && body.contains("`up`"),
            "{names:?}: {asked:?}"
        );
    }
}

#[test]
fn metrics_of_the_page_are_there() {
    let text = page(PAGE);
    let mut seen = 0;
    for word in text.split('`').skip(1).step_by(2) {
        let name = word.split('{').next().unwrap_or_default();
        if name.starts_with("pink_") {
            assert!(TABLE.iter().any(|metric| metric.name == name), "{word}");
            seen += 1;
        }
    }
    assert!(seen > 15, "{seen}");
}
