//! What is asked of an endpoint at most, and how long one that failed is left alone.

use std::time::Duration;

/// How much time and room an endpoint gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest that a connection may take.
    pub connect: Duration,
    /// The longest that an answer may take.
    pub call: Duration,
    /// The longest answer, in bytes. Substrate's nodes give 15 MiB at most unless told otherwise.
    pub answer_bytes: u32,
    /// The longest that is listened to headers of which no signature tells whether they are the chain's. Twice as long
    /// after each time that it wasn't enough: a chain's own way has an end.
    pub unsigned: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            call: Duration::from_secs(20),
            answer_bytes: 16 * 1024 * 1024,
            unsigned: Duration::from_secs(60),
        }
    }
}

/// The first pause.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The longest pause.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// How long to wait after `failures` failures in a row: twice as long each time, up to [`LONGEST_PAUSE`].
pub fn pause(failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    match failures {
        0 => Duration::ZERO,
        _ => FIRST_PAUSE
            .saturating_mul(1u32 << doublings)
            .min(LONGEST_PAUSE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_minute() {
        let seconds = |failures| pause(failures).as_millis();
        assert_eq!(
            [0, 1, 2, 3, 7, 8, 9, u32::MAX].map(seconds),
            [0, 500, 1_000, 2_000, 32_000, 60_000, 60_000, 60_000]
        );
    }
}
