//! 1.0 and 1.1 in one process, the same drawn messages into both, from the same states: whatever
//! differs is one of the repairs that `Rules` names, and each of them comes up.
//!
//! A drawn message is executed by both files on one state, which is that of a cluster of either
//! version but for the version's key. The state goes on as one of the two left it, in turns.

mod both;
mod explain;
mod kinds;

use crate::{
    fixtures,
    harness::{blake2_256, call, claim, deploy, ALICE, GAS},
};
use both::Both;
use explain::Given;
use kinds::Kind;
use parity_scale_codec::Encode;
use pink_engine_rent::{CallIndirect, Rules};
use pink_engine_sdk::rules::Table;
use pink_engine_sdk::types::{
    Balance, Call, Code, Deposit, Instantiate, Message, Outcome, UpdateSchedule, Weight,
};

/// The repairs, as the fields of `Rules` name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Repair {
    Instrumentation,
    CallIndirect,
    IdleWorkIsNotReported,
    RestoreRecountsItems,
    TopicsKeepTheirOrder,
    FailureLeavesNoTraces,
    ExemptionCountsAsPaid,
    PrintlnIsCharged,
    LaterHostFunctions,
}

const REPAIRS: [Repair; 9] = [
    Repair::Instrumentation,
    Repair::CallIndirect,
    Repair::IdleWorkIsNotReported,
    Repair::RestoreRecountsItems,
    Repair::TopicsKeepTheirOrder,
    Repair::FailureLeavesNoTraces,
    Repair::ExemptionCountsAsPaid,
    Repair::PrintlnIsCharged,
    Repair::LaterHostFunctions,
];

/// What is drawn.
impl Both {
    fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.numbers.below(of.len() as u64) as usize]
    }

    /// A contract of this kind: from stored code if there is some, else with its code.
    fn deploy(&mut self, kind: Kind, value: Balance, input: Vec<u8>) -> Given {
        let code = kind.code();
        let hash = blake2_256(&code);
        let message = Instantiate {
            code: match self.prefab(&hash) {
                Some(_) => Code::Existing(hash),
                None => Code::Upload(code),
            },
            input,
            salt: self.seq.to_le_bytes().to_vec(),
            ..deploy(ALICE, &[], value)
        };
        self.send(kind, &[], Message::Instantiate(message))
    }

    fn draw_deploy(&mut self) {
        let small = self.numbers.below(12) as u8;
        let kind = match self.numbers.below(12) {
            0 => Kind::Idle,
            1 | 2 => Kind::Tenant,
            3 | 4 => Kind::Puppet,
            5 => Kind::Proxy,
            6 => Kind::Terminator,
            7 => Kind::Speaker,
            8 => Kind::Printer(small),
            9 => Kind::Indirect(small),
            10 => Kind::Locals(1 + small),
            _ => self.one_of(&[
                Kind::Asker,
                Kind::Deep(100),
                Kind::Deep(150),
                Kind::Deep(200),
            ]),
        };
        let value = self.one_of(&[40, 100_000, 300_000, 100_000_000]);
        let input = match kind {
            Kind::Puppet => vec![self.numbers.below(9) as u8],
            _ => Vec::new(),
        };
        self.deploy(kind, value, input);
    }

    /// Whether no call instruments this code. The price of stale code that is called by another
    /// contract depends on lengths that a failure in 1.1 doesn't show.
    fn is_fresh(&self, kind: Kind) -> bool {
        let prefab = self.prefab(&blake2_256(&kind.code()));
        prefab.is_some_and(|it| it.schedule_version == self.schedule().version)
    }

    fn draw_call(&mut self) {
        let (kind, contract) = self.one_of(&self.made.clone());
        let mut topics = Vec::new();
        let input = match kind {
            Kind::Speaker => {
                topics = (0..self.numbers.below(6))
                    .map(|_| blake2_256(&self.numbers.below(9).to_le_bytes()))
                    .collect();
                topics.encode()
            }
            Kind::Puppet => vec![self.numbers.below(9) as u8, 5, 6],
            Kind::Proxy => {
                let (inner, callee) = self.one_of(&self.made.clone());
                if self.is_fresh(kind) && self.is_fresh(inner) && inner == Kind::Puppet {
                    fixtures::through(&callee, 0, 0, &[self.numbers.below(9) as u8])
                } else {
                    Vec::new()
                }
            }
            // It would call itself.
            Kind::Terminator if !self.is_fresh(kind) => Vec::new(),
            _ => vec![0; self.one_of(&[0, 4, 8])],
        };
        let limit = self.one_of(&[GAS, GAS, GAS, 100_000]);
        let message = Message::Call(Call {
            gas_limit: Weight::new(limit, 0),
            ..call(ALICE, contract, &input)
        });
        self.send(kind, &topics, message);
    }

    fn draw_claim(&mut self) {
        let (kind, contract) = self.one_of(&self.made.clone());
        let by_worker = self.numbers.below(2) == 0;
        self.send(kind, &[], claim(ALICE, contract, by_worker));
    }

    fn draw_schedule(&mut self) {
        let mut schedule = self.schedule();
        schedule.version += 1;
        schedule.enable_println = true;
        schedule.instruction_weights.call_per_local = self.one_of(&[0, 1_580]);
        let message = Message::UpdateSchedule(UpdateSchedule {
            schedule: schedule.encode(),
        });
        self.send(Kind::Idle, &[], message);
    }

    /// A contract is evicted, and restored by another.
    fn restoration(&mut self) {
        let allowance = 10_000_u128.to_le_bytes().to_vec();
        let evicted = self.deploy(Kind::Tenant, 60_000, allowance);
        // Another, so that the code stays.
        self.deploy(Kind::Tenant, 100_000_000, Vec::new());
        let tombstone = evicted.receipt.address.unwrap();
        self.end_block(1_000);
        let claimed = self.send(Kind::Tenant, &[], claim(ALICE, tombstone, true));
        assert_eq!(claimed.receipt.outcome, Outcome::Success);
        let made = self.deploy(Kind::Restorer, 100_000, Vec::new());
        let restorer = made.receipt.address.unwrap();
        self.end_block(1);
        let input = [&blake2_256(&Kind::Tenant.code())[..], &tombstone].concat();
        let message = Message::Call(call(ALICE, restorer, &input));
        let restored = self.send(Kind::Restorer, &[], message);
        assert_eq!(restored.receipt.outcome, Outcome::Success);
    }
}

