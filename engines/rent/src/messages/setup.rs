//! A cluster's beginning, prices, schedule and end.

use crate::{
    core::Execution,
    state::{account_key, Account, Cluster, CLUSTER, CONFIG, SCHEDULE},
    versions::{RentConfig, Rules, Schedule},
    vm::Cache,
};
use parity_scale_codec::DecodeAll;
use pink_engine_sdk::{
    types::{Env, Event, Failure, Receipt, Setup, UpdatePrices, UpdateSchedule},
    Overlay, VERSION_KEY,
};

/// Brings a cluster into being.
pub(super) fn setup(
    state: &mut Overlay<'_>,
    rules: &'static Rules,
    modules: &Cache,
    env: &Env,
    message: Setup,
) -> Receipt {
    if state.contains(VERSION_KEY) {
        return Receipt::rejected(Failure::new("AlreadySetUp", ""));
    }
    let config = match RentConfig::from_bytes(&message.engine_config) {
        Ok(config) => config,
        Err(reason) => return Receipt::rejected(Failure::new("InvalidConfig", reason)),
    };
    let cluster = Cluster {
        id: message.cluster,
        owner: message.owner,
        treasury: message.treasury,
        gas_price: message.gas_price,
        deposit_per_item: message.deposit_per_item,
        deposit_per_byte: message.deposit_per_byte,
        existential_deposit: message.existential_deposit,
        destroyed: false,
    };
    state.put_as(VERSION_KEY, &rules.version);
    state.put_as(CLUSTER, &cluster);
    state.put_as(CONFIG, &config);
    state.put_as(SCHEDULE, &rules.schedule);
    state.put_as(&account_key(&message.treasury), &Account::default());
    let Some(mut exec) = Execution::load(state, rules, modules, &env.block, env.mode) else {
        // Only if the host failed, and then the receipt is thrown away.
        return Receipt::free();
    };
    if message.deposit > 0 {
        exec.deposit(&message.owner, message.deposit);
    }
    Receipt {
        events: exec.events,
        ..Receipt::free()
    }
}

impl Execution<'_, '_> {
    /// New prices, from the next message on. Blocks that passed before count at the new price as
    /// well when their rent is charged.
    pub(super) fn execute_update_prices(&mut self, message: &UpdatePrices) -> Receipt {
        let cluster = Cluster {
            gas_price: message.gas_price,
            deposit_per_item: message.deposit_per_item,
            deposit_per_byte: message.deposit_per_byte,
            ..self.cluster.clone()
        };
        self.state.put_as(CLUSTER, &cluster);
        Receipt::free()
    }

    /// A newer schedule. Stored code is instrumented for it when it is loaded next.
    pub(super) fn execute_update_schedule(&mut self, message: &UpdateSchedule) -> Receipt {
        let rejected = |error, detail: String| Receipt::rejected(Failure::new(error, detail));
        let schedule = match Schedule::decode_all(&mut &message.schedule[..]) {
            Ok(schedule) => schedule,
            Err(error) => return rejected("InvalidSchedule", error.to_string()),
        };
        if let Err(reason) = schedule.validate() {
            return rejected("InvalidSchedule", reason);
        }
        let current = self.schedule.version;
        if schedule.version <= current {
            let detail = format!("version {} isn't newer than {current}", schedule.version);
            return rejected("InvalidScheduleVersion", detail);
        }
        self.state.put_as(SCHEDULE, &schedule);
        self.events.push(Event::ScheduleUpdated {
            version: schedule.version,
        });
        Receipt::free()
    }

    /// The cluster ends. Its ledger counts as empty from now on; the records stay where they are,
    /// because no message may do work without bound.
    pub(super) fn execute_destroy(&mut self) -> Receipt {
        let cluster = Cluster {
            destroyed: true,
            ..self.cluster.clone()
        };
        self.state.put_as(CLUSTER, &cluster);
        Receipt::free()
    }
}
