//! A call stack that does nothing, for tests of what hardly asks it for anything.

use super::*;

/// Goes on, whenever it is asked whether to, and has nothing else to say.
pub(crate) struct Stub;

macro_rules! unreachable_methods {
    ($(fn $name:ident($($args:tt)*) $(-> $result:ty)?;)*) => {
        $(fn $name($($args)*) $(-> $result)? {
            unreachable!(concat!("nobody asks for ", stringify!($name)))
        })*
    };
}

#[allow(unused_variables)]
impl Ext for Stub {
    fn poll(&mut self) -> Result<(), Error> {
        Ok(())
    }

    unreachable_methods! {
        fn rules(&self) -> &'static Rules;
        fn cluster(&self) -> &Cluster;
        fn block(&self) -> &Block;
        fn mode(&self) -> Mode;
        fn origin(&self) -> AccountId;
        fn host(&self) -> &dyn Host;
        fn set_fault(&mut self, fault: Fault);
        fn address(&self) -> Result<AccountId, Error>;
        fn caller(&self) -> Result<AccountId, Error>;
        fn value_transferred(&self) -> Result<Balance, Error>;
        fn is_read_only(&self) -> Result<bool, Error>;
        fn input(&self) -> Option<&[u8]>;
        fn take_input(&mut self) -> Option<Vec<u8>>;
        fn account_reentrance_count(&self, account: &AccountId) -> u32;
        fn instantiation_nonce(&mut self) -> u64;
        fn charge(&mut self, amount: Weight) -> Result<Precharged, Error>;
        fn adjust(&mut self, charged: Precharged, actual: Weight) -> Result<(), Error>;
        fn gas_left(&self) -> Result<Weight, Error>;
        fn fuel(&self) -> Result<u64, Error>;
        fn burn(&mut self, given: u64, remaining: u64) -> Result<(), Error>;
        fn drain_ref_time(&mut self) -> Result<(), Error>;
        fn get_storage(&mut self, key: StorageKey<'_>) -> Result<Option<&[u8]>, Error>;
        fn set_storage(
            &mut self,
            key: StorageKey<'_>,
            value: Option<&[u8]>,
        ) -> Result<Option<u32>, Error>;
        fn take_storage(&mut self, key: StorageKey<'_>) -> Result<Option<Vec<u8>>, Error>;
        fn get_transient(&self, key: &[u8]) -> Option<&[u8]>;
        fn set_transient(
            &mut self,
            key: Vec<u8>,
            value: Option<Vec<u8>>,
        ) -> Result<Option<Vec<u8>>, Error>;
        fn account(&mut self, who: &AccountId) -> Account;
        fn balance(&mut self) -> Result<Balance, Error>;
        fn transfer(&mut self, to: &AccountId, value: Balance) -> Result<(), Error>;
        fn code_hash(&mut self, address: &AccountId) -> Option<Hash>;
        fn own_code_hash(&mut self) -> Result<Hash, Error>;
        fn code_exists(&mut self, hash: &Hash) -> bool;
        fn call(&mut self, request: CallRequest) -> Result<ExecReturnValue, ExecError>;
        fn delegate_call(&mut self, hash: Hash, input: Vec<u8>) -> Result<ExecReturnValue, ExecError>;
        fn instantiate(
            &mut self,
            request: InstantiateRequest<'_>,
        ) -> Result<(AccountId, ExecReturnValue), ExecError>;
        fn terminate(&mut self, beneficiary: AccountId) -> Result<(), Error>;
        fn set_code_hash(&mut self, hash: Hash) -> Result<(), Error>;
        fn locked_dependencies(&mut self) -> Result<usize, Error>;
        fn lock_delegate_dependency(&mut self, hash: Hash) -> Result<(), Error>;
        fn unlock_delegate_dependency(&mut self, hash: Hash) -> Result<(), Error>;
        fn store_code(&mut self, code: Vec<u8>, expected: &Hash, payer: AccountId)
            -> Result<(), Error>;
        fn count_event(&mut self, bytes: u32) -> Result<(), Error>;
        fn deposit_event(&mut self, topics: Vec<Hash>, data: Vec<u8>) -> Result<(), Error>;
        fn request_upgrade(&mut self, to: Version);
        fn append_debug(&mut self, text: &str);
        fn call_chain_extension(&mut self, id: u32, input: &[u8]) -> Result<(u32, Vec<u8>), Error>;
    }
}
