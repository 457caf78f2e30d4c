//! Engine 2.0 and `pallet-contracts` 51, side by side.
//!
//! Both get the same prices, the same accounts and the same contracts at the same addresses, and
//! are asked the same. What they answer is put into one vocabulary, [`MessageResult`], and compared: how it
//! ended, what it returned, the deposit, every event, and the money of everybody concerned. Gas
//! isn't compared, because each has its own costs.
#![allow(missing_docs, missing_debug_implementations, unreachable_pub)]
#![allow(clippy::disallowed_methods, clippy::arithmetic_side_effects)] // of tests, not of an engine

pub mod marionette;
mod ours;
#[path = "../../tests/common/puppet.rs"]
pub mod puppet;
mod theirs;

pub use ours::Ours;
pub use theirs::Theirs;

use pink_engine_sdk::types::{AccountId, Balance, Determinism, Event, Hash, StorageDeposit};

pub const ALICE: AccountId = [0xa1; 32];
pub const BOB: AccountId = [0xb0; 32];
pub const PER_ITEM: Balance = 10_000;
pub const PER_BYTE: Balance = 100;
pub const MINIMUM: Balance = 1_000;
/// What Alice and Bob begin with.
pub const MONEY: Balance = 1_000_000_000_000_000;

/// What users of code lock up of its deposit, where a test wants them to.
const LOCKUP_PERCENT: u32 = 7;

/// What came of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageResult {
    /// `Success`, `Reverted`, `OutOfGas`, or the error's name.
    pub outcome: String,
    pub output: Vec<u8>,
    pub deposit: StorageDeposit,
    pub events: Vec<Event>,
    /// Free and held, of each account that the scenario knows.
    pub money: Vec<(Balance, Balance)>,
}

impl MessageResult {
    /// For whoever has to find the difference: accounts by their first bytes.
    pub fn text(&self) -> String {
        let events: Vec<_> = self
            .events
            .iter()
            .map(|event| format!("    {}", short(event)))
            .collect();
        format!(
            "  {} {:?} {:?}\n{}\n  {:?}",
            self.outcome,
            self.deposit,
            self.output,
            events.join("\n"),
            self.money
        )
    }
}

fn short(event: &Event) -> String {
    let text = format!("{event:?}");
    let mut parts = text.split('[');
    let mut short = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (bytes, rest) = part.split_once(']').unwrap_or((part, ""));
        short.extend(bytes.split(", ").take(2));
        short.push_str(rest);
    }
    short
}

/// One side.
pub trait Side {
    fn upload(&mut self, ask: &Upload<'_>) -> MessageResult;
    fn remove_code(&mut self, origin: AccountId, hash: Hash) -> MessageResult;
    fn instantiate(&mut self, ask: &Instantiate<'_>) -> MessageResult;
    fn call(&mut self, ask: &Call<'_>) -> MessageResult;
    fn money(&mut self, who: &AccountId) -> (Balance, Balance);
    fn set_prices(&mut self, per_item: Balance, per_byte: Balance);
}

/// An upload.
#[derive(Clone, Copy, Debug)]
pub struct Upload<'a> {
    pub origin: AccountId,
    pub code: &'a [u8],
    pub limit: Option<Balance>,
    pub determinism: Determinism,
}

/// What a contract is made of.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    Code(&'a [u8]),
    Hash(Hash),
}

/// An instantiation by Alice.
#[derive(Clone, Copy, Debug)]
pub struct Instantiate<'a> {
    pub code: Source<'a>,
    pub value: Balance,
    pub input: &'a [u8],
    pub salt: &'a [u8],
    pub limit: Option<Balance>,
}

/// A call.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    pub origin: AccountId,
    pub contract: AccountId,
    pub value: Balance,
    pub input: &'a [u8],
    pub limit: Option<Balance>,
}

/// Both sides, and the accounts that are looked at after each step.
pub struct Both {
    pub ours: Ours,
    pub theirs: Theirs,
    pub known: Vec<AccountId>,
}

