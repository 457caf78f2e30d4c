//! The messages of the queue.

mod call;
mod claim;
mod driver;
mod instantiate;
mod money;
mod setup;

use crate::{core::Execution, migrate, state, versions::Rules, vm::Cache};
use pink_engine_sdk::{
    types::{Effect, Env, Failure, Message, Receipt, Version},
    Fault, Overlay, VERSION_KEY,
};

/// Executes one message.
pub(crate) fn execute(
    state: &mut Overlay<'_>,
    rules: &'static Rules,
    modules: &Cache,
    env: &Env,
    message: Message,
) -> Receipt {
    let message = match message {
        Message::Setup(message) => return setup::setup(state, rules, modules, env, message),
        Message::Upgrade(message) => return migrate::upgrade(state, rules, &message),
        message => message,
    };
    if !is_ours(state, rules.version) {
        return refused(&message, "NoCluster");
    }
    let Some(mut exec) = Execution::load(state, rules, modules, &env.block, env.mode) else {
        return refused(&message, "ClusterDestroyed");
    };
    let mut receipt = match message {
        Message::Deposit(message) => exec.execute_deposit(&message),
        Message::Withdraw(message) => exec.execute_withdraw(&message),
        Message::Instantiate(message) => exec.execute_instantiate(message),
        Message::Call(message) => exec.execute_call(message),
        Message::UpdatePrices(message) => exec.execute_update_prices(&message),
        Message::UpdateSchedule(message) => exec.execute_update_schedule(&message),
        Message::ClaimSurcharge(message) => exec.execute_claim(message),
        Message::Destroy(_) => exec.execute_destroy(),
        Message::Upload(_) => Receipt::unsupported("code of this era comes with an instantiation"),
        Message::RemoveCode(_) => Receipt::unsupported("code of this era goes with its last user"),
        Message::ActivateCode(_) => Receipt::unsupported("code of this era is only interpreted"),
        // Taken above.
        Message::Setup(_) | Message::Upgrade(_) => Receipt::unsupported("taken elsewhere"),
    };
    receipt.events = exec.events;
    receipt
}

/// Whether the state is a cluster of this version. That it is one of another version is not a
/// message's fault.
fn is_ours(state: &mut Overlay<'_>, ours: Version) -> bool {
    match state.get_as::<Version>(VERSION_KEY) {
        Some(version) if version == ours => state.contains(state::CLUSTER),
        Some(version) => {
            state.set_fault(Fault::BrokenState {
                key: VERSION_KEY.into(),
                reason: format!("the state belongs to {version}, the engine is {ours}"),
            });
            false
        }
        None => false,
    }
}

/// A message for a cluster that isn't there.
fn refused(message: &Message, error: &str) -> Receipt {
    let mut receipt = Receipt::rejected(Failure::new(error, ""));
    if matches!(message, Message::Withdraw(_)) {
        receipt.effects.push(Effect::Withdrawn { debited: false });
    }
    receipt
}
