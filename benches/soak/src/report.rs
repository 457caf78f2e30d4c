//! What is printed and drawn.

use crate::load::Answers;
use serde::Serialize;

/// How late answers came, in milliseconds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Percentiles {
    p50: f64,
    p99: f64,
    p999: f64,
    most: f64,
}

impl Percentiles {
    pub(crate) fn of(answers: &Answers) -> Self {
        Self {
            p50: answers.percentile(50.0),
            p99: answers.percentile(99.0),
            p999: answers.percentile(99.9),
            most: answers.percentile(100.0),
        }
    }
}

/// One plot, as `pink-bench-plots` draws it.
#[derive(Debug, Serialize)]
pub(crate) struct Plot {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) x: &'static str,
    pub(crate) y: &'static str,
    pub(crate) log: bool,
    pub(crate) lines: Vec<(&'static str, Vec<(f64, f64)>)>,
}

/// Prints it as JSON.
pub(crate) fn print<T: Serialize>(it: T) -> anyhow::Result<T> {
    println!("{}", serde_json::to_string_pretty(&it)?);
    Ok(it)
}

/// The median.
pub(crate) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}
