//! Money between chain and cluster, prices, and the cluster's end.

use super::driver::{drive, Charge, Context, Executed};
use crate::{
    ledger::Ledger,
    state::{Cluster, CLUSTER, DESTROYED},
};
use pink_engine_sdk::{
    types::{Deposit, Effect, Event, Failure, Message, Receipt, UpdatePrices, Withdraw},
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
    context: Context<'_>,
    state: &mut Overlay<'_>,
    message: Withdraw,
) -> Receipt {
    drive(context, state, message, validate_withdrawal, debit).unwrap_or_else(|failure| Receipt {
        effects: vec![Effect::Withdrawn { debited: false }],
        ..Receipt::rejected(failure)
    })
}

fn validate_withdrawal(
    context: Context<'_>,
    _: &mut Overlay<'_>,
    message: Withdraw,
) -> Result<(Charge, Withdraw), Failure> {
    let charge = Charge {
        payer: message.from,
        limit: context.core.rules.bases.withdraw.base(),
        max_price: message.max_gas_price,
        query_deposit: 0,
    };
    Ok((charge, message))
}

fn debit(
    context: Context<'_>,
    state: &mut Overlay<'_>,
    message: Withdraw,
) -> Result<Executed, Failure> {
    let mut events = Vec::new();
    let mut ledger = Ledger::new(state, &mut events, context.cluster);
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
    events.push(Event::Withdrawn {
        account: message.from,
        amount: message.amount,
    });
    let base = context.core.rules.bases.withdraw.base();
    Ok(Executed {
        effects: vec![Effect::Withdrawn { debited: true }],
        ..Executed::without_code(base, events)
    })
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
