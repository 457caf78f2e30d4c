//! Money between chain and cluster, prices, and the cluster's end.

use super::paid::{Ended, Paid};
use crate::{
    engine::Core,
    ledger::Ledger,
    state::{Cluster, CLUSTER, DESTROYED},
};
use pink_engine_sdk::{
    types::{
        Deposit, Effect, Env, Event, Failure, Message, Outcome, Receipt, StorageDeposit,
        UpdatePrices, Withdraw,
    },
    Overlay,
};

/// Money from the chain. Never fails.
pub(super) fn deposit(state: &mut Overlay<'_>, cluster: &Cluster, message: &Deposit) -> Receipt {
    let mut receipt = Receipt::free();
    receipt.events.push(Event::Deposited {
        account: message.dest,
        amount: message.amount,
    });
    Ledger::new(state, &mut receipt.events, cluster).mint(&message.dest, message.amount);
    receipt
}

/// Money back to the chain. Leaves its effect whatever happens, because the chain waits for it.
pub(super) fn withdraw(
    core: &Core,
    state: &mut Overlay<'_>,
    env: &Env,
    cluster: &Cluster,
    message: &Withdraw,
) -> Receipt {
    let base = core.rules.bases.withdraw.base();
    state.begin();
    let mut events = Vec::new();
    let done = Paid::open(
        core,
        state,
        env,
        cluster,
        message.from,
        base,
        message.max_gas_price,
    )
    .and_then(|paid| {
        let mut ledger = Ledger::new(state, &mut events, cluster);
        let account = ledger.account(&message.from);
        ledger.burn(&message.from, message.amount).map_err(|_| {
            Failure::new(
                "InsufficientBalance",
                format!(
                    "{} to withdraw, {} free after the fee was set aside",
                    message.amount, account.free
                ),
            )
        })?;
        Ok(paid)
    });
    let paid = match done {
        Ok(paid) => paid,
        Err(failure) => {
            state.rollback();
            return Receipt {
                effects: vec![Effect::Withdrawn { debited: false }],
                ..Receipt::rejected(failure)
            };
        }
    };
    events.push(Event::Withdrawn {
        account: message.from,
        amount: message.amount,
    });
    let mut receipt = paid.settle(
        state,
        Ended {
            outcome: Outcome::Success,
            consumed: base,
            required: base,
            storage_deposit: StorageDeposit::default(),
            output: Vec::new(),
        },
        events,
    );
    receipt.effects = vec![Effect::Withdrawn { debited: true }];
    state.commit();
    receipt
}

/// New prices, from the next message on. What is held stays as it is.
pub(super) fn update_prices(
    state: &mut Overlay<'_>,
    mut cluster: Cluster,
    message: &UpdatePrices,
) -> Receipt {
    cluster.gas_price = message.gas_price;
    cluster.deposit_per_item = message.deposit_per_item;
    cluster.deposit_per_byte = message.deposit_per_byte;
    state.put_as(CLUSTER, &cluster);
    Receipt::free()
}

/// The end. The ledger counts as empty at once, and its accounts go at the ends of blocks, within
/// their budget: a message does no work without bound. The chain pays out what was confirmed
/// before, and governance sweeps the rest of the cluster's account there.
pub(super) fn destroy(state: &mut Overlay<'_>) -> Receipt {
    state.put(DESTROYED, Vec::new());
    Receipt::free()
}

/// What a message to a cluster that was destroyed comes to.
pub(super) fn destroyed(message: &Message) -> Receipt {
    let failure = Failure::new("ClusterDestroyed", "the cluster has ended");
    match message {
        Message::Withdraw(_) => Receipt {
            effects: vec![Effect::Withdrawn { debited: false }],
            ..Receipt::rejected(failure)
        },
        _ => Receipt::rejected(failure),
    }
}
