//! Making blocks, and what follows from one.

use super::Node;
use crate::{
    chain::BuiltBlock,
    error::ServeError,
    pool::{bytes_of, hash_of},
};
use fat_contracts_primitives::Hash;
use pink_worker_core::{
    exec::Parked,
    source::{ChainSource, FollowError, Followed},
};
use runtime_mock::{runtime::UncheckedExtrinsic, RuntimeCall, RuntimeEvent};
use sp_core::sr25519;
use sp_runtime::DispatchError;

/// How many blocks the worker executes in one transaction at most.
const BATCH: usize = 128;

impl Node {
    /// Makes blocks of one extrinsic each, until nothing that waits can be in one.
    pub(super) fn take_all(&mut self) -> Result<(), ServeError> {
        while !self.shared.pool().waiting().is_empty() {
            if !self.block(None, 1, false)? {
                break;
            }
        }
        Ok(())
    }

    /// Makes a block of at most `most` of the extrinsics that wait. False: there is none, since nothing could be in it
    /// and an empty one isn't wanted.
    pub(super) fn block(
        &mut self,
        step_ms: Option<u64>,
        most: usize,
        empty: bool,
    ) -> Result<bool, ServeError> {
        let offered: Vec<_> = {
            let pool = self.shared.pool();
            pool.waiting()
                .iter()
                .map(|it| (it.hash, it.extrinsic.clone()))
                .collect()
        };
        let (hashes, extrinsics): (Vec<_>, Vec<_>) = offered.into_iter().unzip();
        Ok(self
            .made_of(&hashes, &extrinsics, step_ms, most, empty)?
            .is_some())
    }

    fn made_of(
        &mut self,
        hashes: &[Hash],
        extrinsics: &[UncheckedExtrinsic],
        step_ms: Option<u64>,
        most: usize,
        empty: bool,
    ) -> Result<Option<BuiltBlock>, ServeError> {
        let now_ms = self.next_ms(step_ms);
        // Until the pool knows of the block as well: whoever asks for a nonce adds what waits to what is in blocks.
        let mut chain = self.shared.chain_mut();
        let made = chain.make(now_ms, extrinsics, most, empty);
        let made = made.map_err(ServeError::Chain)?;
        let named = |left: &[(usize, crate::chain::SkipReason)]| {
            let named = left
                .iter()
                .filter_map(|(at, why)| Some((*hashes.get(*at)?, why.clone())));
            named.collect::<Vec<_>>()
        };
        let made = match made {
            Ok(made) => made,
            Err(left) => {
                let dropped = self.shared.pool().leave(&named(&left));
                self.source.flights.made(0, &[], &dropped);
                return Ok(None);
            }
        };
        self.last_ms = now_ms;
        let taken: Vec<_> = made
            .taken
            .iter()
            .filter_map(|at| hashes.get(*at).copied())
            .collect();
        if !taken.is_empty() {
            self.touched = made.number;
        }
        let ahead = self.shared.clock.is_ahead();
        self.disk.keep(chain.best(), &made.changes, ahead)?;
        let dropped = self
            .shared
            .pool()
            .made(made.number, made.hash, &taken, &named(&made.left));
        drop(chain);
        self.source.flights.made(made.number, &taken, &dropped);
        tracing::debug!(block = made.number, extrinsics = taken.len(), "made");
        self.settle()?;
        Ok(Some(made))
    }

    /// The time of the next block: the clock's, or so long after the last one.
    fn next_ms(&mut self, step_ms: Option<u64>) -> u64 {
        let clock = &self.shared.clock;
        if let Some(step) = step_ms {
            let at = self.last_ms.saturating_add(step.max(1));
            clock.increase(at.saturating_sub(clock.now_ms()));
            return at;
        }
        clock.now_ms().max(self.last_ms.saturating_add(1))
    }

    /// What is old enough is final; the worker executes it, and says what there is to say.
    pub(super) fn settle(&mut self) -> Result<(), ServeError> {
        let final_now = {
            let mut chain = self.shared.chain_mut();
            let before = chain.finalized();
            let best = chain.best().number;
            chain.finalize(best.saturating_sub(self.pace.finality_delay));
            let now_ms = self.shared.clock.now_ms();
            // Of each, so that what was signed behind one of them can be checked.
            for number in before.saturating_add(1)..=chain.finalized() {
                if let Some(hash) = chain.hash(number) {
                    self.standing.set_final(number, hash, now_ms);
                }
            }
            chain.finalized()
        };
        self.shared.pool().finalized(final_now);
        self.source.flights.is_final(final_now);
        self.follow()?;
        self.shared.tell();
        self.speak()
    }

