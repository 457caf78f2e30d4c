//! Times of one thread, and what is made of them.

use rustix::time::{clock_gettime, ClockId};

/// What this thread has computed for so far, in nanoseconds. Not the clock on the wall: a machine
/// that does something else meanwhile doesn't count.
fn thread_time() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

/// How long `work` takes, in nanoseconds of this thread.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = thread_time();
    let done = work();
    (thread_time() - start, done)
}

/// The middle one. Outliers, which only a disturbance makes, don't move it.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The processor, as the system names it.
pub(crate) fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown processor", |(_, name)| name);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{name}, {cores} cores")
}

/// Today, as people write it (UTC).
pub(crate) fn today() -> String {
    let seconds = clock_gettime(ClockId::Realtime).tv_sec;
    // Days to a date of the proleptic Gregorian calendar, by eras of 400 years.
    let days = seconds.div_euclid(86_400) + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let date = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    format!("{year}-{month:02}-{date:02}")
}
