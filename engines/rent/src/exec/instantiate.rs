//! Making a contract.

use super::run::Run;
use crate::{
    code::Executable,
    core::Execution,
    error::{Error, ErrorOrigin, ExecError},
    ext::{ExecReturnValue, ExportedFunction, Frame, Instantiated},
    gas::GasMeter,
    state::{alive, contract_address, contract_key, next_prefix, put_alive, Alive, Prefix},
};
use pink_engine_sdk::types::{AccountId, Balance, Event, Hash};

impl Execution<'_, '_> {
    /// Where the contract will be.
    pub(crate) fn address(&self, deployer: &AccountId, code: &Hash, salt: &[u8]) -> AccountId {
        contract_address(deployer, code, &self.cluster.id, salt)
    }

    /// Makes a contract from code that the cluster holds.
    pub(crate) fn instantiate_existing(
        &mut self,
        from: &Frame<'_>,
        code_hash: &Hash,
        value: Balance,
        meter: &mut GasMeter,
        input: Vec<u8>,
        salt: &[u8],
    ) -> Instantiated {
        match self.load_code(code_hash, meter) {
            Ok(code) => self.instantiate(from, code, value, meter, input, salt),
            Err(error) => Instantiated {
                result: Err(error.into()),
                code_len: 0,
            },
        }
    }

    /// Makes a contract. The counter of instantiations survives a constructor that reverts, but
    /// not one that fails.
    pub(crate) fn instantiate(
        &mut self,
        from: &Frame<'_>,
        code: Executable,
        value: Balance,
        meter: &mut GasMeter,
        input: Vec<u8>,
        salt: &[u8],
    ) -> Instantiated {
        let code_len = code.code_len();
        if from.depth >= self.config.max_depth {
            return Instantiated {
                result: Err(Error::MaxCallDepthReached.into()),
                code_len,
            };
        }
        let address = self.address(&from.account, &code.code_hash, salt);
        let result = self.transaction(
            |exec| {
                let prefix = next_prefix(exec.state, &address);
                exec.transaction(
                    |exec| exec.construct(from, &address, prefix, code, value, meter, input),
                    |result| matches!(result, Ok(output) if !output.is_reverted()),
                )
            },
            Result::is_ok,
        );
        Instantiated {
            result: result.map(|output| (address, output)),
            code_len,
        }
    }

    /// The steps of a construction, in order: the record, the endowment, the code's user, the
    /// constructor, the first block's rent, the event.
    #[allow(clippy::too_many_arguments)] // each is one fact of the construction
    fn construct(
        &mut self,
        from: &Frame<'_>,
        address: &AccountId,
        prefix: Prefix,
        mut code: Executable,
        value: Balance,
        meter: &mut GasMeter,
        input: Vec<u8>,
    ) -> Result<ExecReturnValue, ExecError> {
        if self.state.contains(&contract_key(address)) {
            return Err(Error::DuplicateContract.into());
        }
        let contract = Alive {
            prefix,
            storage_size: 0,
            pair_count: 0,
            code_hash: code.code_hash,
            rent_allowance: Balance::MAX,
            rent_paid: 0,
            // One block of rent is due as soon as the constructor is done.
            deduct_block: self.block.number.saturating_sub(1),
            last_write: None,
        };
        put_alive(self.state, address, contract);
        // Also if it is nothing: a contract below the threshold can't make another.
        self.pay(from, address, value)?;
        // As of before this contract uses the code, as in 2021.
        let share = code.prefab.occupied_storage();
        self.store_code(&mut code, &from.account);
        let nested = from.nested(*address, prefix);
        let run = Run {
            code: &code,
            entry: ExportedFunction::Deploy,
            value,
            input,
        };
        let output = self.run(&nested, run, meter).map_err(|error| ExecError {
            error,
            origin: ErrorOrigin::Callee,
        })?;
        let contract = alive(self.state, address).ok_or(Error::NotCallable)?;
        self.charge_rent(address, contract, share)
            .ok_or(Error::NewContractNotFunded)?;
        self.events.push(Event::Instantiated {
            deployer: from.account,
            contract: *address,
        });
        Ok(output)
    }
}
