//! Several endpoints: who is asked, and who is left alone for a while.

use crate::{
    endpoint::{Endpoint, Genesis},
    limits::{pause, Limits},
    observer::Observed,
    runner::Runner,
};
use pink_worker_core::source::{PermanentError, SourceError};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How long an endpoint is left alone that gave something wrong, if there is another one.
const PENALTY: Duration = Duration::from_secs(600);

/// What is remembered of an endpoint.
#[derive(Clone, Debug, Default)]
struct Record {
    /// Failures in a row.
    failures: u32,
    /// Until when it is left alone.
    until: Option<Instant>,
    /// What was last said of it and when, so that the same isn't said with each attempt.
    told: Option<(String, Instant)>,
}

#[derive(Debug)]
struct Memory {
    /// Whom to ask first.
    first: usize,
    records: Vec<Record>,
}

/// The endpoints of one chain.
#[derive(Debug)]
pub(crate) struct Endpoints {
    all: Vec<Endpoint>,
    runner: Arc<Runner>,
    memory: Mutex<Memory>,
}

impl Endpoints {
    pub(crate) fn new(
        urls: &[String],
        limits: Limits,
        runner: Arc<Runner>,
        genesis: &Genesis,
        observed: &Observed,
    ) -> Self {
        let all = urls.iter().cloned().enumerate();
        let all = all.map(|it| {
            Endpoint::new(
                it,
                limits,
                runner.clone(),
                genesis.clone(),
                observed.clone(),
            )
        });
        Self {
            all: all.collect(),
            runner,
            memory: Mutex::new(Memory {
                first: 0,
                records: vec![Record::default(); urls.len()],
            }),
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks one endpoint after the other, until one gives what holds. Whoever fails is left alone for a
    /// while, as long as another one is there; whoever gives something wrong, for long.
    ///
    /// # Errors
    /// None does: what passes, if anything does.
    pub(crate) fn ask<T>(
        &self,
        mut of: impl FnMut(&Endpoint) -> Result<T, SourceError>,
    ) -> Result<T, SourceError> {
        let mut failed: Option<SourceError> = None;
        for at in self.order(Instant::now()) {
            let Some(endpoint) = self.all.get(at) else {
                continue;
            };
            let error = match of(endpoint) {
                Ok(answer) => {
                    self.praise(at);
                    return Ok(answer);
                }
                Err(error) => error,
            };
            if self.runner.signal().is_stopped() {
                return Err(error);
            }
            self.disbelieve(at, &error);
            failed = match failed {
                Some(before) if before.is_transient() => Some(before),
                _ => Some(error),
            };
        }
        Err(failed.unwrap_or_else(no_endpoint))
    }

    /// Asks all of them that aren't left alone, in their order: what each gives that gives something, and which one it
    /// is, for [`disbelieve`](Self::disbelieve).
    ///
    /// # Errors
    /// None gives anything: what passes, if anything does.
    pub(crate) fn ask_all<T>(
        &self,
        of: impl Fn(&Endpoint) -> Result<T, SourceError>,
    ) -> Result<Vec<(usize, T)>, SourceError> {
        let mut given = Vec::new();
        let mut failed: Option<SourceError> = None;
        for at in self.order(Instant::now()) {
            let Some(endpoint) = self.all.get(at) else {
                continue;
            };
            match of(endpoint) {
                Ok(answer) => given.push((at, answer)),
                Err(error) if self.runner.signal().is_stopped() => return Err(error),
                Err(error) => {
                    self.disbelieve(at, &error);
                    failed = match failed {
                        Some(before) if before.is_transient() => Some(before),
                        _ => Some(error),
                    };
                }
            }
        }
        match given.is_empty() {
            true => Err(failed.unwrap_or_else(no_endpoint)),
            false => Ok(given),
        }
    }

    /// Says what is wrong with one, and leaves it alone for a while, as long as another one is there.
    pub(crate) fn disbelieve(&self, at: usize, error: &SourceError) {
        if self.is_news(at, error, Instant::now()) {
            match error {
                error if error.is_transient() => tracing::warn!(%error, "an endpoint fails"),
                SourceError::Permanent(PermanentError::Unsupported { .. }) => {
                    tracing::error!(%error, "an endpoint can't be understood");
                }
                error => tracing::error!(%error, "an endpoint can't be believed"),
            }
        }
        self.blame(at, error, Instant::now());
    }

    /// The next one is asked first: this one gives nothing new.
    pub(crate) fn turn(&self) {
        let mut memory = self.memory();
        memory.first = memory.first.saturating_add(1) % self.all.len().max(1);
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// Those that aren't left alone; if there is none, all.
    fn order(&self, now: Instant) -> Vec<usize> {
        let memory = self.memory();
        let count = self.all.len();
        let order: Vec<_> = (0..count)
            .map(|at| at.saturating_add(memory.first) % count)
            .collect();
        let free = |at: &usize| {
            let record = memory.records.get(*at);
            record.is_some_and(|it| it.until.is_none_or(|until| until <= now))
        };
        let usable: Vec<_> = order.iter().copied().filter(free).collect();
        match usable.is_empty() {
            true => order,
            false => usable,
        }
    }

    fn praise(&self, at: usize) {
        let mut memory = self.memory();
        memory.first = at;
        if let Some(record) = memory.records.get_mut(at) {
            record.failures = 0;
            record.until = None;
        }
    }

    /// Whether something else is wrong with an endpoint than what was said of it lately.
    fn is_news(&self, at: usize, error: &SourceError, now: Instant) -> bool {
        let text = error.to_string();
        let mut memory = self.memory();
        let Some(record) = memory.records.get_mut(at) else {
            return true;
        };
        let lately = |at: &Instant| now.saturating_duration_since(*at) < PENALTY;
        if record
            .told
            .as_ref()
            .is_some_and(|(told, at)| *told == text && lately(at))
        {
            return false;
        }
        record.told = Some((text, now));
        true
    }

    fn blame(&self, at: usize, error: &SourceError, now: Instant) {
        if let Some(endpoint) = self.all.get(at) {
            if !error.is_transient() {
                endpoint.disbelieved();
                endpoint.disconnect();
            }
        }
        if let Some(record) = self.memory().records.get_mut(at) {
            record.failures = record.failures.saturating_add(1);
            let pause = match error.is_transient() {
                true => pause(record.failures),
                false => PENALTY,
            };
            record.until = now.checked_add(pause);
        }
    }
}

pub(crate) fn no_endpoint() -> SourceError {
    pink_worker_core::source::TransientError::Unreachable {
        endpoint: "no endpoint".into(),
        what: "anything",
        reason: "none is named".into(),
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::Signal;

    fn three() -> Endpoints {
        let urls = ["a", "b", "c"].map(String::from);
        let runner = Arc::new(Runner::new(Signal::new()).expect("a thread"));
        Endpoints::new(
            &urls,
            Limits::default(),
            runner,
            &Genesis::default(),
            &Observed::default(),
        )
    }

    #[test]
    fn the_next_one_is_asked_and_stays_the_first() {
        let all = three();
        let mut asked = Vec::new();
        let mut ask = |good: &str| {
            asked.clear();
            let answer = all.ask(|endpoint| {
                asked.push(endpoint.url().to_string());
                match endpoint.url() == good {
                    true => Ok(()),
                    false => Err(endpoint.unreachable("it", "it is silent")),
                }
            });
            (answer.is_ok(), asked.concat())
        };
        assert_eq!(ask("b"), (true, "ab".into()));
        assert_eq!(ask("b"), (true, "b".into()));
        // `a` is left alone.
        assert_eq!(ask("c"), (true, "bc".into()));
        // Nobody is left: then all of them.
        assert_eq!(ask("none"), (false, "c".into()));
        assert_eq!(ask("a"), (true, "ca".into()));
    }

    #[test]
    fn what_passes_is_told_if_anything_does() {
        let all = three();
        let error = all.ask(|endpoint| match endpoint.url() {
            "b" => Err::<(), _>(endpoint.unreachable("it", "it is silent")),
            _ => Err(endpoint.unproven("it", "it lies")),
        });
        assert!(error.expect_err("all fail").is_transient());
        let all = three();
        let error = all.ask(|endpoint| Err::<(), _>(endpoint.unproven("it", "it lies")));
        let error = error.expect_err("all lie");
        assert!(!error.is_transient());
        assert!(error.to_string().contains("it lies"), "{error}");
    }

    #[test]
    fn the_same_is_said_once_in_ten_minutes() {
        let all = three();
        let now = Instant::now();
        let error = |text: &str| -> SourceError {
            pink_worker_core::source::TransientError::Unreachable {
                endpoint: "a".into(),
                what: "a connection",
                reason: text.into(),
            }
            .into()
        };
        assert!(all.is_news(0, &error("refused"), now));
        all.praise(0);
        assert!(!all.is_news(0, &error("refused"), now));
        assert!(all.is_news(0, &error("silent"), now));
        assert!(all.is_news(0, &error("silent"), now + PENALTY));
    }
}
