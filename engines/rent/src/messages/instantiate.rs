//! The message that makes a contract.

use crate::{
    code::{self, Executable},
    core::Execution,
    error::Error,
    escrow::{failed, Escrow, Used},
    ext::Frame,
    gas::Meter,
};
use pink_engine_sdk::types::{
    AccountId, Balance, Code, Hash, Instantiate, Outcome, Receipt, Weight,
};

/// What both kinds of instantiation have.
struct Deployment {
    origin: AccountId,
    value: Balance,
    input: Vec<u8>,
    salt: Vec<u8>,
    gas_limit: Weight,
}

impl Deployment {
    fn salt_len(&self) -> u32 {
        u32::try_from(self.salt.len()).unwrap_or(u32::MAX)
    }
}

impl Execution<'_, '_> {
    /// With code: the base is that of the code as it came, and afterwards that of the code as it
    /// runs, but never more. Without: that of the longest code, and then of the code's own.
    ///
    /// Differs from 2021: code that is too long or refused is rejected and costs nothing; there
    /// it cost the whole limit.
    pub(super) fn execute_instantiate(&mut self, message: Instantiate) -> Receipt {
        if let Err(failure) = self.accept_price(message.max_gas_price) {
            return Receipt::rejected(failure);
        }
        let deployment = Deployment {
            origin: message.origin,
            value: message.value,
            input: message.input,
            salt: message.salt,
            gas_limit: message.gas_limit,
        };
        match message.code {
            Code::Upload(code) => self.instantiate_with_code(deployment, code),
            Code::Existing(hash) => self.instantiate_stored(deployment, &hash),
        }
    }

    fn instantiate_with_code(&mut self, deployment: Deployment, code: Vec<u8>) -> Receipt {
        let len = u32::try_from(code.len()).unwrap_or(u32::MAX);
        let salt_len = deployment.salt_len();
        let base = self.rules.base.instantiate_with_code(len, salt_len);
        // Checked before the code is, and undone if the code is refused.
        self.state.begin();
        let escrow = self.escrow(deployment.origin, base, deployment.gas_limit);
        let ready = escrow.and_then(|escrow| Ok((escrow, self.fresh_code(code)?)));
        let (escrow, code) = match ready {
            Ok(ready) => ready,
            Err(failure) => {
                self.state.rollback();
                return Receipt::rejected(failure);
            }
        };
        self.state.commit();
        let code_hash = code.code_hash;
        self.deploy(deployment, Some(code), code_hash, escrow, base)
    }

    fn instantiate_stored(&mut self, deployment: Deployment, hash: &Hash) -> Receipt {
        if code::prefab(self.state, hash).is_none() {
            return Receipt::rejected(Error::CodeNotFound.into());
        }
        let salt_len = deployment.salt_len();
        let longest = self.config.max_code_size;
        let base = self.rules.base.instantiate(longest, salt_len);
        let escrow = match self.escrow(deployment.origin, base, deployment.gas_limit) {
            Ok(escrow) => escrow,
            Err(failure) => return Receipt::rejected(failure),
        };
        self.deploy(deployment, None, *hash, escrow, base)
    }

    /// Makes the contract, from fresh code or from the stored code of this hash.
    fn deploy(
        &mut self,
        deployment: Deployment,
        fresh: Option<Executable>,
        code_hash: Hash,
        escrow: Escrow,
        base: u64,
    ) -> Receipt {
        let (is_fresh, salt_len) = (fresh.is_some(), deployment.salt_len());
        let Deployment {
            origin,
            value,
            input,
            salt,
            gas_limit,
        } = deployment;
        let sender = Frame::top_level(origin);
        let leaves_traces = self.rules.failure_leaves_traces;
        let mut meter = Meter::new(gas_limit.ref_time);
        let made = self.transaction(
            |exec| {
                let code = match fresh {
                    Some(code) => code,
                    None => exec.load_code(&code_hash, &mut meter)?,
                };
                Ok(exec.instantiate(&sender, code, value, &mut meter, input, &salt))
            },
            |made| leaves_traces || matches!(made, Ok(made) if made.is_success()),
        );
        let receipt = match made {
            Ok(made) => {
                let actual_base = if is_fresh {
                    self.rules
                        .base
                        .instantiate_with_code(made.code_len, salt_len)
                } else {
                    self.rules.base.instantiate(made.code_len, salt_len)
                };
                let used = Used::metered(&meter, base, actual_base);
                let (outcome, address, output) = match made.result {
                    Ok((_, output)) if output.is_reverted() => {
                        (Outcome::Reverted, None, output.data)
                    }
                    Ok((address, output)) => (Outcome::Success, Some(address), output.data),
                    Err(error) => (failed(error.error, &meter), None, Vec::new()),
                };
                Receipt {
                    address,
                    output,
                    ..self.settle(escrow, &used, outcome)
                }
            }
            Err(error) => {
                // As in 2021: what loading used isn't told, so the whole limit is paid.
                let whole = base.saturating_add(gas_limit.ref_time);
                let used = Used {
                    consumed: whole,
                    required: whole,
                    free: false,
                };
                let outcome = failed(error, &meter);
                self.settle(escrow, &used, outcome)
            }
        };
        Receipt {
            code_hash: Some(code_hash),
            ..receipt
        }
    }
}
