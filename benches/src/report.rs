//! What is printed.

use serde::Serialize;

/// One comparison.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    /// Its name in the table of what is to be reached.
    pub(crate) name: &'static str,
    /// For `at least`: how many times faster we are. For `at most`: our time by the other's.
    pub(crate) ratio: f64,
    /// What is to be reached.
    pub(crate) bound: String,
    /// Whether it is.
    pub(crate) holds: bool,
    /// Median of our times, in nanoseconds.
    pub(crate) ours_ns: u64,
    /// Median of the other side's.
    pub(crate) other_ns: u64,
}

impl Row {
    /// We are to be at least so many times as fast as the other side.
    pub(crate) fn at_least(name: &'static str, bound: f64, (ours, other): (u64, u64)) -> Self {
        let ratio = other as f64 / ours as f64;
        let (bound, holds) = (format!(">= {bound} x faster"), ratio >= bound);
        Self {
            name,
            ratio,
            bound,
            holds,
            ours_ns: ours,
            other_ns: other,
        }
    }

    /// We are to take at most so many times as long as the other side.
    pub(crate) fn at_most(name: &'static str, bound: f64, (ours, other): (u64, u64)) -> Self {
        let ratio = ours as f64 / other as f64;
        let (bound, holds) = (format!("<= {bound} x its time"), ratio <= bound);
        Self {
            name,
            ratio,
            bound,
            holds,
            ours_ns: ours,
            other_ns: other,
        }
    }
}

pub(crate) fn print(rows: &[Row], json: bool) -> anyhow::Result<()> {
    if json {
        println!("{}", serde_json::json!({ "rows": rows }));
        return Ok(());
    }
    for row in rows {
        let holds = if row.holds { "holds" } else { "does not hold" };
        println!(
            "{:<10} {:>8.2}  {:<18} {holds:<14} ours {} ns, other {} ns",
            row.name, row.ratio, row.bound, row.ours_ns, row.other_ns
        );
    }
    Ok(())
}
