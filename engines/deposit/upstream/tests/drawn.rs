//! Drawn scripts on both sides: calls with and without limits, delegate calls, new contracts,
//! payments, events and failures, nested in each other. What the two do otherwise on purpose isn't
//! drawn: parts of what is held (rounded differently) and what is freed in the message that wrote it.

use pink_deposit_upstream::puppet::{puppet, Script};
use pink_deposit_upstream::*;
use pink_engine_sdk::types::{AccountId, Balance, Hash};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    /// Writes under a key that nobody else uses.
    Set(u32),
    Pay(bool, Balance),
    Tell(u8),
    Balance,
    Nonce,
    /// Calls the contract that comes so many places later.
    Call(usize, Option<Balance>, Balance, Vec<Step>, End),
    Delegate(Vec<Step>, End),
    Make(Option<Balance>, Balance, Vec<Step>, End),
}

#[derive(Clone, Copy, Debug)]
enum End {
    Well,
    Revert,
    Trap,
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![6 => Just(End::Well), 1 => Just(End::Revert), 1 => Just(End::Trap)]
}

fn limit() -> impl Strategy<Value = Option<Balance>> {
    prop_oneof![2 => Just(None), 1 => Just(Some(0)), 3 => (1u128..120_000).prop_map(Some)]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let leaf = prop_oneof![
        4 => (0u32..400).prop_map(Step::Set),
        1 => (any::<bool>(), 0u128..3_000).prop_map(|(new, amount)| Step::Pay(new, amount)),
        1 => any::<u8>().prop_map(Step::Tell),
        1 => Just(Step::Balance),
        1 => Just(Step::Nonce),
    ];
    let step = leaf.prop_recursive(4, 24, 4, |inner| {
        let inner = prop::collection::vec(inner, 0..4);
        prop_oneof![
            4 => (1usize..3, limit(), 0u128..500, inner.clone(), end()).prop_map(
                |(on, limit, value, steps, end)| Step::Call(on, limit, value, steps, end)
            ),
            1 => (inner.clone(), end()).prop_map(|(steps, end)| Step::Delegate(steps, end)),
            1 => (limit(), 0u128..500, inner, end()).prop_map(
                |(limit, value, steps, end)| Step::Make(limit, value, steps, end)
            ),
        ]
    });
    prop::collection::vec(step, 1..6)
}

/// What is needed to write scripts, and a number for what has to be another one each time.
struct Writer<'a> {
    contracts: &'a [AccountId],
    hash: Hash,
    next: u32,
}

impl Writer<'_> {
    fn number(&mut self) -> [u8; 4] {
        self.next += 1;
        self.next.to_be_bytes()
    }

    /// The script of the contract in this place; none of a contract that was just made.
    fn write(&mut self, at: Option<usize>, steps: &[Step], end: End) -> Script {
        let written = steps.iter().fold(Script::new(), |script, step| match step {
            Step::Set(bytes) => script.set(&self.number(), *bytes),
            Step::Pay(new, amount) => script.transfer(if *new { [0xee; 32] } else { BOB }, *amount),
            Step::Tell(byte) => script.event(&[], &[*byte]),
            Step::Balance => script.balance(),
            Step::Nonce => script.nonce(),
            Step::Call(on, limit, value, steps, end) => {
                let callee = at.map(|at| at + on).filter(|at| *at < self.contracts.len());
                let Some(callee) = callee else { return script };
                let inner = self.write(Some(callee), steps, *end);
                script.call_with(0, self.contracts[callee], *value, (0, 0), *limit, inner)
            }
            Step::Delegate(steps, end) => {
                let inner = self.write(at, steps, *end);
                script.delegate(0, self.hash, inner)
            }
            Step::Make(limit, value, steps, end) => {
                let inner = self.write(None, steps, *end);
                let salt = self.number();
                script.instantiate(self.hash, *value, *limit, inner, &salt)
            }
        });
        match end {
            End::Well => written,
            End::Revert => written.revert(),
            End::Trap => written.trap(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_do_the_same(messages in prop::collection::vec((steps(), limit()), 1..4)) {
        let mut both = Both::new();
        let contracts: Vec<_> = (0..4).map(|salt| both.puppet(2_000, salt)).collect();
        let hash = both.upload(&puppet());
        let mut writer = Writer { contracts: &contracts, hash, next: 0 };
        for (steps, limit) in &messages {
            let script = writer.write(Some(0), steps, End::Well);
            both.run_with(contracts[0], 0, *limit, &script);
        }
    }
}
