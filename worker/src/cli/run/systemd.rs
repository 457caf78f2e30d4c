//! What systemd is told, if it started the program. Elsewhere nothing happens.

use sd_notify::{notify, NotifyState};
use std::time::{Duration, Instant};

/// The loop follows the chain: it is told so.
#[derive(Debug, Default)]
pub(super) struct Supervisor {
    ready: bool,
    /// How often it wants to hear of the loop, and when it last did.
    each: Option<Duration>,
    heard: Option<Instant>,
}

impl Supervisor {
    /// Of this process.
    pub(super) fn of_process() -> Self {
        Self {
            ready: false,
            // Twice as often as it would take for one that is dead.
            each: sd_notify::watchdog_enabled().map(|most| most / 2),
            heard: None,
        }
    }

    /// The loop goes round. Nobody else says so: a thread of its own would prove nothing.
    pub(super) fn alive(&mut self) {
        if !self.ready {
            tell(&[NotifyState::Ready]);
            self.ready = true;
        }
        let due = self.heard.is_none_or(|last| {
            self.each
                .is_some_and(|each| last.elapsed().saturating_mul(2) >= each)
        });
        if self.each.is_some() && due {
            tell(&[NotifyState::Watchdog]);
            self.heard = Some(Instant::now());
        }
    }

    /// What it does, for `systemctl status`.
    pub(super) fn status(&self, text: &str) {
        tell(&[NotifyState::Status(text)]);
    }
}

/// It ends.
pub(super) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// The configuration is read again, from now until [`reloaded`].
pub(super) fn reloading() {
    // Without the time systemd would wait for one that never comes.
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(error) => tracing::warn!(%error, "the system has no clock"),
    }
}

/// The configuration was read again.
pub(super) fn reloaded() {
    tell(&[NotifyState::Ready]);
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = notify(states) {
        tracing::debug!(%error, "systemd wasn't told");
    }
}
