//! The limit of a message's storage deposit.

use super::driver::Context;
use crate::{escrow::insufficient, ledger::Ledger};
use pink_engine_sdk::{
    types::{AccountId, Balance, Failure},
    Overlay,
};

/// The limit of a message's storage deposit, without what is held for code that it brings: what
/// the sender gave, or the version's default, and never more than the sender has besides the
/// value and an existential deposit. What is held for the code counts against what was given, and
/// not against the default.
///
/// # Errors
/// The sender gave more than that, or less than the code takes.
pub(super) fn deposit_limit(
    context: Context<'_>,
    state: &mut Overlay<'_>,
    origin: &AccountId,
    value: Balance,
    given: Option<Balance>,
    code_deposit: Balance,
) -> Result<Balance, Failure> {
    let cluster = context.cluster;
    let mut events = Vec::new();
    let spendable = Ledger::new(state, &mut events, cluster).spendable(origin);
    if value > spendable {
        return Err(insufficient(value, spendable));
    }
    let most = spendable
        .saturating_sub(value)
        .saturating_sub(cluster.existential_deposit);
    let Some(given) = given else {
        return match most.checked_sub(code_deposit) {
            Some(most) => Ok(default_limit(context).min(most)),
            None => Err(Failure::new(
                "StorageDepositNotEnoughFunds",
                format!("{code_deposit} have to be held for the code, at most {most} could be"),
            )),
        };
    };
    let limit = given.checked_sub(code_deposit).ok_or_else(|| {
        Failure::new(
            "StorageDepositLimitExhausted",
            format!("{code_deposit} have to be held for the code, the limit is {given}"),
        )
    })?;
    if given > most {
        Err(Failure::new(
            "StorageDepositNotEnoughFunds",
            format!("the limit is {given}, at most {most} could be taken"),
        ))
    } else {
        Ok(limit)
    }
}

/// The limit of a message that gives none: a quantity of storage and of existential deposits, at
/// whatever the cluster's prices are. Where they are absurd the limit is all there is, so that
/// what an account can pay is the only bound.
fn default_limit(context: Context<'_>) -> Balance {
    let cluster = context.cluster;
    let quantities = &context.core.rules.deposits;
    let part = |price: Balance, quantity: u32| price.saturating_mul(Balance::from(quantity));
    part(cluster.deposit_per_byte, quantities.default_limit_bytes)
        .saturating_add(part(
            cluster.deposit_per_item,
            quantities.default_limit_items,
        ))
        .saturating_add(part(
            cluster.existential_deposit,
            quantities.default_limit_accounts,
        ))
}
