//! What the messages that are paid for have in common.

use crate::{
    engine::Core,
    error::{Error, ExecError},
    escrow::{insufficient, Escrow, Settled},
    exec::{Machine, Returned, Transient},
    ledger::Ledger,
    state::Cluster,
};
use pink_engine_sdk::{
    types::{
        AccountId, Balance, Determinism, Env, Event, Failure, Mode, Outcome, Receipt,
        StorageDeposit, Weight,
    },
    Overlay,
};

/// How a message's execution ended, before it is settled.
#[derive(Debug)]
pub(super) struct Ended {
    pub outcome: Outcome,
    /// What was used, the base included.
    pub consumed: Weight,
    /// The least limit, the base included.
    pub required: Weight,
    pub storage_deposit: StorageDeposit,
    pub output: Vec<u8>,
}

/// A message on its way through.
#[derive(Debug)]
pub(super) struct Paid<'a> {
    core: &'a Core,
    env: &'a Env,
    cluster: &'a Cluster,
    payer: AccountId,
    limit: Weight,
    price: Balance,
    /// None where nothing is charged.
    escrow: Option<Escrow>,
    /// Events of the escrow; there are none unless the ledger changes its mind.
    events: Vec<Event>,
}

impl<'a> Paid<'a> {
    /// Checks the price and takes limit × price from the payer. A query is free. An estimate pays
    /// as the transaction would, on a state that is dropped: a contract may ask what its caller
    /// has, and a sender without money is to hear of it.
    ///
    /// # Errors
    /// The price is above what the sender accepts, or the payer can't pay.
    pub(super) fn open(
        core: &'a Core,
        state: &mut Overlay<'_>,
        env: &'a Env,
        cluster: &'a Cluster,
        payer: AccountId,
        limit: Weight,
        max_price: Balance,
    ) -> Result<Self, Failure> {
        let price = match env.mode {
            Mode::Query => 0,
            Mode::Estimating | Mode::Transaction => cluster.gas_price,
        };
        if price > max_price {
            return Err(Failure::new(
                "GasPriceTooHigh",
                format!("the price is {price}, the sender accepts {max_price}"),
            ));
        }
        let mut events = Vec::new();
        let escrow = match env.mode {
            Mode::Estimating | Mode::Transaction => Some(Escrow::open(
                &mut Ledger::new(state, &mut events, cluster),
                payer,
                limit,
                price,
            )?),
            Mode::Query => None,
        };
        Ok(Self {
            core,
            env,
            cluster,
            payer,
            limit,
            price,
            escrow,
            events,
        })
    }

    /// A machine for the payer's message.
    pub(super) fn machine<'s, 'h>(&self, state: &'s mut Overlay<'h>) -> Machine<'s, 'h>
    where
        'a: 's,
    {
        Machine {
            state,
            core: self.core,
            env: self.env,
            cluster: self.cluster,
            origin: self.payer,
            determinism: match self.env.mode {
                Mode::Query => Determinism::Relaxed,
                Mode::Estimating | Mode::Transaction => Determinism::Enforced,
            },
            frames: Vec::new(),
            events: Vec::new(),
            event_bytes: 0,
            effects: Vec::new(),
            transient: Transient::default(),
            debug: Vec::new(),
            nonce: None,
            done: None,
        }
    }

    /// Settles, and writes the receipt with the events of the execution before those of the
    /// settlement. Can't fail.
    pub(super) fn settle(
        mut self,
        state: &mut Overlay<'_>,
        ended: Ended,
        events: Vec<Event>,
    ) -> Receipt {
        self.events.extend(events);
        let consumed = min(ended.consumed, self.limit);
        let mut ledger = Ledger::new(state, &mut self.events, self.cluster);
        let settled = match self.escrow.take() {
            Some(escrow) => escrow.settle(&mut ledger, self.cluster, consumed),
            None => Settled::default(),
        };
        Receipt {
            outcome: ended.outcome,
            gas_limit: self.limit,
            gas_consumed: consumed,
            gas_required: min(ended.required, self.limit),
            gas_price: self.price,
            fee: settled.fee,
            refund: settled.refund,
            storage_deposit: ended.storage_deposit,
            output: ended.output,
            address: None,
            code_hash: None,
            events: self.events,
            effects: Vec::new(),
        }
    }
}

/// The limit of a message's storage deposit, without what is held for code that it brings: what
/// the sender gave, or the version's default, and never more than the sender has besides the
/// value and an existential deposit. What is held for the code counts against what was given, and
/// not against the default.
///
/// # Errors
/// The sender gave more than that, or less than the code takes.
pub(super) fn deposit_limit(
    core: &Core,
    state: &mut Overlay<'_>,
    cluster: &Cluster,
    origin: &AccountId,
    value: Balance,
    given: Option<Balance>,
    code_deposit: Balance,
) -> Result<Balance, Failure> {
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
            Some(most) => Ok(default_limit(core, cluster).min(most)),
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
    match given > most {
        true => Err(Failure::new(
            "StorageDepositNotEnoughFunds",
            format!("the limit is {given}, at most {most} could be taken"),
        )),
        false => Ok(limit),
    }
}

/// The limit of a message that gives none: a quantity of storage and of existential deposits, at
/// whatever the cluster's prices are. Where they are absurd the limit is all there is, so that
/// what an account can pay is the only bound.
fn default_limit(core: &Core, cluster: &Cluster) -> Balance {
    let quantities = &core.rules.deposits;
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

/// The outcome of a first frame.
pub(super) fn outcome(result: &Result<Returned, ExecError>) -> Outcome {
    match result {
        Ok(returned) if returned.reverted() => Outcome::Reverted,
        Ok(_) => Outcome::Success,
        Err(ExecError {
            error: Error::OutOfGas,
            ..
        }) => Outcome::OutOfGas,
        Err(ExecError { error, .. }) => Outcome::Trapped((*error).into()),
    }
}

pub(super) fn min(a: Weight, b: Weight) -> Weight {
    Weight::new(a.ref_time.min(b.ref_time), a.proof_size.min(b.proof_size))
}
