//! What became of what is on its way, by what the pool tells and by what final blocks hold.

use super::{Flight, SearchOutcome, Step};
use crate::{
    error::Error,
    event::{amount, Included},
    rpc::{Failed, Rpc, Statuses},
    runtime::Signed,
    table::MOST_AHEAD,
};
use fat_contracts_primitives::Hash;
use sp_crypto_hashing::{blake2_256, twox_128};
use std::time::Instant;
use subxt::rpcs::methods::legacy::TransactionStatus;
use tokio::time::sleep;
use tracing::debug;

/// The event that tells a fee.
const PAID: (&str, &str) = ("TransactionPayment", "TransactionFeePaid");

impl Flight<'_> {
    /// Listens to what the pool tells.
    pub(super) async fn follow(
        &mut self,
        rpc: &Rpc,
        mut statuses: Statuses,
    ) -> Result<Step, Error> {
        loop {
            let status = tokio::select! {
                status = statuses.next() => status,
                () = sleep(self.shared.limits.longest_pause) => {
                    // Silence is no news: the endpoint may have forgotten it.
                    match self.search().await? {
                        SearchOutcome::Found(included) => return Ok(Step::Found(included)),
                        SearchOutcome::Dead | SearchOutcome::Spent => return Ok(Step::Wait),
                        // It was left: the next one is to have it as well.
                        SearchOutcome::Flying if self.newest.is_none() => return Ok(Step::Wait),
                        SearchOutcome::Flying => continue,
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
    pub(super) async fn search(&mut self) -> Result<SearchOutcome, Error> {
        let rpc = self.shared.endpoints.connection().await?;
        let seen = self.search_at(&rpc).await;
        let stale = |(_, since): &(_, Instant)| since.elapsed() > self.shared.limits.stale;
        if let (Ok(SearchOutcome::Flying), true) = (&seen, self.newest.as_ref().is_some_and(stale))
        {
            debug!(call = self.call.name, endpoint = %rpc.endpoint, "it stands still");
            self.newest = None;
            self.shared.endpoints.leave(&rpc).await;
        }
        self.shared.judge(&rpc, seen).await
    }

    async fn search_at(&mut self, rpc: &Rpc) -> Result<SearchOutcome, Error> {
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
                return Ok(SearchOutcome::Found(included));
            }
            self.scanned = Some(number);
        }
        let over = |it: &Signed| {
            if self.proven {
                self.shared.table().is_over(it)
            } else {
                it.until < finalized.number
            }
        };
        if self.alive.iter().all(over) {
            return Ok(SearchOutcome::Dead);
        }
        if self.proven {
            return Ok(SearchOutcome::Flying);
        }
        let nonces = self.alive.iter().map(|it| it.nonce);
        let highest = nonces.reduce(|a, b| Some(a?.max(b?))).flatten();
        Ok(
            match (highest, self.final_nonce(rpc, finalized.hash).await?) {
                // The nonce is used up, and not by these.
                (Some(ours), Some(next)) if next > ours => SearchOutcome::Spent,
                _ => SearchOutcome::Flying,
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
}
