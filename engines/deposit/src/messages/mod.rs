//! The messages of the queue, one file for each kind.
//!
//! What every one of them keeps to: checks that cost nothing come first, and a message that
//! fails one is rejected, with nothing changed and nothing charged. Then limit × price goes into
//! escrow, the work is done in a transaction of its own, and the escrow is settled.

mod call;
mod instantiate;
mod money;
mod paid;
mod remove_code;
mod run;
mod setup;
mod upload;

pub(crate) use call::hex;
use run::run_first;
pub(crate) use setup::deploy_system_contract;
pub(crate) use upload::Stored;

use crate::{
    engine::Core,
    state::{is_destroyed, Cluster},
    upgrade,
};
use pink_engine_sdk::{
    types::{Env, Failure, Message, Receipt},
    Overlay,
};

/// Executes a message.
pub(crate) fn execute(
    core: &Core,
    state: &mut Overlay<'_>,
    env: &Env,
    message: Message,
) -> Receipt {
    // The records of an older version can't be read yet.
    if let Message::Upgrade(message) = &message {
        return upgrade::execute(core, state, env, message);
    }
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
    let result = match message {
        Message::Deposit(message) => Ok(money::deposit(state, &cluster, &message)),
        Message::Withdraw(message) => Ok(money::withdraw(core, state, env, &cluster, &message)),
        Message::Upload(message) => upload::execute(core, state, env, &cluster, message),
        Message::RemoveCode(message) => remove_code::execute(core, state, env, &cluster, &message),
        Message::Instantiate(message) => instantiate::execute(core, state, env, &cluster, message),
        Message::Call(message) => call::execute(core, state, env, &cluster, message),
        Message::UpdatePrices(message) => Ok(money::update_prices(state, cluster, &message)),
        Message::Destroy(_) => Ok(money::destroy(state)),
        Message::UpdateSchedule(_) => Ok(Receipt::unsupported(
            "these rules have no schedule: costs are constants of the version",
        )),
        Message::ClaimSurcharge(_) => Ok(Receipt::unsupported("these rules know no rent to claim")),
        Message::Setup(_) | Message::Upgrade(_) => Ok(Receipt::unsupported("handled above")),
    };
    result.unwrap_or_else(Receipt::rejected)
}
