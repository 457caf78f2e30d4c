//! The life of one thing that is said: signed, taken, dropped, signed again, and in the end in a final block or past
//! its mortality.

use crate::{
    call::Call,
    error::Error,
    pool::Refusal,
    rpc::{Failed, Head, Rpc, Statuses},
    runtime::Signed,
    sender::Included,
    shared::Shared,
    table::MOST_AHEAD,
};
use fat_contracts_primitives::{Balance, BlockNumber, Hash};
use sp_crypto_hashing::{blake2_256, twox_128};
use std::time::{Duration, Instant};
use subxt::{dynamic::Value, ext::scale_value::At, rpcs::methods::legacy::TransactionStatus};
use tokio::time::sleep;
use tracing::{debug, warn};

/// How often a signature that isn't taken is made anew.
const MOST_PROOFS: u32 = 3;

/// What is told of a flight while it lasts.
#[derive(Debug)]
pub(crate) enum Told {
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
    tell: &'a (dyn Fn(Told) + Send + Sync),
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

enum Seen {
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
/// signed under two nonces. Gives all that was signed as well.
pub(crate) async fn fly(
    shared: &Shared,
    call: &Call,
    words: Option<Before>,
    tell: &(dyn Fn(Told) + Send + Sync),
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
                    let passes = error.passes() && !matches!(error, Error::Dropped { .. });
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
                Seen::Found(included) => return Ok(Step::Found(included)),
                Seen::Dead => {
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
                Seen::Spent => return Ok(Step::Over(self.unsettled())),
                Seen::Flying => {}
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

    /// Sends what was signed last, as long as the pool didn't give it up; else signs anew.
    async fn launch(&mut self, rpc: &Rpc) -> Result<Launched, Error> {
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
                    (self.tell)(Told::Signed(signed.clone()));
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
        (self.tell)(Told::Taken(signed));
    }

    async fn refused(&mut self, rpc: &Rpc, refusal: Refusal) -> Result<Step, Error> {
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

    /// Listens to what the pool tells.
    async fn follow(&mut self, rpc: &Rpc, mut statuses: Statuses) -> Result<Step, Error> {
        loop {
            let status = tokio::select! {
                status = statuses.next() => status,
                () = sleep(self.shared.limits.longest_pause) => {
                    // Silence is no news: the endpoint may have forgotten it.
                    match self.search().await? {
                        Seen::Found(included) => return Ok(Step::Found(included)),
                        Seen::Dead | Seen::Spent => return Ok(Step::Wait),
                        // It was left: the next one is to have it as well.
                        Seen::Flying if self.newest.is_none() => return Ok(Step::Wait),
                        Seen::Flying => continue,
                    }
                }
            };
            debug!(call = self.call.name, ?status, "told");
            match status {
                Some(Ok(TransactionStatus::Finalized(block))) => {
                    let found = self.find(rpc, block).await;
                    return Ok(match self.shared.judge(rpc, found).await? {
                        Some(included) => Step::Found(included),
                        None => Step::Wait,
                    });
                }
                Some(Ok(
                    TransactionStatus::Dropped
                    | TransactionStatus::Invalid
                    | TransactionStatus::Usurped(_),
                )) => {
                    self.anew = true;
                    return Ok(Step::Wait);
                }
                Some(Ok(TransactionStatus::FinalityTimeout(_))) => return Ok(Step::Wait),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => {
                    self.shared.endpoints.leave(rpc).await;
                    return Ok(Step::Wait);
                }
            }
        }
    }

    /// Looks through the final blocks that weren't looked through.
    async fn search(&mut self) -> Result<Seen, Error> {
        let rpc = self.shared.endpoints.connection().await?;
        let seen = self.search_at(&rpc).await;
        let stale = |(_, since): &(_, Instant)| since.elapsed() > self.shared.limits.stale;
        if let (Ok(Seen::Flying), true) = (&seen, self.newest.as_ref().is_some_and(stale)) {
            debug!(call = self.call.name, endpoint = %rpc.endpoint, "it stands still");
            self.newest = None;
            self.shared.endpoints.leave(&rpc).await;
        }
        self.shared.judge(&rpc, seen).await
    }

    async fn search_at(&mut self, rpc: &Rpc) -> Result<Seen, Error> {
        let finalized = rpc.finalized().await?;
        if self
            .newest
            .is_none_or(|(newest, _)| newest < finalized.number)
        {
            self.newest = Some((finalized.number, Instant::now()));
        }
        // What an earlier run signed may be in any block that isn't older than its mortality.
        let oldest = finalized
            .number
            .saturating_sub(self.shared.limits.mortality);
        let scanned = *self.scanned.get_or_insert(oldest);
        // Behind its mortality it is in no block, nor longer before that than it could be signed for. Who says that the chain
        // is far ahead isn't asked for all of it.
        let last = self.alive.iter().map(|it| it.until).max();
        let last = finalized.number.min(last.unwrap_or_default());
        let longest = self.shared.limits.mortality.saturating_add(2 * MOST_AHEAD);
        let first = scanned.max(last.saturating_sub(longest)).saturating_add(1);
        for number in first..=last {
            let hash = rpc.block_hash(number).await?;
            if let Some(included) = self.find(rpc, hash).await? {
                return Ok(Seen::Found(included));
            }
            self.scanned = Some(number);
        }
        let over = |it: &Signed| match self.proven {
            true => self.shared.table().is_over(it),
            false => it.until < finalized.number,
        };
        if self.alive.iter().all(over) {
            return Ok(Seen::Dead);
        }
        if self.proven {
            return Ok(Seen::Flying);
        }
        let nonces = self.alive.iter().map(|it| it.nonce);
        let highest = nonces.reduce(|a, b| Some(a?.max(b?))).flatten();
        Ok(
            match (highest, self.final_nonce(rpc, finalized.hash).await?) {
                // The nonce is used up, and not by these.
                (Some(ours), Some(next)) if next > ours => Seen::Spent,
                _ => Seen::Flying,
            },
        )
    }

    /// The signer's next nonce in a final block's state, if the runtime tells.
    async fn final_nonce(&self, rpc: &Rpc, at: Hash) -> Result<Option<u64>, Error> {
        let account: &[u8; 32] = self.shared.key.account().as_ref();
        let answer = rpc
            .runtime_call("AccountNonceApi_account_nonce", account, at)
            .await;
        match answer {
            Ok(bytes) => {
                let mut nonce = [0; 8];
                let used = bytes.len().min(8);
                nonce[..used].copy_from_slice(&bytes[..used]);
                Ok(Some(u64::from_le_bytes(nonce)))
            }
            Err(Failed::Told(_)) => Ok(None),
            Err(Failed::Lost(error)) => Err(error),
        }
    }

    /// What became of one of these in a block, if it has one.
    async fn find(&self, rpc: &Rpc, block: Hash) -> Result<Option<Included>, Error> {
        let body = rpc.body(block).await?;
        let hashes = body.iter().map(|it| Hash::from(blake2_256(it)));
        let ours = |it: &Hash| self.alive.iter().any(|signed| signed.hash == *it);
        let Some((index, extrinsic)) = hashes.enumerate().find(|(_, it)| ours(it)) else {
            return Ok(None);
        };
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        let head = rpc.head(Some(block)).await?;
        let events = [twox_128(b"System"), twox_128(b"Events")].concat();
        let events = rpc.storage(&events, block).await?.unwrap_or_default();
        // A block is executed by the code in the state before it, also the one that sets new code.
        let runtime = self.shared.runtime(rpc, head.parent).await?;
        let outcome = runtime.outcome(events, index)?;
        let fee = outcome.events.iter().find_map(|event| {
            let paid = (&*event.pallet, &*event.name) == PAID;
            paid.then(|| amount(event.field("actual_fee")?)).flatten()
        });
        Ok(Some(Included {
            extrinsic,
            block: head.number,
            block_hash: block,
            index,
            fee,
            error: outcome.error,
            events: outcome.events,
        }))
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

enum Launched {
    Watched(Statuses),
    /// It is in the pool.
    Present,
    Refused(Refusal),
}

/// The event that tells a fee.
const PAID: (&str, &str) = ("TransactionPayment", "TransactionFeePaid");

/// A number of an event.
pub(crate) fn amount(value: &Value) -> Option<Balance> {
    value.as_u128().or_else(|| value.at(0)?.as_u128())
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
