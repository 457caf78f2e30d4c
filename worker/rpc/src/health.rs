//! Whether the worker is alive, and whether it is ready.

use crate::{context::Context, daemon::ChainStatus};
use std::time::Duration;

/// Blocks that the worker is behind the newest final one that it knows.
pub(crate) fn lag(seen: &ChainStatus, executed: Option<u32>) -> Option<u32> {
    let (finalized, _) = seen.finalized?;
    Some(finalized.saturating_sub(executed?))
}

/// Why it isn't ready; nothing if it is. Asked anew each time, so it turns back to no by itself.
pub(crate) fn readiness(context: &Context, executed: Option<u32>) -> Vec<String> {
    let seen = context.daemon.standing.seen();
    let limits = context.config.readiness;
    let mut why = Vec::new();
    if executed.is_none() {
        why.push("no block is executed yet".into());
    }
    if let Some(parked) = &seen.parked {
        why.push(format!("parked before block {}", parked.block));
    }
    if seen.unreachable.is_some() {
        why.push("the chain can't be asked".into());
    }
    match lag(&seen, executed) {
        Some(lag) if lag > limits.max_lag => {
            why.push(format!(
                "{lag} blocks behind, at most {} are allowed",
                limits.max_lag
            ));
        }
        None if executed.is_some() => why.push("no final block is known yet".into()),
        _ => {}
    }
    if let (Some(most), Some(at)) = (limits.max_age, seen.finalized_at_ms) {
        let age = context.daemon.clock.now_ms().saturating_sub(at);
        if Duration::from_millis(age) > most {
            let most = most.as_secs();
            why.push(format!(
                "the last final block came {} s ago, at most {most} are allowed",
                age / 1_000
            ));
        }
    }
    why
}