    fn follow(&mut self) -> Result<(), ServeError> {
        loop {
            let blocks = match self.follower.next(&self.worker, &self.source, BATCH) {
                Ok(blocks) => blocks,
                Err(FollowError::Worker(error)) => return Err(error.into()),
                Err(error) => {
                    tracing::error!(%error, "the worker can't follow");
                    return Ok(());
                }
            };
            if blocks.is_empty() {
                return Ok(());
            }
            let followed =
                self.follower
                    .execute(&mut self.worker, &self.source, &blocks, Vec::new());
            let Followed { imported, .. } = followed?;
            let said = |parked: &Option<Parked>| parked.as_ref().map(ToString::to_string);
            if said(&self.parked) != said(&imported.parked) {
                match &imported.parked {
                    Some(parked) => {
                        let hint = parked.reason.hint();
                        tracing::error!("{parked}\n  hint: {hint}");
                    }
                    None => tracing::warn!("it goes on"),
                }
            }
            self.standing
                .set_parked(imported.parked.as_ref().map(Into::into));
            self.parked = imported.parked;
            if self.parked.is_some() {
                return Ok(());
            }
        }
    }

    fn speak(&mut self) -> Result<(), ServeError> {
        match self.follower.speak(&self.worker, &mut self.source) {
            Ok(()) => {}
            Err(FollowError::Worker(error)) => return Err(error.into()),
            Err(error) => tracing::error!(%error, "the worker can't say what there is to say"),
        }
        for words in self.source.take_said() {
            let nonce = self
                .shared
                .next_nonce(self.source_account())
                .map_err(ServeError::Chain)?;
            let signed = self
                .shared
                .sign(&self.engines.pair, words.call.clone(), nonce);
            let bytes = bytes_of(&signed.map_err(ServeError::Chain)?);
            match self.shared.submit(bytes, None) {
                Ok(hash) => self.source.flights.sent(words, hash),
                Err(refused) => tracing::warn!(?refused, "what the worker says isn't taken"),
            }
        }
        Ok(())
    }

    fn source_account(&self) -> &fat_contracts_primitives::AccountId {
        self.source.account()
    }

    /// Signs calls and makes a block of them, behind everything that waits. All of them have to succeed.
    ///
    /// # Errors
    /// Inside: why the chain refuses one.
    pub(super) fn at_once(
        &mut self,
        calls: Vec<(sr25519::Pair, RuntimeCall)>,
    ) -> Result<Result<(), String>, ServeError> {
        self.block(None, usize::MAX, false)?;
        let mut extrinsics: Vec<UncheckedExtrinsic> = Vec::new();
        let mut signed: Vec<fat_contracts_primitives::AccountId> = Vec::new();
        for (pair, call) in calls {
            let who = super::set_up::account(&pair);
            let before = signed.iter().filter(|it| **it == who).count();
            let nonce = self
                .shared
                .chain()
                .query(|| runtime_mock::runtime::System::account_nonce(&who));
            let nonce = nonce.map_err(ServeError::Chain)?;
            let nonce = nonce.saturating_add(u32::try_from(before).unwrap_or(u32::MAX));
            let made = self
                .shared
                .sign(&pair, call, nonce)
                .map_err(ServeError::Chain)?;
            extrinsics.push(made);
            signed.push(who);
        }
        let hashes: Vec<_> = extrinsics.iter().map(|it| hash_of(&bytes_of(it))).collect();
        let Some(made) = self.made_of(&hashes, &extrinsics, None, usize::MAX, false)? else {
            return Ok(Err("none of the extrinsics is valid".into()));
        };
        if let Some((at, why)) = made.left.first() {
            return Ok(Err(format!("extrinsic {at} isn't valid: {why:?}")));
        }
        let refused = self.shared.chain().run(Some(&made.hash), first_refusal);
        let refused = refused.map_err(|error| ServeError::Chain(error.to_string()))?;
        Ok(match refused.map_err(ServeError::Chain)? {
            Some(error) => Err(pink_devchain::Refusal::from(error).to_string()),
            None => Ok(()),
        })
    }

    /// Makes empty blocks until everything of now is final, and the worker has seen it.
    pub(super) fn until_final(&mut self) -> Result<(), ServeError> {
        let target = self.shared.chain().best().number;
        while self.shared.chain().finalized() < target {
            self.block(None, usize::MAX, true)?;
        }
        Ok(())
    }
}

/// The first extrinsic of a block that the chain refused, or that it refused in root's name.
fn first_refusal() -> Option<DispatchError> {
    let events = runtime_mock::runtime::System::read_events_no_consensus();
    let mut refused = events.filter_map(|record| match record.event {
        RuntimeEvent::System(frame_system::Event::ExtrinsicFailed { dispatch_error, .. }) => {
            Some(dispatch_error)
        }
        RuntimeEvent::Sudo(pallet_sudo::Event::Sudid { sudo_result }) => sudo_result.err(),
        _ => None,
    });
    refused.next()
}
