use crate::{
    chain::{ChainError, MockChain},
    runtime::{
        presets::{council, DEV_ENDOWMENT, EMPTY_MODULE},
        BalancesConfig, CouncilConfig, FatContractsConfig, LivenessPeriod, Runtime,
        RuntimeGenesisConfig, TreasuryAccount, ValidatorsConfig,
    },
    DEV_ACCOUNTS,
};
use fat_contracts_primitives::{AccountId, Balance, BlockNumber};
use frame_support::traits::Get;
use parity_scale_codec::Encode;
use sp_runtime::BuildStorage;
use std::collections::BTreeMap;

/// A slot of a chain in process, in milliseconds: its blocks may be as near to each other as can be told.
const SLOT_MS: u64 = 1;

/// What a chain starts with.
#[derive(Clone, Debug)]
pub struct Genesis {
    endowed: BTreeMap<AccountId, Balance>,
    system_code: Vec<u8>,
    development: bool,
    now_ms: u64,
    liveness_period: Option<BlockNumber>,
}

impl Genesis {
    /// A development chain: marked as such, with the development accounts owning ten million
    /// units each, at the Unix epoch.
    pub fn development() -> Self {
        let mut genesis = Self::production();
        genesis.development = true;
        genesis
    }

    /// The same without the mark: engine records never change.
    pub fn production() -> Self {
        let mut endowed: BTreeMap<_, _> = DEV_ACCOUNTS
            .iter()
            .map(|(_, key)| (AccountId::new(*key), DEV_ENDOWMENT))
            .collect();
        endowed.insert(TreasuryAccount::get(), DEV_ENDOWMENT);
        Self {
            endowed,
            system_code: EMPTY_MODULE.to_vec(),
            development: false,
            now_ms: 0,
            liveness_period: None,
        }
    }

    /// Gives an account this much, in the chain's smallest unit, instead of what it had; 0 =
    /// nothing. Between that and the existential deposit there is no amount.
    pub fn endow(mut self, who: AccountId, amount: Balance) -> Self {
        if amount == 0 {
            self.endowed.remove(&who);
        } else {
            self.endowed.insert(who, amount);
        }
        self
    }

    /// The code of the system contract; empty = none.
    pub fn system_code(mut self, code: Vec<u8>) -> Self {
        self.system_code = code;
        self
    }

    /// How long a worker may be silent, in blocks, instead of a day: for tests in which workers
    /// lapse.
    pub fn liveness_period(mut self, blocks: BlockNumber) -> Self {
        self.liveness_period = Some(blocks);
        self
    }

    /// The time of the genesis block, in milliseconds of the Unix epoch.
    pub fn at(mut self, now_ms: u64) -> Self {
        self.now_ms = now_ms;
        self
    }

    /// Makes the chain.
    ///
    /// # Errors
    /// [`ChainError::Genesis`] if what it should start with can't be.
    pub fn build(self) -> Result<MockChain, ChainError> {
        let too_long: u32 = <Runtime as pallet_fat_contracts::Config>::MaxSystemCodeBytes::get();
        if self.system_code.len() > too_long as usize {
            return Err(ChainError::Genesis(format!(
                "the system code is {} bytes long, at most {too_long} are allowed",
                self.system_code.len()
            )));
        }
        if let Some((who, amount)) = self
            .endowed
            .iter()
            .find(|(_, amount)| **amount < crate::EXISTENTIAL_DEPOSIT)
        {
            return Err(ChainError::Genesis(format!(
                "{who} is to own {amount}, less than the existential deposit"
            )));
        }
        let config = RuntimeGenesisConfig {
            system: Default::default(),
            balances: BalancesConfig {
                balances: self.endowed.into_iter().collect(),
                ..Default::default()
            },
            council: CouncilConfig {
                members: council(),
                ..Default::default()
            },
            fat_contracts: FatContractsConfig {
                development: self.development,
                system_code: self.system_code,
                ..Default::default()
            },
            validators: ValidatorsConfig {
                slot_ms: SLOT_MS,
                ..Default::default()
            },
            ..Default::default()
        };
        let mut storage = config.build_storage().map_err(ChainError::Genesis)?;
        if let Some(blocks) = self.liveness_period {
            let key = LivenessPeriod::key().to_vec();
            storage.top.insert(key, blocks.encode());
        }
        Ok(MockChain::start(storage.top, self.now_ms))
    }
}
