//! The message that makes a contract.

use super::driver::{Charge, Executed};
use crate::{
    code,
    core::Execution,
    error::Error,
    escrow::{failed, Used},
    ext::Frame,
    gas::GasMeter,
};
use pink_engine_sdk::types::{Code, Failure, Instantiate, Outcome, Receipt};

impl Execution<'_, '_> {
    /// With code: the base is that of the code as it came, and afterwards that of the code as it
    /// runs, but never more. Without: that of the longest code, and then of the code's own.
    ///
    /// Differs from 2021: code that is too long or refused is rejected and costs nothing; there
    /// it cost the whole limit.
    pub(super) fn execute_instantiate(&mut self, message: Instantiate) -> Receipt {
        self.drive(
            message.max_gas_price,
            message,
            Self::validate_instantiate,
            Self::instantiate_contract,
        )
    }

    fn validate_instantiate(
        &mut self,
        message: Instantiate,
    ) -> Result<(Charge, (Instantiate, u64)), Failure> {
        let base = match &message.code {
            Code::Upload(code) => {
                let len = u32::try_from(code.len()).unwrap_or(u32::MAX);
                self.instantiation(true, len, &message.salt)
            }
            Code::Existing(hash) => {
                if code::prefab(self.state, hash).is_none() {
                    return Err(Error::CodeNotFound.into());
                }
                self.instantiation(false, self.config.max_code_size, &message.salt)
            }
        };
        let charge = Charge {
            payer: message.origin,
            base,
            limit: message.gas_limit,
            query_deposit: 0,
        };
        Ok((charge, (message, base)))
    }

    /// Makes the contract, from the code that came or from the stored code of its hash.
    fn instantiate_contract(
        &mut self,
        (message, base): (Instantiate, u64),
    ) -> Result<Executed, Failure> {
        let Instantiate {
            origin,
            value,
            input,
            salt,
            gas_limit,
            code,
            ..
        } = message;
        let (fresh, code_hash) = match code {
            Code::Upload(code) => {
                let code = self.fresh_code(code)?;
                let hash = code.code_hash;
                (Some(code), hash)
            }
            Code::Existing(hash) => (None, hash),
        };
        let is_fresh = fresh.is_some();
        let sender = Frame::top_level(origin);
        let leaves_traces = self.rules.failure_leaves_traces;
        let mut meter = GasMeter::new(gas_limit.ref_time);
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
        let made = match made {
            Ok(made) => made,
            Err(error) => {
                // As in 2021: what loading used isn't told, so the whole limit is paid.
                let whole = base.saturating_add(gas_limit.ref_time);
                return Ok(Executed {
                    outcome: failed(error, &meter),
                    used: Used {
                        consumed: whole,
                        required: whole,
                        free: false,
                    },
                    output: Vec::new(),
                    address: None,
                    code_hash,
                });
            }
        };
        let actual_base = self.instantiation(is_fresh, made.code_len, &salt);
        let (outcome, address, output) = match made.result {
            Ok((_, output)) if output.is_reverted() => (Outcome::Reverted, None, output.data),
            Ok((address, output)) => (Outcome::Success, Some(address), output.data),
            Err(error) => (failed(error.error, &meter), None, Vec::new()),
        };
        Ok(Executed {
            outcome,
            used: Used::metered(&meter, base, actual_base),
            output,
            address,
            code_hash,
        })
    }

    /// The base of an instantiation, with code or without.
    fn instantiation(&self, with_code: bool, code_len: u32, salt: &[u8]) -> u64 {
        let salt_len = u32::try_from(salt.len()).unwrap_or(u32::MAX);
        if with_code {
            self.rules.base.instantiate_with_code(code_len, salt_len)
        } else {
            self.rules.base.instantiate(code_len, salt_len)
        }
    }
}
