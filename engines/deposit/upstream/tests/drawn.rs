//! Drawn scripts on both sides: calls with and without limits, delegate calls, new contracts,
//! payments, events, locks, exchanged code and failures, nested in each other; and either calls
//! back up the stack, or ends. What the two do otherwise on purpose isn't drawn: parts of what is
//! held (rounded differently) and what is freed in the message that wrote it.

use pink_deposit_upstream::puppet::{puppet, Script, ALLOW_REENTRY, READ_ONLY};
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
    Lock(usize),
    Unlock(usize),
    Exchange(usize),
    /// Calls the contract that comes this many places later, or any.
    Call(usize, u32, Option<Balance>, Balance, Vec<Step>, End),
    Delegate(Vec<Step>, End),
    Make(Option<Balance>, Balance, Vec<Step>, End),
}

#[derive(Clone, Copy, Debug)]
enum End {
    Well,
    Revert,
    Trap,
    /// The contract ends, in somebody's favour. Not in that of a contract which ends in the same
    /// message: the pallet holds what that one still owes on the account, for ever.
    Terminate(usize),
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![
        6 => Just(End::Well),
        1 => Just(End::Revert),
        1 => Just(End::Trap),
        2 => (0usize..3).prop_map(End::Terminate),
    ]
}

const CONTRACTS: usize = 4;
const CODES: usize = 3;

fn limit() -> impl Strategy<Value = Option<Balance>> {
    prop_oneof![2 => Just(None), 1 => Just(Some(0)), 3 => (1u128..120_000).prop_map(Some)]
}

fn flags() -> impl Strategy<Value = u32> {
    prop_oneof![3 => Just(0), 3 => Just(ALLOW_REENTRY), 1 => Just(READ_ONLY), 1 => Just(ALLOW_REENTRY | READ_ONLY)]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let leaf = prop_oneof![
        4 => (0u32..400).prop_map(Step::Set),
        1 => (any::<bool>(), 0u128..3_000).prop_map(|(new, amount)| Step::Pay(new, amount)),
        1 => any::<u8>().prop_map(Step::Tell),
        1 => Just(Step::Balance),
        1 => Just(Step::Nonce),
        1 => (0..CODES).prop_map(Step::Lock),
        1 => (0..CODES).prop_map(Step::Unlock),
        1 => (0..CODES).prop_map(Step::Exchange),
    ];
    let step = leaf.prop_recursive(4, 24, 4, |inner| {
        let inner = prop::collection::vec(inner, 0..4);
        prop_oneof![
            4 => (0usize..4, flags(), limit(), 0u128..500, inner.clone(), end()).prop_map(
                |(on, flags, limit, value, steps, end)| Step::Call(on, flags, limit, value, steps, end)
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
    codes: [Hash; CODES],
    /// Contracts end. Otherwise they are called back.
    ends: bool,
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
            // Nothing is held yet for a contract that was just made.
            Step::Lock(_) | Step::Unlock(_) | Step::Exchange(_) if at.is_none() => script,
            Step::Lock(code) => script.lock(self.codes[*code]),
            Step::Unlock(code) => script.unlock(self.codes[*code]),
            Step::Exchange(code) => script.set_code_hash(self.codes[*code]),
            Step::Call(on, flags, limit, value, steps, end) => {
                let callee = if self.ends {
                    at.map(|at| at + on % 2 + 1)
                } else {
                    Some(*on)
                };
                let callee = callee.filter(|at| *at < self.contracts.len());
                let Some(callee) = callee else { return script };
                let inner = self.write(Some(callee), steps, *end);
                let callee = self.contracts[callee];
                script.call_with(*flags, callee, *value, (0, 0), *limit, inner)
            }
            Step::Delegate(steps, end) => {
                let inner = self.write(at, steps, *end);
                script.delegate(0, self.codes[0], inner)
            }
            Step::Make(limit, value, steps, end) => {
                let inner = self.write(None, steps, *end);
                let salt = self.number();
                script.instantiate(self.codes[0], *value, *limit, inner, &salt)
            }
        });
        match end {
            End::Terminate(to) if self.ends => written.terminate([ALICE, BOB, [0xee; 32]][to]),
            End::Well | End::Terminate(_) => written,
            End::Revert => written.revert(),
            End::Trap => written.trap(),
        }
    }
}

#[derive(Clone, Debug)]
enum Message {
    Call(usize, bool, Balance),
    Instantiate(Balance),
}

fn message() -> impl Strategy<Value = Message> {
    prop_oneof![
        3 => (0..CONTRACTS, any::<bool>(), 0u128..500).prop_map(|(at, by_bob, value)| Message::Call(at, by_bob, value)),
        1 => (0u128..500).prop_map(Message::Instantiate),
    ]
}

/// Code that does what the puppet does, of other lengths.
fn code(number: usize) -> Vec<u8> {
    let mut code = puppet();
    code.extend_from_slice(&[0, 2 + number as u8, 1, b'n']);
    code.extend(std::iter::repeat_n(7, number));
    code
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_do_the_same(
        ends in any::<bool>(),
        messages in prop::collection::vec((message(), steps(), limit(), end()), 1..4),
    ) {
        let mut both = Both::with_lockup();
        let contracts: Vec<_> = (0..CONTRACTS).map(|salt| both.puppet(2_000, salt as u8)).collect();
        let codes = [0, 20, 40].map(|number| both.upload(&code(number)));
        let mut writer = Writer { contracts: &contracts, codes, ends, next: 0 };
        for (message, steps, limit, end) in &messages {
            let at = match message {
                Message::Call(at, ..) => Some(*at),
                Message::Instantiate(_) => None,
            };
            let script = writer.write(at, steps, *end);
            let salt = writer.number();
            let [ours, theirs] = both.each(|side| match message {
                Message::Call(at, by_bob, value) => side.call(&Call {
                    origin: if *by_bob { BOB } else { ALICE },
                    contract: contracts[*at],
                    value: *value,
                    input: &script.0,
                    limit: *limit,
                }),
                Message::Instantiate(value) => side.instantiate(&Instantiate {
                    code: Source::Hash(codes[1]),
                    value: *value,
                    input: &script.0,
                    salt: &salt,
                    limit: *limit,
                }),
            });
            // Charged and ended in one message: the pallet fails, 2.0 forgets the charge.
            if theirs.outcome == "Token(CannotCreateHold)" {
                prop_assert_eq!(ours.outcome, "Success");
                break;
            }
            prop_assert!(ours == theirs, "ours:\n{}\nthe pallet's:\n{}", ours.text(), theirs.text());
        }
    }
}
