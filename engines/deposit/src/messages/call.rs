//! Calls.

use super::paid::{deposit_limit, Paid};
use crate::{
    coarse::coarsen,
    deposit::DepositMeter,
    engine::Core,
    exec::CallRequest,
    ledger::Ledger,
    state::{code_info_key, contract_key, Cluster, CodeInfo, CodeStatus, Contract},
};
use pink_engine_sdk::{
    types::{Call, Env, Failure, Mode, Receipt},
    Overlay,
};

/// Executes a call.
///
/// # Errors
/// Why it is rejected.
pub(super) fn execute(
    core: &Core,
    state: &mut Overlay<'_>,
    env: &Env,
    cluster: &Cluster,
    message: Call,
) -> Result<Receipt, Failure> {
    let contract: Contract = state
        .get_as(&contract_key(&message.contract))
        .ok_or_else(|| {
            Failure::new(
                "ContractNotFound",
                format!("there is no contract at {}", hex(&message.contract)),
            )
        })?;
    let info: CodeInfo = state
        .get_as(&code_info_key(&contract.code_hash))
        .ok_or_else(|| Failure::new("CodeNotFound", "the contract's code isn't there"))?;
    if info.status == CodeStatus::Disabled {
        return Err(Failure::new(
            "CodeRejected",
            "the contract's code doesn't pass this version's checks",
        ));
    }
    let base = core.rules.bases.call.of(length(&message.input));
    let limit = base.saturating_add(message.gas_limit);
    state.begin();
    if env.mode == Mode::Query && message.lent > 0 {
        let mut events = Vec::new();
        Ledger::new(state, &mut events, cluster).mint(&message.origin, message.lent);
    }
    let opened = Paid::open(
        core,
        state,
        env,
        cluster,
        message.origin,
        limit,
        message.max_gas_price,
    )
    .and_then(|paid| {
        let limit = deposit_limit(
            core,
            state,
            cluster,
            &message.origin,
            message.value,
            message.storage_deposit_limit,
            0,
        )?;
        Ok((paid, limit))
    });
    let (paid, deposit_limit) = match opened {
        Ok(opened) => opened,
        Err(failure) => {
            state.rollback();
            return Err(failure);
        }
    };
    let mut machine = paid.machine(state);
    let ran = super::run_first(&mut machine, base, &message.contract, |machine| {
        machine.call_first(
            CallRequest {
                to: message.contract,
                value: message.value,
                input: message.input,
                gas: message.gas_limit,
                deposit_limit: 0,
                allow_reentry: true,
                read_only: false,
            },
            &contract,
            &info,
            DepositMeter::root(deposit_limit),
        )
    });
    let mut receipt = paid.settle(state, ran.ended, ran.events);
    receipt.code_hash = Some(contract.code_hash);
    receipt.effects = ran.effects;
    if env.mode == Mode::Query && cluster.config.coarse_queries {
        coarsen(&mut receipt, cluster.deposit_per_byte);
    }
    state.commit();
    Ok(receipt)
}

/// Inputs are bounded by the chain, far below this type.
pub(super) fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

/// Bytes as people write them.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::from("0x"), |mut text, byte| {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
