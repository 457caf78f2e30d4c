//! What code may ask of the call stack.

use super::CallStack;
use crate::{
    bytes::length,
    code::Stored,
    error::{Error, ExecError},
    ext::{CallRequest, ExecReturnValue, Ext, InstantiateRequest, StorageKey},
    extension,
    gas::Precharged,
    ledger::Keep,
    records,
    state::{Account, Cluster},
    versions::Rules,
};
use pink_engine_sdk::{
    types::{AccountId, Balance, Block, Determinism, Effect, Event, Hash, Mode, Version, Weight},
    Fault, Host,
};

impl Ext for CallStack<'_, '_> {
    fn rules(&self) -> &'static Rules {
        self.core.rules
    }

    fn cluster(&self) -> &Cluster {
        self.cluster
    }

    fn block(&self) -> &Block {
        &self.env.block
    }

    fn mode(&self) -> Mode {
        self.env.mode
    }

    fn origin(&self) -> AccountId {
        self.origin
    }

    fn host(&self) -> &dyn Host {
        self.state.host()
    }

    fn set_fault(&mut self, fault: Fault) {
        self.state.set_fault(fault);
    }

    fn poll(&mut self) -> Result<(), Error> {
        if self.env.mode != Mode::Transaction && self.state.fault().is_none() {
            if let Err(fault) = self.state.host().poll() {
                self.state.set_fault(fault);
            }
        }
        match self.state.fault() {
            None => Ok(()),
            Some(_) => Err(Error::ContractTrapped),
        }
    }

    fn address(&self) -> Result<AccountId, Error> {
        Ok(self.current_frame()?.facts.account)
    }

    fn caller(&self) -> Result<AccountId, Error> {
        Ok(self.current_frame()?.facts.caller)
    }

    fn value_transferred(&self) -> Result<Balance, Error> {
        Ok(self.current_frame()?.facts.value)
    }

    fn is_read_only(&self) -> Result<bool, Error> {
        Ok(self.current_frame()?.facts.read_only)
    }

    fn input(&self) -> Option<&[u8]> {
        self.frames.last()?.input.as_deref()
    }

    fn take_input(&mut self) -> Option<Vec<u8>> {
        self.frames.last_mut()?.input.take()
    }

    fn account_reentrance_count(&self, account: &AccountId) -> u32 {
        let on_stack = self.frames.iter().map(|frame| &frame.facts);
        // The depth of the stack is bounded.
        on_stack
            .filter(|facts| facts.account == *account && !facts.delegated)
            .count() as u32
    }

    fn instantiation_nonce(&mut self) -> u64 {
        self.nonce()
    }

    fn charge(&mut self, amount: Weight) -> Result<Precharged, Error> {
        self.current_frame_mut()?.gas.charge(amount)
    }

    fn adjust(&mut self, charged: Precharged, actual: Weight) -> Result<(), Error> {
        self.current_frame_mut()?.gas.adjust(charged, actual);
        Ok(())
    }

    fn gas_left(&self) -> Result<Weight, Error> {
        Ok(self.current_frame()?.gas.left())
    }

    fn fuel(&self) -> Result<u64, Error> {
        let frame = self.current_frame()?;
        Ok(frame.gas.fuel(frame.unit_price))
    }

    fn burn(&mut self, given: u64, remaining: u64) -> Result<(), Error> {
        let frame = self.current_frame_mut()?;
        frame.gas.burn(given, remaining, frame.unit_price);
        Ok(())
    }

    fn drain_ref_time(&mut self) -> Result<(), Error> {
        self.current_frame_mut()?.gas.drain_ref_time();
        Ok(())
    }

    fn get_storage(&mut self, key: StorageKey<'_>) -> Result<Option<&[u8]>, Error> {
        let key = key.in_state(&self.current_frame()?.facts.prefix);
        Ok(self.state.get(&key))
    }

    fn set_storage(
        &mut self,
        key: StorageKey<'_>,
        value: Option<&[u8]>,
    ) -> Result<Option<u32>, Error> {
        let key = key.in_state(&self.current_frame()?.facts.prefix);
        let old = self.state.get(&key).map(length);
        match value {
            Some(value) => self.state.put(&key, value.to_vec()),
            None if old.is_some() => self.state.remove(&key),
            None => {}
        }
        let frame = self.current_frame_mut()?;
        frame.deposit.diff().count(old, value.map(length));
        Ok(old)
    }

    fn take_storage(&mut self, key: StorageKey<'_>) -> Result<Option<Vec<u8>>, Error> {
        let key = key.in_state(&self.current_frame()?.facts.prefix);
        let Some(value) = self.state.get(&key).map(<[u8]>::to_vec) else {
            return Ok(None);
        };
        self.state.remove(&key);
        let frame = self.current_frame_mut()?;
        frame.deposit.diff().count(Some(length(&value)), None);
        Ok(Some(value))
    }

    fn get_transient(&self, key: &[u8]) -> Option<&[u8]> {
        self.transient.get(key)
    }

    fn set_transient(
        &mut self,
        key: Vec<u8>,
        value: Option<Vec<u8>>,
    ) -> Result<Option<Vec<u8>>, Error> {
        let limit = self.rules().limits.transient_bytes;
        self.transient.set(key, value, limit)
    }

    fn account(&mut self, who: &AccountId) -> Account {
        self.ledger().account(who)
    }

    fn balance(&mut self) -> Result<Balance, Error> {
        let account = self.address()?;
        Ok(self.ledger().spendable(&account))
    }

    fn transfer(&mut self, to: &AccountId, value: Balance) -> Result<(), Error> {
        let from = self.address()?;
        self.ledger().transfer(&from, to, value, Keep::Alive)
    }

    fn code_hash(&mut self, address: &AccountId) -> Option<Hash> {
        self.callable(address).map(|contract| contract.code_hash)
    }

    fn own_code_hash(&mut self) -> Result<Hash, Error> {
        let address = self.address()?;
        match self.record(&address) {
            Some(contract) => Ok(contract.code_hash),
            None => Ok(self.current_frame()?.facts.code_hash),
        }
    }

    fn code_exists(&mut self, hash: &Hash) -> bool {
        records::loading(self.state, hash).is_some()
    }

    fn call(&mut self, request: CallRequest) -> Result<ExecReturnValue, ExecError> {
        self.call_nested(request)
    }

    fn delegate_call(&mut self, hash: Hash, input: Vec<u8>) -> Result<ExecReturnValue, ExecError> {
        self.call_delegate(hash, input)
    }

    fn instantiate(
        &mut self,
        request: InstantiateRequest<'_>,
    ) -> Result<(AccountId, ExecReturnValue), ExecError> {
        self.instantiate_nested(request)
    }

    fn terminate(&mut self, beneficiary: AccountId) -> Result<(), Error> {
        self.end_current(beneficiary)
    }

    fn set_code_hash(&mut self, hash: Hash) -> Result<(), Error> {
        self.exchange_code(hash)
    }

    fn locked_dependencies(&mut self) -> Result<usize, Error> {
        let address = self.address()?;
        let record = self.record(&address);
        Ok(record.map_or(0, |contract| contract.dependencies.len()))
    }

    fn lock_delegate_dependency(&mut self, hash: Hash) -> Result<(), Error> {
        self.lock_code(hash)
    }

    fn unlock_delegate_dependency(&mut self, hash: Hash) -> Result<(), Error> {
        self.unlock_code(hash)
    }

    fn store_code(
        &mut self,
        code: Vec<u8>,
        expected: &Hash,
        payer: AccountId,
    ) -> Result<(), Error> {
        let (core, cluster) = (self.core, self.cluster);
        let stored = Stored::check(core.rules, self.state, cluster, code, Determinism::Enforced)
            .map_err(|_| Error::CodeRejected)?;
        if stored.hash != *expected {
            return Err(Error::CodeRejected);
        }
        // Whoever wants it compiled pays for that by a message.
        let (stored, block) = (stored.only_interpreted(), self.env.block.number);
        stored.store(
            &core.cache,
            self.state,
            cluster,
            payer,
            block,
            &mut self.events,
        )
    }

    fn count_event(&mut self, bytes: u32) -> Result<(), Error> {
        // What an event takes besides its topics and data.
        const RECORD: u32 = 64;
        let all = self
            .event_bytes
            .saturating_add(bytes)
            .saturating_add(RECORD);
        if all > self.rules().limits.event_bytes {
            return Err(Error::OutOfEvents);
        }
        self.event_bytes = all;
        Ok(())
    }

    fn deposit_event(&mut self, topics: Vec<Hash>, data: Vec<u8>) -> Result<(), Error> {
        extension::note_event(self, &topics, &data)?;
        let contract = self.address()?;
        self.events.push(Event::ContractEmitted {
            contract,
            topics,
            data,
        });
        Ok(())
    }

    fn request_upgrade(&mut self, to: Version) {
        self.effects.push(Effect::UpgradeRequested { to });
    }

    fn append_debug(&mut self, text: &str) {
        let most = self.rules().limits.debug_len as usize;
        if text.len() <= most.saturating_sub(self.debug.len()) {
            self.debug.extend_from_slice(text.as_bytes());
        }
    }

    fn call_chain_extension(&mut self, id: u32, input: &[u8]) -> Result<(u32, Vec<u8>), Error> {
        extension::serve(self, id, input)
    }
}
