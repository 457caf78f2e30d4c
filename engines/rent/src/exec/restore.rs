//! A tombstone that lives again.

use crate::{
    core::Execution,
    error::Error,
    ext::{Frame, Restoration, RestoredLengths},
    ledger::Existence,
    state::{alive, contract, contract_key, put_alive, Alive, Contract},
};
use pink_engine_sdk::types::Event;

impl Execution<'_, '_> {
    /// Gives the frame's storage and money to a tombstone, if they are what it had, and ends the
    /// frame's contract.
    pub(crate) fn restore(
        &mut self,
        from: &Frame<'_>,
        wanted: Restoration,
    ) -> (Result<(), Error>, RestoredLengths) {
        let mut lengths = RestoredLengths::default();
        let result = self.try_restore(from, wanted, &mut lengths);
        (result, lengths)
    }

    fn try_restore(
        &mut self,
        from: &Frame<'_>,
        wanted: Restoration,
        lengths: &mut RestoredLengths,
    ) -> Result<(), Error> {
        if from.is_reentered() {
            return Err(Error::ReentranceDenied);
        }
        let source = from.account;
        let now = self.block.number;
        let origin = alive(self.state, &source).ok_or(Error::InvalidSourceContract)?;
        if origin.last_write == Some(now) {
            return Err(Error::InvalidContractOrigin);
        }
        let Some(Contract::Tombstone(tombstone)) = contract(self.state, &wanted.dest) else {
            return Err(Error::InvalidDestinationContract);
        };
        lengths.caller_code = self.add_code_user(&wanted.code_hash)?;
        let (mut items, mut bytes) = (0_u32, 0_u32);
        for key in &wanted.delta {
            if let Some(len) = self.take_storage(&origin.prefix, key) {
                items = items.saturating_add(1);
                bytes = bytes.saturating_add(len);
            }
        }
        if self.tombstone(&origin.prefix, &wanted.code_hash) != tombstone {
            // What was deleted above comes back with the frame, which ends in a trap.
            return Err(Error::InvalidTombstone);
        }
        self.state.remove(&contract_key(&source));
        lengths.tombstone_code = self.remove_code_user(&origin.code_hash, &source);
        let recounted = if self.rules.restore_recounts_items {
            items
        } else {
            0
        };
        let restored = Alive {
            prefix: origin.prefix,
            storage_size: origin.storage_size.saturating_sub(bytes),
            pair_count: origin.pair_count.saturating_sub(recounted),
            code_hash: wanted.code_hash,
            rent_allowance: wanted.rent_allowance,
            rent_paid: 0,
            deduct_block: now,
            last_write: if wanted.delta.is_empty() {
                origin.last_write
            } else {
                Some(now)
            },
        };
        put_alive(self.state, &wanted.dest, restored);
        let money = self.free(&source);
        if self.debit(&source, money, Existence::AllowDeath).is_ok() {
            self.credit(&wanted.dest, money);
        }
        self.events.push(Event::Restored {
            restorer: source,
            dest: wanted.dest,
            code_hash: wanted.code_hash,
            rent_allowance: wanted.rent_allowance,
        });
        Ok(())
    }
}
