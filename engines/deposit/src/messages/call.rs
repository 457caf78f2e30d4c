//! Calls.

use super::paid::{deposit_limit, Paid};
use crate::{
    coarse::coarsen,
    deposit::DepositMeter,
    engine::Core,
    exec::{pays_for_loading, CallRequest},
    ledger::Ledger,
    records,
    state::{Cluster, CodeStatus},
};
use pink_engine_sdk::{
    types::{Call, Env, Failure, Hash, Mode, Receipt, Weight},
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
    state.begin();
    match undone_if_rejected(core, state, env, cluster, message) {
        Ok(receipt) => {
            state.commit();
            Ok(receipt)
        }
        Err(failure) => {
            state.rollback();
            Err(failure)
        }
    }
}

fn undone_if_rejected(
    core: &Core,
    state: &mut Overlay<'_>,
    env: &Env,
    cluster: &Cluster,
    message: Call,
) -> Result<Receipt, Failure> {
    let contract = records::contract(state, &message.contract).ok_or_else(|| {
        Failure::new(
            "ContractNotFound",
            format!("there is no contract at {}", hex(&message.contract)),
        )
    })?;
    check_code(core, state, &contract.code_hash, message.gas_limit)?;
    let base = core.rules.bases.call.of(length(&message.input));
    let limit = base.saturating_add(message.gas_limit);
    if env.mode == Mode::Query && message.lent > 0 {
        let mut events = Vec::new();
        Ledger::new(state, &mut events, cluster).mint(&message.origin, message.lent);
    }
    let paid = Paid::open(
        core,
        state,
        env,
        cluster,
        message.origin,
        limit,
        message.max_gas_price,
    )?;
    let deposit_limit = deposit_limit(
        core,
        state,
        cluster,
        &message.origin,
        message.value,
        message.storage_deposit_limit,
        0,
    )?;
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
            DepositMeter::root(deposit_limit),
        )
    });
    let mut receipt = paid.settle(state, ran.ended, ran.events);
    receipt.code_hash = Some(contract.code_hash);
    receipt.effects = ran.effects;
    if env.mode == Mode::Query && cluster.config.coarse_queries {
        coarsen(&mut receipt, cluster.deposit_per_byte);
    }
    Ok(receipt)
}

/// Whether the contract's code runs, as far as the message's gas pays for finding out.
///
/// # Errors
/// It doesn't, or isn't there.
fn check_code(
    core: &Core,
    state: &mut Overlay<'_>,
    hash: &Hash,
    gas: Weight,
) -> Result<(), Failure> {
    let len = records::code_len(state, hash)
        .ok_or_else(|| Failure::new("CodeNotFound", "the contract's code isn't there"))?;
    if !pays_for_loading(&core.rules, gas, len) {
        return Ok(());
    }
    // The event of a refusal is undone with it, and told when the code's turn comes.
    let info = records::code(core, state, hash, true, &mut Vec::new());
    match info.map(|info| info.status) {
        Some(CodeStatus::Disabled) => Err(Failure::new(
            "CodeRejected",
            "the contract's code doesn't pass this version's checks",
        )),
        _ => Ok(()),
    }
}

/// Inputs are bounded by the chain, far below this type.
pub(super) fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

/// Bytes as people write them.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::from("0x"), |mut text, byte| {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
