//! The table as a page, and names of metrics in what others say of them.

use crate::table::{Kind, Metric, Values, TABLE};
use std::{collections::BTreeSet, fmt::Write};

/// The rows of `docs/metrics.md`.
pub fn documentation() -> String {
    let mut text = String::from("| metric | type | labels | |\n|---|---|---|---|\n");
    for metric in TABLE {
        // Writing to a string can't fail.
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} |",
            metric.name,
            metric.kind.name(),
            labels(metric),
            metric.help
        );
    }
    text
}

fn labels(metric: &Metric) -> String {
    let labels = metric.labels.iter().map(|label| match label.values {
        Values::Own => format!("`{}`", label.name),
        Values::Of(values) => format!("`{}`: {}", label.name, values().join(", ")),
    });
    labels.collect::<Vec<_>>().join("; ")
}

/// The metrics that an expression names, `Err` with those that there aren't. A histogram's series count as it.
///
/// # Errors
/// Names beginning with `pink_` that the table hasn't got.
pub fn names_in(expression: &str) -> Result<BTreeSet<&'static str>, BTreeSet<String>> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let words = expression.split(|c| !is_part(c));
    let mut known = BTreeSet::new();
    let mut unknown = BTreeSet::new();
    for word in words.filter(|word| word.starts_with("pink_")) {
        match TABLE.iter().find(|metric| is_of(metric, word)) {
            Some(metric) => drop(known.insert(metric.name)),
            None => drop(unknown.insert(word.to_owned())),
        }
    }
    if unknown.is_empty() {
        Ok(known)
    } else {
        Err(unknown)
    }
}

fn is_of(metric: &Metric, series: &str) -> bool {
    match metric.kind {
        Kind::Histogram(_) => ["_bucket", "_sum", "_count"]
            .iter()
            .any(|end| series.strip_suffix(end) == Some(metric.name)),
        Kind::Counter | Kind::Gauge => series == metric.name,
    }
}
