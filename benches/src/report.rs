//! What is printed.

use serde::Serialize;

/// One line of the table of what is to be reached.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    /// Its name there.
    pub(crate) name: &'static str,
    /// The figure that is bounded, in the row's unit.
    pub(crate) ratio: f64,
    /// What is to be reached.
    pub(crate) bound: f64,
    /// Whether it is.
    pub(crate) holds: bool,
    /// What the figure is, and on which side of the bound it has to be.
    pub(crate) unit: &'static str,
    /// Median of our times, in nanoseconds; none where no time is measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ours_ns: Option<u64>,
    /// Median of the other side's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) other_ns: Option<u64>,
    /// What has to be known beside it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) note: String,
}

impl Row {
    fn new(name: &'static str, unit: &'static str, ratio: f64, bound: f64, holds: bool) -> Self {
        // More digits than that are noise.
        let ratio = (ratio * 1000.0).round() / 1000.0;
        Self {
            name,
            ratio,
            bound,
            holds,
            unit,
            ours_ns: None,
            other_ns: None,
            note: String::new(),
        }
    }

    fn of_times(self, (ours, other): (u64, u64)) -> Self {
        Self {
            ours_ns: Some(ours),
            other_ns: Some(other),
            ..self
        }
    }

    /// We are to be at least `bound` times as fast as the other side.
    pub(crate) fn at_least(name: &'static str, bound: f64, times: (u64, u64)) -> Self {
        let ratio = times.1 as f64 / times.0 as f64;
        Self::new(name, ">= x faster", ratio, bound, ratio >= bound).of_times(times)
    }

    /// It is to be at least `bound` times as much as what it is compared with.
    pub(crate) fn at_least_times(name: &'static str, bound: f64, ratio: f64) -> Self {
        Self::new(name, ">= x as much", ratio, bound, ratio >= bound)
    }

    /// We are to take at most `bound` times as long as the other side.
    pub(crate) fn at_most(name: &'static str, bound: f64, times: (u64, u64)) -> Self {
        let ratio = times.0 as f64 / times.1 as f64;
        Self::new(name, "<= x its time", ratio, bound, ratio <= bound).of_times(times)
    }

    /// We are to take at most `bound` milliseconds more than the other side.
    pub(crate) fn at_most_ms_more(name: &'static str, bound: f64, times: (u64, u64)) -> Self {
        let more = (times.0 as f64 - times.1 as f64) / 1e6;
        Self::new(name, "<= ms more", more, bound, more <= bound).of_times(times)
    }

    /// We are to take at most `bound` MiB.
    pub(crate) fn at_most_mib(name: &'static str, bound: f64, bytes: u64) -> Self {
        let mib = bytes as f64 / f64::from(1 << 20);
        Self::new(name, "<= MiB", mib, bound, mib <= bound)
    }

    /// With what has to be known beside the figure.
    pub(crate) fn with_note(self, note: String) -> Self {
        Self { note, ..self }
    }
}

pub(crate) fn print(rows: &[Row], json: bool) {
    if json {
        println!("{}", serde_json::json!({ "rows": rows }));
        return;
    }
    for row in rows {
        let holds = if row.holds { "holds" } else { "does not hold" };
        print!(
            "{:<9}{:>9.2}  bound {:<5}{:<14}{holds:<14}",
            row.name, row.ratio, row.bound, row.unit
        );
        if let (Some(ours), Some(other)) = (row.ours_ns, row.other_ns) {
            print!("ours {}, other {}", time(ours), time(other));
        }
        if row.note.is_empty() {
            println!()
        } else {
            println!("  {}", row.note)
        }
    }
}

/// A time as people read it.
pub(crate) fn time(nanoseconds: u64) -> String {
    let ns = nanoseconds as f64;
    match nanoseconds {
        0..1_000 => format!("{nanoseconds} ns"),
        1_000..1_000_000 => format!("{:.1} µs", ns / 1e3),
        1_000_000..1_000_000_000 => format!("{:.2} ms", ns / 1e6),
        _ => format!("{:.2} s", ns / 1e9),
    }
}
