//! The simulator's own ledger of a cluster's money: what was brought is added up from the messages,
//! what left from the transfers that the chain's balances report, and each of those has to be owed
//! to somebody, once. The pallet's books have no part in it.

use fat_contracts_primitives::{
    AccountId, Balance, BlockNumber, ClusterBlock, ClusterMessage, Remedy, Seq,
};
use pallet_fat_contracts::Withdrawals;
use pink_capi::types::{Effect, Failure, Outcome};
use pink_worker_core::Worker;
use runtime_mock::{
    runtime::{FatContracts, Runtime},
    Block, MockChain, EXISTENTIAL_DEPOSIT,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Add,
};

/// Money that a message brought, or asks for.
#[derive(Clone, Debug)]
struct Sum {
    of: BlockNumber,
    /// Who gets it, if it leaves.
    who: AccountId,
    amount: Balance,
    /// How often it left.
    paid: u32,
}

/// How many messages of each kind were looked at in the end.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Settlements {
    pub(crate) paid: u64,
    pub(crate) refused: u64,
    pub(crate) returned: u64,
}

impl Add for Settlements {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            paid: self.paid + other.paid,
            refused: self.refused + other.refused,
            returned: self.returned + other.returned,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Money {
    cluster: u64,
    escrow: AccountId,
    /// What has to be there.
    held: Balance,
    deposits: BTreeMap<Seq, Sum>,
    withdrawals: BTreeMap<Seq, Sum>,
    /// Messages that governance skipped.
    skipped: BTreeSet<Seq>,
}

impl Money {
    pub(crate) fn new(chain: &MockChain, cluster: u64) -> Self {
        Self {
            cluster,
            escrow: chain.query(|| FatContracts::escrow_account(cluster)),
            held: 0,
            deposits: BTreeMap::new(),
            withdrawals: BTreeMap::new(),
            skipped: BTreeSet::new(),
        }
    }

    /// Follows a block of the chain.
    pub(crate) fn follow(&mut self, chain: &MockChain, block: &Block, input: &ClusterBlock) {
        let number = input.number;
        let skips = input
            .amendments
            .iter()
            .filter(|it| it.remedy == Remedy::Skip);
        self.skipped.extend(skips.map(|it| it.seq));
        for (from, to, amount) in block.transfers() {
            if from == self.escrow {
                self.left(number, &to, amount);
            }
        }
        for (seq, message) in &input.messages {
            let sum = |who: &AccountId, amount: &Balance| Sum {
                of: number,
                who: who.clone(),
                amount: *amount,
                paid: 0,
            };
            match message {
                ClusterMessage::Setup { owner, deposit, .. } => {
                    // The account was opened with what keeps it.
                    self.held += EXISTENTIAL_DEPOSIT + deposit;
                    self.deposits.insert(*seq, sum(owner, deposit));
                }
                ClusterMessage::Deposit { from, amount, .. } => {
                    self.held += amount;
                    self.deposits.insert(*seq, sum(from, amount));
                }
                ClusterMessage::Withdraw { dest, amount, .. } => {
                    self.withdrawals.insert(*seq, sum(dest, amount));
                }
                _ => {}
            }
        }
        assert_eq!(
            chain.balance(&self.escrow),
            self.held,
            "block {number}: the escrow"
        );
    }

    /// Money left the escrow: somebody was owed it.
    fn left(&mut self, number: BlockNumber, to: &AccountId, amount: Balance) {
        let fits = |sum: &Sum| sum.paid == 0 && (&sum.who, sum.amount) == (to, amount);
        let skipped = &self.skipped;
        let withdrawals = self.withdrawals.iter_mut();
        let mut withdrawal = withdrawals.filter(|(seq, it)| !skipped.contains(seq) && fits(it));
        let deposits = self.deposits.iter_mut();
        let mut deposit = deposits.filter(|(seq, it)| skipped.contains(seq) && fits(it));
        let owed = withdrawal.next().or_else(|| deposit.next());
        let (_, sum) = owed.unwrap_or_else(|| {
            panic!("block {number}: {amount} was paid to {to:?}, who isn't owed it")
        });
        sum.paid += 1;
        self.held -= amount;
    }

