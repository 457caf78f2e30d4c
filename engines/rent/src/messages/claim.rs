//! The message that asks for an eviction.

use super::driver::{Charge, Executed};
use crate::{
    code,
    core::Execution,
    error::Error,
    escrow::Used,
    rent::Evicted,
    state::{alive, Alive},
};
use pink_engine_sdk::types::{ClaimSurcharge, Failure, Outcome, Receipt, Weight};

impl Execution<'_, '_> {
    /// A claim that evicts is free, and rewarded out of the treasury with at most what the
    /// contract ever paid. One against a contract that can pay costs its base.
    ///
    /// Differs from 2021: a claim against no living contract is rejected and costs nothing.
    pub(super) fn execute_claim(&mut self, message: ClaimSurcharge) -> Receipt {
        self.drive(
            message.max_gas_price,
            message,
            Self::validate_claim,
            Self::claim,
        )
    }

    fn validate_claim(
        &mut self,
        message: ClaimSurcharge,
    ) -> Result<(Charge, (ClaimSurcharge, Alive)), Failure> {
        let Some(contract) = alive(self.state, &message.contract) else {
            let mut failure = Failure::from(Error::ContractNotEvictable);
            failure.detail = "there is no living contract at this address".into();
            return Err(failure);
        };
        let charge = Charge {
            payer: message.origin,
            base: self.longest_claim(),
            limit: Weight::default(),
            query_deposit: 0,
        };
        Ok((charge, (message, contract)))
    }

    fn claim(&mut self, (message, contract): (ClaimSurcharge, Alive)) -> Result<Executed, Failure> {
        let base = self.longest_claim();
        let code_len = code::prefab(self.state, &contract.code_hash)
            .map_or(0, |prefab| prefab.instrumented_len);
        let actual = self.rules.base.claim_surcharge(code_len);
        let handicap = if message.by_worker {
            0
        } else {
            self.config.signed_claim_handicap
        };
        let evicted = self.transaction(
            |exec| exec.try_evict(&message.contract, handicap, &contract),
            Result::is_ok,
        );
        let (outcome, consumed, free) = match evicted {
            // As in 2021: nobody gets the reward, the eviction stays, the claim costs its base.
            Ok(Evicted { .. }) if !self.can_be_rewarded(&message.origin) => {
                (Outcome::Trapped(Error::DeadAccount.into()), base, false)
            }
            Ok(Evicted { rent_paid }) => {
                let reward = self.config.surcharge_reward.min(rent_paid);
                self.reward(&message.origin, reward);
                (Outcome::Success, actual, true)
            }
            Err(error @ Error::ContractNotEvictable) => {
                (Outcome::Trapped(error.into()), actual, false)
            }
            // As in 2021: every other failure costs the whole base.
            Err(error) => (Outcome::Trapped(error.into()), base, false),
        };
        Ok(Executed {
            outcome,
            used: Used {
                consumed,
                required: base,
                free,
            },
            output: Vec::new(),
            address: None,
            code_hash: contract.code_hash,
        })
    }

    /// The base of a claim against the longest code.
    fn longest_claim(&self) -> u64 {
        self.rules.base.claim_surcharge(self.config.max_code_size)
    }
}
