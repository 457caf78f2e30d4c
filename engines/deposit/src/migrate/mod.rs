//! Migrating the state of an older version.
//!
//! From the rent era: accounts keep their money; contracts keep their storage, with nothing held
//! for it, because nobody is charged for the past; tombstones go, with an event that names their
//! money, which stays; code is checked by these rules and belongs to the cluster's owner. What
//! fails the checks is kept and can't be called. All of it happens, or nothing.
//!
//! A state can be of any size, so the migration itself does a bounded amount of work, whatever there
//! is: it writes the cluster's record, the version, the place from which records are walked, and
//! an entry for each contract that waited for its deletion (2,048 at most). Storage stays under
//! the prefix that it has, which is part of the contract's record. Records of contracts, of code
//! and of accounts stay as they are: each is converted when it is written, or code when it is
//! loaded (`records`), and all that isn't by then, within a constant budget at the end of each
//! block (`steps`).
//!
//! # A further migration, before the last record is converted
//!
//! What is left is a part of the state like any other: `moving` says from where on, and the
//! records' own forms say which they are. So a version of this library takes it over with the
//! rest, and its ends of blocks go on from there, by its own rules: by them it then checks code
//! that wasn't yet, and removes the tombstones that still stand. It has to check code that *was*
//! converted as well, if its checks differ: the `status` of a code is by the rules of the version
//! that it was checked under. A version that shares nothing with this library has to read both
//! forms as `records` does, or to refuse the migration as long as there is a `moving`: it goes within as
//! many blocks as the budgets say, without anybody's doing.

mod from_deposit;
mod from_rent;
mod steps;

pub(crate) use steps::step;

use crate::{core::Core, messages::deploy_system_contract};
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
    match migrate(core, state, env, message) {
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

fn migrate(
    core: &Core,
    state: &mut Overlay<'_>,
    env: &Env,
    message: &Upgrade,
) -> Result<Receipt, Failure> {
    let (from, to) = (message.from, core.rules.version);
    let unsupported = || {
        let detail = format!("engine {to} doesn't take over a state of version {from}");
        Failure::new("Unsupported", detail)
    };
    if !core.rules.upgrades_from.contains(&from) {
        return Err(unsupported());
    }
    let mut cluster = match from.major {
        1 => from_rent::migrate(state)?,
        2 => from_deposit::migrate(state, from)?,
        _ => return Err(unsupported()),
    };
    let mut receipt = Receipt::free();
    state.put_as(VERSION_KEY, &to);
    if let Some(hash) = message.system_code {
        // The rent era has no system contracts, whatever lies at their addresses.
        let kept = from.major == 2
            && from_deposit::keep_system_contract(state, &mut cluster, &hash, &mut receipt);
        if !kept {
            deploy_system_contract(core, state, env, &mut cluster, hash, &mut receipt)?;
        }
    }
    receipt.events.push(Event::Upgraded { from, to });
    Ok(receipt)
}

fn none() -> Failure {
    Failure::new("NoCluster", "there is no cluster to take over")
}

fn ended() -> Failure {
    Failure::new(
        "ClusterDestroyed",
        "a cluster that has ended isn't taken over",
    )
}
