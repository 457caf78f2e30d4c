//! Signing anew, sending, and what a pool that refuses means.

use super::{Flight, FlightEvent, Step};
use crate::{
    error::Error,
    pool::Refusal,
    rpc::{Failed, Head, Rpc, Statuses},
    runtime::Signed,
    table::MOST_AHEAD,
};
use fat_contracts_primitives::BlockNumber;
use tracing::debug;

/// How often a signature that isn't taken is made anew.
const MOST_PROOFS: u32 = 3;

pub(super) enum Launched {
    Watched(Statuses),
    /// It is in the pool.
    Present,
    Refused(Refusal),
}

impl Flight<'_> {
    /// Sends what was signed last, as long as the pool didn't give it up; else signs anew.
    pub(super) async fn launch(&mut self, rpc: &Rpc) -> Result<Launched, Error> {
        let shared = self.shared;
        let _turn = shared.turn.lock().await;
        let (finalized, best) = (rpc.finalized().await?, rpc.head(None).await?);
        let (newest, lowest) = shared.table().seen();
        let mortality = shared.limits.mortality;
        if self.proven {
            self.plausible(rpc, &finalized, &best, newest)?;
        }
        self.scanned.get_or_insert(finalized.number);
        let last = self.alive.last().filter(|it| it.until > best.number);
        let (signed, fresh) = match last.filter(|_| !self.anew) {
            Some(last) => (last.clone(), false),
            None => {
                let runtime = match self.proven {
                    true => shared.compared_runtime(rpc, best.hash).await?,
                    false => shared.runtime(rpc, best.hash).await?,
                };
                runtime.encode(self.call)?;
                let nonce = match self.nonce {
                    Some(nonce) => nonce,
                    None => {
                        let next = rpc.next_index(shared.key.account()).await?;
                        let next = next.max(lowest);
                        *self.nonce.insert(shared.table().claim(next))
                    }
                };
                // A final block can't be taken back, but without finality it would be too old.
                let behind = best.number.saturating_sub(finalized.number);
                let from = match behind > mortality / 4 {
                    true => &best,
                    false => &finalized,
                };
                let signed =
                    runtime.sign(self.call, &shared.key, nonce, from, mortality, newest)?;
                let fresh = !self.alive.contains(&signed);
                if fresh {
                    // Before it is sent: it may get there even if the answer doesn't come back.
                    self.alive.push(signed.clone());
                    self.signed.push(signed.clone());
                    (self.tell)(FlightEvent::Signed(signed.clone()));
                }
                (signed, fresh)
            }
        };
        let refusal = match rpc.watch(&signed.bytes).await {
            Ok(statuses) => {
                self.taken(signed, fresh);
                return Ok(Launched::Watched(statuses));
            }
            Err(Failed::Lost(error)) => return Err(error),
            Err(Failed::Told(told)) => Refusal::of(&told),
        };
        debug!(call = self.call.name, ?refusal, "refused by the pool");
        if refusal == Refusal::Imported {
            self.taken(signed, fresh);
            return Ok(Launched::Present);
        }
        if fresh {
            self.alive.retain(|it| it.hash != signed.hash);
        }
        Ok(Launched::Refused(refusal))
    }

    fn taken(&mut self, signed: Signed, fresh: bool) {
        debug!(call = self.call.name, hash = ?signed.hash, nonce = signed.nonce, "taken");
        // The same once more is no attempt: a node that forgot it is told as long as it lasts.
        self.attempts = self.attempts.saturating_add(fresh.into());
        self.anew = false;
        (self.tell)(FlightEvent::Taken(signed));
    }

    pub(super) async fn refused(&mut self, rpc: &Rpc, refusal: Refusal) -> Result<Step, Error> {
        let call = self.call.name;
        let invalid = |reason: &str| Error::Invalid {
            call,
            reason: reason.into(),
        };
        let waiting = !self.alive.is_empty();
        let error = match refusal {
            Refusal::Imported => return Ok(Step::Wait),
            Refusal::Full => {
                self.shared.endpoints.leave(rpc).await;
                Error::PoolFull {
                    endpoint: rpc.endpoint.to_string(),
                    call,
                }
            }
            // It is our own that has the nonce, or is in a block; what was found out first stays.
            Refusal::NonceTaken | Refusal::Stale if waiting => return Ok(Step::Wait),
            // Something was signed under it that may be executed, or was: another nonce would say it twice.
            Refusal::NonceTaken | Refusal::Stale if self.proven || self.attempts > 0 => {
                return Ok(Step::Over(self.unsettled()));
            }
            Refusal::NonceTaken | Refusal::Stale => {
                self.release();
                invalid("the nonce is used by another transaction of the account")
            }
            Refusal::Banned => {
                self.anew = true;
                invalid("it was refused some minutes ago, and isn't looked at again yet")
            }
            Refusal::BadTime => {
                self.anew = true;
                invalid("it is for another time or fork")
            }
            Refusal::BadProof if self.proofs < MOST_PROOFS => {
                self.proofs += 1;
                self.anew = true;
                self.shared.forget_runtime();
                invalid("its signature isn't taken")
            }
            Refusal::BadProof => return Err(invalid("its signature isn't taken")),
            Refusal::NoMoney => {
                let best = rpc.head(None).await?;
                return Err(Error::Underfunded {
                    account: self.shared.key.account().clone(),
                    call,
                    free: self.shared.free(rpc, best.hash).await,
                });
            }
            Refusal::Other(reason) => return Err(invalid(&reason)),
        };
        Ok(Step::Again(error))
    }

    /// Refuses to sign for blocks that the endpoint can't have, by what is proven. A little behind it may be.
    fn plausible(
        &self,
        rpc: &Rpc,
        finalized: &Head,
        best: &Head,
        newest: BlockNumber,
    ) -> Result<(), Error> {
        let behind = self.shared.limits.mortality / 4;
        let far = best.number > newest.saturating_add(MOST_AHEAD);
        match best.number < finalized.number || finalized.number.saturating_add(behind) < newest {
            false if !far || newest == 0 => Ok(()),
            _ => Err(rpc.lost(
                "the final block",
                format!(
                    "it is at {}, its best at {}, and block {newest} is known to be final",
                    finalized.number, best.number
                ),
            )),
        }
    }
}