impl Both {
    pub fn new() -> Self {
        Self::of(Ours::new(), Theirs::new(0))
    }

    /// Users of code lock up 7 % of its deposit; in 2.0 it is nothing.
    pub fn with_lockup() -> Self {
        Self::of(Ours::with_lockup(), Theirs::new(LOCKUP_PERCENT))
    }

    fn of(ours: Ours, theirs: Theirs) -> Self {
        Self {
            ours,
            theirs,
            known: vec![ALICE, BOB],
        }
    }

    pub fn each(
        &mut self,
        mut ask: impl FnMut(&mut dyn Side) -> MessageResult,
    ) -> [MessageResult; 2] {
        let known = self.known.clone();
        let sides: [&mut dyn Side; 2] = [&mut self.ours, &mut self.theirs];
        sides.map(|side| {
            let mut done = ask(side);
            done.money = known.iter().map(|who| side.money(who)).collect();
            done
        })
    }

    /// Asks both, and demands that they agree.
    #[track_caller]
    pub fn same(&mut self, ask: impl FnMut(&mut dyn Side) -> MessageResult) -> MessageResult {
        let [ours, theirs] = self.each(ask);
        assert!(
            ours == theirs,
            "ours:\n{}\nthe pallet's:\n{}",
            ours.text(),
            theirs.text()
        );
        ours
    }

    /// A puppet with its own salt, known from here on.
    #[track_caller]
    pub fn puppet(&mut self, value: Balance, salt: u8) -> AccountId {
        self.make(&puppet::puppet(), value, salt)
    }

    /// A contract of this code, known from here on.
    #[track_caller]
    pub fn make(&mut self, code: &[u8], value: Balance, salt: u8) -> AccountId {
        let made = self.same(|side| {
            side.instantiate(&Instantiate {
                code: Source::Code(code),
                value,
                input: &[],
                salt: &[salt],
                limit: None,
            })
        });
        assert_eq!(made.outcome, "Success", "{made:?}");
        let contract = made.events.iter().find_map(|event| match event {
            Event::Instantiated { contract, .. } => Some(*contract),
            _ => None,
        });
        let contract = contract.expect("it was made");
        self.known.push(contract);
        contract
    }

    /// Calls a contract on both sides, which have to agree.
    #[track_caller]
    pub fn run(&mut self, contract: AccountId, script: &puppet::Script) -> MessageResult {
        self.run_with(contract, 0, None, script)
    }

    #[track_caller]
    pub fn run_with(
        &mut self,
        contract: AccountId,
        value: Balance,
        limit: Option<Balance>,
        script: &puppet::Script,
    ) -> MessageResult {
        self.same(|side| {
            side.call(&Call {
                origin: ALICE,
                contract,
                value,
                input: &script.0,
                limit,
            })
        })
    }

    /// Calls on both sides, which needn't agree.
    pub fn differ(
        &mut self,
        contract: AccountId,
        limit: Option<Balance>,
        script: &puppet::Script,
    ) -> [MessageResult; 2] {
        self.each(|side| {
            side.call(&Call {
                origin: ALICE,
                contract,
                value: 0,
                input: &script.0,
                limit,
            })
        })
    }

    #[track_caller]
    pub fn upload(&mut self, code: &[u8]) -> Hash {
        let stored = self.same(|side| {
            side.upload(&Upload {
                origin: ALICE,
                code,
                limit: None,
                determinism: Determinism::Enforced,
            })
        });
        assert_eq!(stored.outcome, "Success", "{stored:?}");
        stored.output.try_into().expect("a hash")
    }

    pub fn set_prices(&mut self, per_item: Balance, per_byte: Balance) {
        self.ours.set_prices(per_item, per_byte);
        self.theirs.set_prices(per_item, per_byte);
    }
}

impl Default for Both {
    fn default() -> Self {
        Self::new()
    }
}
