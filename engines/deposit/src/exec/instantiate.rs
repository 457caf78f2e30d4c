//! New contracts.

use super::{
    frame::{Frame, FrameFacts},
    CallStack,
};
use crate::{
    deposit::DepositMeter,
    error::{Error, ExecError},
    ext::{ExecReturnValue, ExportedFunction, InstantiateRequest},
    gas::GasMeter,
    hash::contract_address,
    ledger::Keep,
    records,
    state::{CodeInfo, CodeStatus, Contract, Prefix, NONCE},
};
use pink_engine_sdk::types::{AccountId, Balance, Determinism};

/// The salt of system contracts; nobody else may use it.
pub(crate) const SYSTEM_SALT: &[u8] = b"pink:system";

impl CallStack<'_, '_> {
    /// An instantiation of the message itself.
    ///
    /// # Errors
    /// Why it failed; what the first frame used is in [`CallStack::take_meters`].
    pub(crate) fn instantiate_root(
        &mut self,
        request: InstantiateRequest<'_>,
        deposit: DepositMeter,
    ) -> Result<ExecReturnValue, ExecError> {
        let mut gas = GasMeter::new(request.gas);
        let (origin, cluster) = (self.origin, self.cluster.id);
        let begun = (|| {
            let info = self.fetch_root(&request.code_hash, &mut gas)?;
            check_fit(&info)?;
            let nonce = self.next_nonce();
            let address = contract_address(&origin, &request.code_hash, &cluster, request.salt);
            if self.record(&address).is_some() {
                return Err(Error::DuplicateContract);
            }
            Ok((info, facts(&request, address, origin, nonce)))
        })();
        match begun {
            Ok((info, facts)) => self.enter(Frame::new(facts, request.input, gas, deposit), &info),
            Err(error) => {
                self.done = Some((gas, DepositMeter::default()));
                Err(error.into())
            }
        }
    }

    /// An instantiation by the running contract.
    ///
    /// # Errors
    /// Why it failed, and by whose fault.
    pub(super) fn instantiate_nested(
        &mut self,
        request: InstantiateRequest<'_>,
    ) -> Result<(AccountId, ExecReturnValue), ExecError> {
        let info = self.load(&request.code_hash)?;
        // Counted from here on, whether or not there will be a contract: only a constructor that
        // began, and failed, gives its number back.
        let nonce = self.next_nonce();
        self.check_depth()?;
        if request.salt == SYSTEM_SALT {
            return Err(Error::ReservedSalt.into());
        }
        let (caller, cluster) = (self.current_frame()?.facts.account, self.cluster.id);
        let address = contract_address(&caller, &request.code_hash, &cluster, request.salt);
        if self.record(&address).is_some() {
            return Err(Error::DuplicateContract.into());
        }
        check_fit(&info)?;
        let facts = facts(&request, address, caller, nonce);
        let current = self.current_frame_mut()?;
        let deposit = current.deposit.nested(request.deposit_limit);
        let gas = current.gas.nested(request.gas);
        let frame = Frame::new(facts, request.input, gas, deposit);
        self.enter(frame, &info).map(|returned| (address, returned))
    }

    /// How many contracts were instantiated so far, this one included. Counted in the message,
    /// and written when it ends well: what was made by a frame that failed stays counted.
    pub(super) fn nonce(&mut self) -> u64 {
        match self.nonce {
            Some(nonce) => nonce,
            None => {
                let nonce = self.state.get_as(NONCE).unwrap_or(0);
                self.nonce = Some(nonce);
                nonce
            }
        }
    }

    fn next_nonce(&mut self) -> u64 {
        let next = self.nonce().saturating_add(1);
        self.nonce = Some(next);
        next
    }

    /// A constructor failed, and gives its number back.
    pub(super) fn give_nonce_back(&mut self) {
        self.nonce = self.nonce.map(|nonce| nonce.saturating_sub(1));
    }

    /// Writes the count of a message that ended well.
    pub(super) fn keep_nonce(&mut self) {
        if let Some(nonce) = self.nonce {
            if self.state.get_as(NONCE).unwrap_or(0) != nonce {
                self.state.put_as(NONCE, &nonce);
            }
        }
    }

    /// Puts the contract that the top frame constructs into the state: its account, with the
    /// existential deposit from the origin, and its record.
    pub(super) fn place_contract(&mut self, info: &CodeInfo) -> Result<(), ExecError> {
        let facts = self.current_frame()?.facts;
        let (address, code_hash, nonce) = (facts.account, facts.code_hash, facts.nonce);
        let (origin, minimum) = (self.origin, self.cluster.existential_deposit);
        // Where a contract may be made, a tombstone may be.
        records::convert_contract(self.state, &address, &mut self.events);
        let mut ledger = self.ledger();
        ledger
            .transfer(&origin, &address, minimum, Keep::Alive)
            .map_err(|_| Error::StorageDepositNotEnoughFunds)?;
        ledger.set_contract(&address, true);
        let base_deposit = self.base_deposit(info, 0);
        records::put_contract(
            self.state,
            &address,
            &Contract {
                code_hash,
                nonce,
                rent_prefix: None,
                storage_bytes: 0,
                storage_items: 0,
                byte_deposit: 0,
                item_deposit: 0,
                base_deposit,
                dependencies: Vec::new(),
            },
        );
        self.increment_refcount(&code_hash);
        let meter = &mut self.current_frame_mut()?.deposit;
        meter.count_paid(minimum);
        meter.charge(address, base_deposit);
        Ok(())
    }

    /// What a contract of this code that locks `dependencies` others is held for besides its storage and
    /// the locks themselves, which lengthen its record.
    pub(super) fn base_deposit(&self, info: &CodeInfo, dependencies: usize) -> Balance {
        let quantities = &self.rules().deposits;
        let bytes = Balance::try_from(dependencies)
            .unwrap_or(Balance::MAX)
            .saturating_mul(Balance::from(quantities.dependency_bytes))
            .saturating_add(Balance::from(quantities.contract_bytes));
        let bytes = self.cluster.deposit_per_byte.saturating_mul(bytes);
        let items = self
            .cluster
            .deposit_per_item
            .saturating_mul(Balance::from(quantities.contract_items));
        bytes
            .saturating_add(items)
            .saturating_add(self.lockup(info.deposit))
    }
}

/// Whether new contracts can be made of the code.
///
/// # Errors
/// It isn't deterministic, or it is of earlier times.
fn check_fit(info: &CodeInfo) -> Result<(), Error> {
    match (info.determinism, info.status) {
        (Determinism::Relaxed, _) => Err(Error::Indeterministic),
        (_, CodeStatus::Current) => Ok(()),
        _ => Err(Error::CodeNotFound),
    }
}

/// What is said of the frame of a constructor.
fn facts(
    request: &InstantiateRequest<'_>,
    address: AccountId,
    deployer: AccountId,
    nonce: u64,
) -> FrameFacts {
    FrameFacts {
        account: address,
        caller: deployer,
        code_hash: request.code_hash,
        delegated: false,
        prefix: Prefix::new(&address, nonce),
        entry: ExportedFunction::Constructor,
        value: request.value,
        read_only: false,
        nonce,
    }
}