    /// What a worker that knows everything up to its head says of the messages, and the ledger that
    /// it has then, account for all the money that the chain holds, and for all that it paid of what
    /// was confirmed: messages before `confirmed`.
    pub(crate) fn settle(&self, chain: &MockChain, worker: &Worker, confirmed: Seq) -> Settlements {
        let head = worker
            .head()
            .expect("read")
            .map_or(0, |(number, ..)| number);
        let mut settled = Settlements::default();
        let mut owed = 0;
        let due = |seq: Seq| {
            let known = chain.query(|| Withdrawals::<Runtime>::get(self.cluster, seq));
            known.map(|it| it.due)
        };
        let outcomes = self.outcomes(worker, head);
        for (seq, sum) in &self.withdrawals {
            let Some((debited, skipped)) = outcomes.get(seq) else {
                assert_eq!(
                    sum.paid, 0,
                    "withdrawal {seq} was paid, and wasn't executed"
                );
                continue;
            };
            assert!(
                !(*skipped && *debited),
                "withdrawal {seq} was skipped, and debited"
            );
            if !debited {
                assert_eq!(sum.paid, 0, "withdrawal {seq} was refused, and paid");
                settled.refused += 1;
            } else {
                owed += sum.amount * Balance::from(1 - sum.paid);
                settled.paid += u64::from(sum.paid);
            }
            if *seq < confirmed {
                let expected = (*debited && sum.paid == 0).then_some(true);
                assert_eq!(
                    due(*seq),
                    expected,
                    "withdrawal {seq}: what the chain still owes"
                );
            }
        }
        for (seq, sum) in &self.deposits {
            match outcomes.get(seq) {
                None => {
                    // It isn't in the ledger yet.
                    owed += sum.amount * Balance::from(1 - sum.paid);
                }
                Some((_, false)) => {
                    assert_eq!(
                        sum.paid, 0,
                        "deposit {seq} is in the ledger, and was returned"
                    );
                }
                Some((_, true)) => {
                    assert!(self.skipped.contains(seq), "deposit {seq} was rejected");
                    owed += sum.amount * Balance::from(1 - sum.paid);
                    let expected = (sum.paid == 0).then_some(true);
                    assert_eq!(
                        due(*seq),
                        expected,
                        "deposit {seq} was skipped, and is lost"
                    );
                    settled.returned += u64::from(sum.paid);
                }
            }
        }
        let view = worker.view().expect("a cluster");
        let ledger = view.total_issuance().expect("the engine answers");
        assert_eq!(
            self.held,
            EXISTENTIAL_DEPOSIT + ledger + owed,
            "block {head}: the escrow isn't what it owes"
        );
        settled
    }

    /// Of each deposit and withdrawal that a worker executed: whether it was debited, and whether it
    /// was skipped.
    fn outcomes(&self, worker: &Worker, head: BlockNumber) -> BTreeMap<Seq, (bool, bool)> {
        let sums = self.withdrawals.values().chain(self.deposits.values());
        let blocks: BTreeSet<_> = sums.map(|it| it.of).filter(|of| *of <= head).collect();
        let receipts = blocks
            .into_iter()
            .flat_map(|block| worker.receipts(block).expect("read"));
        let outcome = receipts.map(|it| {
            let debited = it
                .receipt
                .effects
                .contains(&Effect::Withdrawn { debited: true });
            let skipped = matches!(
                &it.receipt.outcome,
                Outcome::Rejected(Failure { error, .. }) if error == "Amended"
            );
            (it.seq, (debited, skipped))
        });
        outcome.collect()
    }
}
