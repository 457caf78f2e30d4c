//! The life of one thing that is said: signed, taken, dropped, signed again, and in the end in a final block or past
//! its mortality.

mod launch;
mod search;

use crate::{call::Call, error::Error, event::Included, runtime::Signed, shared::Shared};
use fat_contracts_primitives::BlockNumber;
use launch::Launched;
use std::time::{Duration, Instant};
use tokio::time::sleep;
use tracing::{debug, warn};

/// What is told of a flight while it lasts.
#[derive(Debug)]
pub(crate) enum FlightEvent {
    /// From now on it may be taken.
    Signed(Signed),
    /// An endpoint took it.
    Taken(Signed),
    /// It was signed by an earlier run of the program, and is on its way.
    Earlier,
    /// It is over.
    Done(Result<Included, Error>),
}

/// One thing on its way.
struct Flight<'a> {
    shared: &'a Shared,
    call: &'a Call,
    tell: &'a (dyn Fn(FlightEvent) + Send + Sync),
    /// They are words of a caller that proves what it says, and says them again if it still has to.
    proven: bool,
    /// All that was signed, whatever became of it.
    signed: Vec<Signed>,
    /// All that was signed and may still be taken. But for those of earlier runs, all have the same nonce: one at
    /// most can be executed.
    alive: Vec<Signed>,
    nonce: Option<u64>,
    /// The last final block that was looked through for them.
    scanned: Option<BlockNumber>,
    /// The newest final block of the endpoint that is used, and since when it is.
    newest: Option<(BlockNumber, Instant)>,
    /// The pool gave the last one up: what is sent next is signed anew.
    anew: bool,
    attempts: u32,
    proofs: u32,
}

enum Step {
    Found(Included),
    /// Look again, later.
    Wait,
    /// It isn't taken at the moment, and this is the error if it stays so.
    Again(Error),
    /// It stays so.
    Over(Error),
}

enum SearchOutcome {
    Found(Included),
    /// Nothing that was signed can be taken any more.
    Dead,
    /// Its nonce is used up, and the endpoint says that it isn't by these.
    Spent,
    Flying,
}

/// What words were before they are sent.
#[derive(Debug, Default)]
pub(crate) struct Before {
    /// An earlier run of the program signed them.
    pub(crate) earlier: Option<Signed>,
    /// The nonce under which some of them were signed.
    pub(crate) nonce: Option<u64>,
}

/// Sees a call through. It ends with its outcome in a final block, or when nothing that was signed can be taken
/// any more. Words of which it is proven when that is, by what their caller has seen, end there and are never
/// signed under two nonces. Returns all that was signed as well.
pub(crate) async fn fly(
    shared: &Shared,
    call: &Call,
    words: Option<Before>,
    tell: &(dyn Fn(FlightEvent) + Send + Sync),
) -> (Result<Included, Error>, Vec<Signed>) {
    let proven = words.is_some();
    let Before { earlier, nonce } = words.unwrap_or_default();
    if let Some(nonce) = nonce {
        shared.table().reclaim(nonce);
    }
    let mut flight = Flight {
        shared,
        call,
        tell,
        // Nothing is signed in the place of what an earlier run signed.
        attempts: earlier.as_ref().map_or(0, |_| shared.limits.attempts),
        signed: earlier.iter().cloned().collect(),
        alive: earlier.into_iter().collect(),
        proven,
        nonce,
        scanned: None,
        newest: None,
        anew: false,
        proofs: 0,
    };
    let ended = flight.last().await;
    flight.release();
    (ended, flight.signed)
}

impl Flight<'_> {
    async fn last(&mut self) -> Result<Included, Error> {
        let limits = &self.shared.limits;
        let (begun, mut pause) = (Instant::now(), limits.pause);
        loop {
            let (error, passes) = match self.step().await {
                Ok(Step::Found(included)) => return checked(self.call, included),
                Ok(Step::Wait) => (None, true),
                Ok(Step::Again(error)) => (Some(error), true),
                Ok(Step::Over(error)) => return Err(error),
                Err(error) => {
                    let passes = error.is_transient() && !matches!(error, Error::Dropped { .. });
                    (Some(error), passes)
                }
            };
            if let Some(error) = error {
                debug!(call = self.call.name, %error, "not taken");
                // What may still be taken is waited for, whatever is the matter.
                let over = !passes || begun.elapsed() > limits.accept;
                if self.alive.is_empty() && over {
                    return Err(error);
                }
            }
            sleep(pause).await;
            pause = pause.saturating_mul(2).min(limits.longest_pause);
        }
    }

    async fn step(&mut self) -> Result<Step, Error> {
        if !self.alive.is_empty() {
            match self.search().await? {
                SearchOutcome::Found(included) => return Ok(Step::Found(included)),
                SearchOutcome::Dead => {
                    warn!(call = self.call.name, "not taken in time");
                    self.alive.clear();
                    if self.proven {
                        // Whether it is still to be said is the caller's to see; another endpoint may take it.
                        let rpc = self.shared.endpoints.connection().await?;
                        self.shared.endpoints.leave(&rpc).await;
                        return Ok(Step::Over(Error::Dropped {
                            call: self.call.name,
                            attempts: self.attempts,
                        }));
                    }
                }
                SearchOutcome::Spent => return Ok(Step::Over(self.unsettled())),
                SearchOutcome::Flying => {}
            }
        }
        if self.attempts >= self.shared.limits.attempts {
            if self.alive.is_empty() {
                return Err(Error::Dropped {
                    call: self.call.name,
                    attempts: self.attempts,
                });
            }
            // What comes later isn't to wait for it: of those with this nonce, one will be executed.
            self.release();
            return Ok(Step::Wait);
        }
        let rpc = self.shared.endpoints.connection().await?;
        let launched = self.launch(&rpc).await;
        match self.shared.judge(&rpc, launched).await? {
            Launched::Watched(statuses) => self.follow(&rpc, statuses).await,
            Launched::Present => Ok(Step::Wait),
            Launched::Refused(refusal) => self.refused(&rpc, refusal).await,
        }
    }

    /// That what was signed may have been taken, or will be.
    fn unsettled(&self) -> Error {
        let call = self.call.name;
        match self.signed.iter().max_by_key(|it| it.until) {
            Some(it) => Error::Unsettled {
                call,
                extrinsic: it.hash,
                until: it.until,
            },
            None => Error::Dropped {
                call,
                attempts: self.attempts,
            },
        }
    }

    fn release(&mut self) {
        if let Some(nonce) = self.nonce.take() {
            self.shared.table().release(nonce);
        }
    }
}

fn checked(call: &Call, included: Included) -> Result<Included, Error> {
    match included.error {
        None => Ok(included),
        Some(error) => Err(Error::Refused {
            call: call.name,
            error,
            block: included.block,
            fee: included.fee,
        }),
    }
}

/// For how long the answer to something that is said is waited for, at most: a pass over the endpoints, and the
/// requests that were begun in it.
pub(crate) fn patience(shared: &Shared) -> Duration {
    let limits = &shared.limits;
    limits
        .accept
        .saturating_add(limits.connect)
        .saturating_add(limits.request.saturating_mul(2))
}