#[test]
fn every_difference_is_a_named_repair() {
    let mut both = Both::new(0x005e_ed0f_1011);
    let rich = Message::Deposit(Deposit {
        dest: ALICE,
        amount: 1_000_000_000_000_000,
    });
    both.send(Kind::Idle, &[], rich);
    both.draw_schedule();
    for kind in [Kind::Puppet, Kind::Speaker] {
        both.deploy(kind, 100_000_000, Vec::new());
    }
    for _ in 0..1_500 {
        match both.numbers.below(40) {
            0..=9 => both.draw_deploy(),
            10..=30 => both.draw_call(),
            31 | 32 => both.draw_claim(),
            33 => both.draw_schedule(),
            34 => both.restoration(),
            _ => {
                let blocks = 1 + both.numbers.below(30) as u32;
                both.end_block(blocks);
            }
        }
    }
    for repair in REPAIRS {
        let times = both.seen.get(&repair).copied().unwrap_or_default();
        assert!(
            times >= 5,
            "{repair:?} came up {times} times: {:?}",
            both.seen
        );
    }
    assert!(both.equal >= 300, "{} were equal", both.equal);
}

/// The fields of [`Rules`] that differ are those that the repairs are named for; a new one has to
/// be given a name here.
#[test]
fn the_rules_differ_in_the_repairs_alone() {
    let repaired = Rules {
        // What a version is.
        version: Rules::V1_0.version,
        upgrades_from: Rules::V1_0.upgrades_from,
        schedule: Rules::V1_0.schedule,
        // The repairs.
        instrumentation: Rules::V1_0.instrumentation,
        call_indirect: CallIndirect::ParametersOnly,
        idle_work_is_reported: true,
        restore_recounts_items: false,
        topics_keep_their_order: false,
        failure_leaves_traces: true,
        exemption_counts_as_paid: false,
        println_is_charged: false,
        later_host_functions: false,
        ..Rules::V1_1
    };
    assert_eq!(Table::of(&repaired), Table::of(&Rules::V1_0));
}
