//! The way of every message that its sender pays for, in one place: validate, charge, execute,
//! settle.
//!
//! All of it is one transaction of the state. What a message is rejected for, before or after the
//! charge, leaves nothing changed and nobody charged.

use crate::{
    core::Core,
    escrow::{Escrow, Settlement},
    ledger::Ledger,
    state::Cluster,
};
use pink_engine_sdk::{
    types::{
        AccountId, Balance, Effect, Env, Event, Failure, Hash, Mode, Outcome, Receipt,
        StorageDeposit, Weight,
    },
    Overlay,
};

/// What a message is executed in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'a> {
    pub core: &'a Core,
    pub env: &'a Env,
    pub cluster: &'a Cluster,
}

/// What a valid message is charged, before it is executed.
#[derive(Debug)]
pub(super) struct Charge {
    pub payer: AccountId,
    /// All the gas that it may use, the base included.
    pub limit: Weight,
    /// The highest price that the sender accepts.
    pub max_price: Balance,
    /// Money that a query has on its payer's account for as long as it lasts; nobody has it else.
    pub query_deposit: Balance,
}

/// How a message's execution ended, before it is settled.
#[derive(Debug)]
pub(super) struct Executed {
    pub outcome: Outcome,
    /// What was used, the base included.
    pub consumed: Weight,
    /// The least limit, the base included.
    pub required: Weight,
    pub storage_deposit: StorageDeposit,
    pub output: Vec<u8>,
    pub address: Option<AccountId>,
    pub code_hash: Option<Hash>,
    pub events: Vec<Event>,
    pub effects: Vec<Effect>,
}

impl Executed {
    /// The end of a message that runs no code, and costs its base.
    pub(super) fn without_code(base: Weight, events: Vec<Event>) -> Self {
        Self {
            outcome: Outcome::Success,
            consumed: base,
            required: base,
            storage_deposit: StorageDeposit::default(),
            output: Vec::new(),
            address: None,
            code_hash: None,
            events,
            effects: Vec::new(),
        }
    }
}

/// A step of a message, from what the one before found.
type Step<From, To> = fn(Context<'_>, &mut Overlay<'_>, From) -> Result<To, Failure>;

/// Takes a message through its four steps.
///
/// `validate` does the checks that cost nothing, and says what is charged and what the execution
/// needs to know. `execute` runs after the charge; what it fails with rejects the message, and the
/// charge is undone with the rest.
///
/// # Errors
/// Why the message is rejected: by a check, because its price isn't accepted or can't be paid, or by
/// the execution.
pub(super) fn drive<M, V>(
    context: Context<'_>,
    state: &mut Overlay<'_>,
    message: M,
    validate: Step<M, (Charge, V)>,
    execute: Step<V, Executed>,
) -> Result<Receipt, Failure> {
    state.begin();
    let driven = (|| {
        let (charge, valid) = validate(context, state, message)?;
        let charged = Charged::new(context, state, charge)?;
        let executed = execute(context, state, valid)?;
        Ok(charged.settle(context, state, executed))
    })();
    if driven.is_ok() {
        state.commit();
    } else {
        state.rollback();
    }
    driven
}

/// A message that was charged, and is to be settled.
struct Charged {
    limit: Weight,
    price: Balance,
    /// `None` where nothing is charged.
    escrow: Option<Escrow>,
    /// Events of the escrow; there are none unless the ledger changes its mind.
    events: Vec<Event>,
}

impl Charged {
    /// Checks the price and takes limit × price from the payer. A query is free. An estimate pays
    /// as the transaction would, on a state that is dropped: a contract may ask what its caller
    /// has, and a sender without money is to hear of it.
    ///
    /// # Errors
    /// The price is above what the sender accepts, or the payer can't pay.
    fn new(context: Context<'_>, state: &mut Overlay<'_>, charge: Charge) -> Result<Self, Failure> {
        let cluster = context.cluster;
        let max_price = charge.max_price;
        let price = match context.env.mode {
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
        let escrow = match context.env.mode {
            Mode::Estimating | Mode::Transaction => Some(Escrow::open(
                &mut Ledger::new(state, &mut events, cluster),
                charge.payer,
                charge.limit,
                price,
            )?),
            Mode::Query => {
                if charge.query_deposit > 0 {
                    // Told to nobody: it is there for this query alone.
                    Ledger::new(state, &mut Vec::new(), cluster)
                        .mint(&charge.payer, charge.query_deposit);
                }
                None
            }
        };
        Ok(Self {
            limit: charge.limit,
            price,
            escrow,
            events,
        })
    }

    /// Settles, and writes the receipt with the events of the execution before those of the
    /// settlement. Can't fail.
    fn settle(
        mut self,
        context: Context<'_>,
        state: &mut Overlay<'_>,
        executed: Executed,
    ) -> Receipt {
        self.events.extend(executed.events);
        let consumed = min(executed.consumed, self.limit);
        let mut ledger = Ledger::new(state, &mut self.events, context.cluster);
        let settled = match self.escrow.take() {
            Some(escrow) => escrow.settle(&mut ledger, context.cluster, consumed),
            None => Settlement::default(),
        };
        Receipt {
            outcome: executed.outcome,
            gas_limit: self.limit,
            gas_consumed: consumed,
            gas_required: min(executed.required, self.limit),
            gas_price: self.price,
            fee: settled.fee,
            refund: settled.refund,
            storage_deposit: executed.storage_deposit,
            output: executed.output,
            address: executed.address,
            code_hash: executed.code_hash,
            events: self.events,
            effects: executed.effects,
        }
    }
}

fn min(a: Weight, b: Weight) -> Weight {
    Weight::new(a.ref_time.min(b.ref_time), a.proof_size.min(b.proof_size))
}
