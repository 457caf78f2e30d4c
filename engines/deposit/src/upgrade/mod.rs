//! Taking over the state of an older version.
//!
//! From the rent era: accounts keep their money; contracts keep their storage, with nothing held
//! for it, because nobody is charged for the past; tombstones go, with an event that names their
//! money, which stays; code is checked by these rules and belongs to the cluster's owner. What
//! fails the checks is kept and can't be called. All of it happens, or nothing.
//!
//! A state can be of any size, so what it consists of isn't touched: storage stays under the
//! prefix that it has, which is part of the contract's record; accounts are read as they are and
//! converted when they are written next; what is of no use any more is deleted at the ends of
//! blocks. Records of contracts and of code are converted at once.

mod rent;

use crate::{engine::Core, messages::deploy_system_contract, state::CLUSTER};
use pink_engine_sdk::{
    types::{Effect, Env, Event, Failure, Receipt, Upgrade},
    Overlay, VERSION_KEY,
};

/// Takes over a state, or refuses it and says so to the chain.
pub(crate) fn execute(
    core: &Core,
    state: &mut Overlay<'_>,
    env: &Env,
    message: &Upgrade,
) -> Receipt {
    state.begin();
    match take_over(core, state, env, message) {
        Ok(receipt) => {
            state.commit();
            receipt
        }
        Err(failure) => {
            state.rollback();
            Receipt {
                effects: vec![Effect::UpgradeFailed],
                ..Receipt::rejected(failure)
            }
        }
    }
}

fn take_over(
    core: &Core,
    state: &mut Overlay<'_>,
    env: &Env,
    message: &Upgrade,
) -> Result<Receipt, Failure> {
    let (from, to) = (message.from, core.rules.version);
    if !core.rules.upgrades_from.contains(&from) {
        let detail = format!("engine {to} doesn't take over a state of version {from}");
        return Err(Failure::new("Unsupported", detail));
    }
    let mut receipt = Receipt::free();
    let mut cluster = rent::cluster(state)?;
    rent::deletions(state);
    let users = rent::contracts(state, &mut receipt.events);
    rent::codes(core, state, &cluster, &users, &mut receipt.events);
    rent::leftovers(state);
    state.put_as(CLUSTER, &cluster);
    state.put_as(VERSION_KEY, &to);
    if let Some(hash) = message.system_code {
        deploy_system_contract(core, state, env, &mut cluster, hash, &mut receipt)?;
    }
    receipt.events.push(Event::Upgraded { from, to });
    Ok(receipt)
}
