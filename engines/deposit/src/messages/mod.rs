//! The messages of the queue, one file for each kind.
//!
//! What every one of them keeps to: checks that cost nothing come first, and a message that
//! fails one is rejected, with nothing changed and nothing charged. Then limit × price goes into
//! escrow, the work is done in a transaction of its own, and the escrow is settled: `driver`.

mod activate;
mod call;
mod driver;
mod instantiate;
mod limit;
mod money;
mod remove_code;
mod root;
mod setup;
mod system;
mod upload;

pub(crate) use system::deploy_system_contract;

use crate::{
    core::Core,
    state::{is_destroyed, Cluster},
};
use driver::Context;
use pink_engine_sdk::{
    types::{Env, Failure, Message, Receipt},
    Overlay,
};

/// Executes a message; an upgrade isn't one of these.
pub(crate) fn execute(
    core: &Core,
    state: &mut Overlay<'_>,
    env: &Env,
    message: Message,
) -> Receipt {
    let cluster = Cluster::load(state);
    let message = match message {
        Message::Setup(message) => return setup::execute(core, state, env, cluster, message),
        other => other,
    };
    let Some(cluster) = cluster else {
        return Receipt::rejected(Failure::new("NoCluster", "its setup comes first"));
    };
    if is_destroyed(state) {
        return money::destroyed(&message);
    }
    let context = Context {
        core,
        env,
        cluster: &cluster,
    };
    let result = match message {
        Message::Deposit(message) => Ok(money::deposit(state, &cluster, &message)),
        Message::Withdraw(message) => Ok(money::withdraw(context, state, message)),
        Message::Upload(message) => upload::execute(context, state, message),
        Message::RemoveCode(message) => remove_code::execute(context, state, message),
        Message::Instantiate(message) => instantiate::execute(context, state, message),
        Message::Call(message) => call::execute(context, state, message),
        Message::UpdatePrices(message) => Ok(money::update_prices(state, cluster, &message)),
        Message::Destroy(_) => Ok(money::destroy(state)),
        Message::UpdateSchedule(_) => Ok(Receipt::unsupported(
            "these rules have no schedule: costs are constants of the version",
        )),
        Message::ClaimSurcharge(_) => Ok(Receipt::unsupported("these rules know no rent to claim")),
        Message::ActivateCode(message) => activate::execute(context, state, message),
        Message::Setup(_) | Message::Upgrade(_) => Ok(Receipt::unsupported("handled above")),
    };
    result.unwrap_or_else(Receipt::rejected)
}
