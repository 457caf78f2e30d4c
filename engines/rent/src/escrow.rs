//! Payment for gas: the whole limit up front, what isn't used back afterwards.

use crate::{
    core::Execution,
    error::Error,
    gas::GasMeter,
    ledger::{Existence, LedgerError},
};
use pink_engine_sdk::types::{AccountId, Balance, Failure, Mode, Outcome, Receipt, Weight};

/// Money that was taken for a message's gas. It is in no account, so that nothing which runs in
/// between can touch it; it goes back with [`Execution::settle`], before the message ends.
#[derive(Debug)]
#[must_use]
pub(crate) struct Escrow {
    payer: AccountId,
    /// What is in it: nothing in a query.
    amount: Balance,
    /// The message's base and the sender's limit.
    limit: Weight,
    price: Balance,
}

/// What a message used, and who pays for it.
#[derive(Debug)]
pub(crate) struct Used {
    /// The base, by the sizes that showed, and the gas.
    pub(crate) consumed: u64,
    /// The base that has to be in the limit, and the gas that was needed at once.
    pub(crate) required: u64,
    /// The sender doesn't pay for it.
    pub(crate) free: bool,
}

impl Used {
    /// What a meter counted, with the base before and after.
    pub(crate) fn metered(meter: &GasMeter, base: u64, actual_base: u64) -> Self {
        Self {
            consumed: actual_base.saturating_add(meter.spent()),
            required: base.saturating_add(meter.required()),
            free: false,
        }
    }
}

impl Execution<'_, '_> {
    /// The price that a sender pays: the cluster's, but nothing for a query.
    fn gas_price(&self) -> Balance {
        match self.mode {
            Mode::Query => 0,
            Mode::Estimating | Mode::Transaction => self.cluster.gas_price,
        }
    }

    /// Refuses a price above the highest that the sender accepts.
    pub(crate) fn accept_price(&self, max_gas_price: Balance) -> Result<(), Failure> {
        let price = self.gas_price();
        if price > max_gas_price {
            Err(Failure::new(
                "GasPriceTooHigh",
                format!("the price is {price}, the sender accepts {max_gas_price}"),
            ))
        } else {
            Ok(())
        }
    }

    /// Takes the price of the whole limit from the payer: in an estimate as well, on a state that
    /// is dropped, so that what the message then moves is as much as in the transaction, and a
    /// sender without money hears of it.
    pub(crate) fn escrow(
        &mut self,
        payer: AccountId,
        base: u64,
        limit: Weight,
    ) -> Result<Escrow, Failure> {
        let price = self.gas_price();
        let limit = Weight::new(base, 0).saturating_add(limit);
        let whole = Balance::from(limit.ref_time)
            .checked_mul(price)
            .ok_or_else(|| Failure::new("InsufficientBalance", "limit × price overflows"))?;
        // The price of a query is 0.
        let amount = whole;
        if let Err(error) = self.debit(&payer, amount, Existence::KeepAlive) {
            let has = self.free(&payer);
            let what = match error {
                LedgerError::KeepAlive => " and keep the existential deposit",
                _ => "",
            };
            return Err(Failure::new(
                "InsufficientBalance",
                format!("the sender has {has} and would pay {amount}{what}"),
            ));
        }
        Ok(Escrow {
            payer,
            amount,
            limit,
            price,
        })
    }

    /// Pays the treasury for what was used and gives the rest back. Can't fail.
    pub(crate) fn settle(&mut self, escrow: Escrow, used: &Used, outcome: Outcome) -> Receipt {
        let Escrow {
            payer,
            amount,
            limit,
            price,
        } = escrow;
        // As a chain's fee is: never more than was announced.
        let consumed = used.consumed.min(limit.ref_time);
        let whole = Balance::from(limit.ref_time).saturating_mul(price);
        let fee = if used.free {
            0
        } else {
            Balance::from(consumed).saturating_mul(price)
        };
        let refund = whole.saturating_sub(fee);
        if amount > 0 {
            self.credit_treasury(fee);
            self.credit(&payer, refund);
        }
        Receipt {
            outcome,
            gas_limit: limit,
            gas_consumed: Weight::new(consumed, 0),
            gas_required: Weight::new(used.required.min(limit.ref_time), 0),
            gas_price: price,
            fee,
            refund,
            ..Receipt::free()
        }
    }
}

/// How a message that failed ended.
pub(crate) fn failed(error: Error, meter: &GasMeter) -> Outcome {
    match error {
        Error::OutOfGas if meter.left() == 0 => Outcome::OutOfGas,
        // A nested call asked for more than was left: the frame ends, but the rest isn't lost.
        Error::OutOfGas => Outcome::Trapped(Failure::new(
            "OutOfGas",
            "a nested call needed more gas than was left for it",
        )),
        error => Outcome::Trapped(error.into()),
    }
}
