//! The call stack, as host functions see it.

use crate::{
    core::Execution,
    error::Error,
    ext::{Called, Ext, Frame, Instantiated, Restoration, RestoredLengths, Terminated},
    gas::GasMeter,
    state::{alive, put_alive, Alive, Cluster, Prefix},
    storage,
    versions::{RentConfig, Rules, Schedule},
};
use pink_engine_sdk::types::{AccountId, Balance, Block, Event, Hash};

impl Ext for Execution<'_, '_> {
    fn rules(&self) -> &'static Rules {
        self.rules
    }

    fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    fn config(&self) -> &RentConfig {
        &self.config
    }

    fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    fn block(&self) -> &Block {
        self.block
    }

    fn poll(&mut self) -> Result<(), Error> {
        self.poll()
    }

    fn poll_after(&mut self, gas: u64) -> Result<(), Error> {
        self.poll_after(gas)
    }

    fn log(&mut self, level: u8, contract: &AccountId, text: &str) {
        self.state.host().log(level, Some(contract), text);
    }

    fn free(&mut self, who: &AccountId) -> Balance {
        self.free(who)
    }

    fn alive(&mut self, address: &AccountId) -> Option<Alive> {
        alive(self.state, address)
    }

    fn set_rent_allowance(&mut self, address: &AccountId, rent_allowance: Balance) {
        if let Some(contract) = alive(self.state, address) {
            let contract = Alive {
                rent_allowance,
                ..contract
            };
            put_alive(self.state, address, contract);
        }
    }

    fn read_storage(&mut self, prefix: &Prefix, key: &[u8; 32]) -> Option<Vec<u8>> {
        storage::read(self.state, prefix, key).map(<[u8]>::to_vec)
    }

    fn write_storage(
        &mut self,
        address: &AccountId,
        key: &[u8; 32],
        value: Option<Vec<u8>>,
    ) -> Result<(), Error> {
        self.write_storage(address, key, value)
    }

    fn count_event(&mut self, bytes: u32) -> Result<(), Error> {
        self.count_event(bytes)
    }

    fn deposit_event(&mut self, event: Event) {
        self.events.push(event);
    }

    fn pay(&mut self, from: &Frame<'_>, to: &AccountId, value: Balance) -> Result<(), Error> {
        self.pay(from, to, value)
    }

    fn call(
        &mut self,
        from: &Frame<'_>,
        to: &AccountId,
        value: Balance,
        meter: &mut GasMeter,
        input: Vec<u8>,
    ) -> Called {
        self.call(from, to, value, meter, input)
    }

    fn instantiate(
        &mut self,
        from: &Frame<'_>,
        code_hash: &Hash,
        value: Balance,
        meter: &mut GasMeter,
        input: Vec<u8>,
        salt: &[u8],
    ) -> Instantiated {
        self.instantiate_existing(from, code_hash, value, meter, input, salt)
    }

    fn terminate(&mut self, from: &Frame<'_>, beneficiary: &AccountId) -> Terminated {
        self.terminate(from, beneficiary)
    }

    fn restore(
        &mut self,
        from: &Frame<'_>,
        wanted: Restoration,
    ) -> (Result<(), Error>, RestoredLengths) {
        self.restore(from, wanted)
    }
}
