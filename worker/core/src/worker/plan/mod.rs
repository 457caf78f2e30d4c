//! What a worker has to execute next, of what it was given: the blocks that follow its own last
//! one, each with every amendment of its messages that is known by now; and whether it has to go
//! back first, because a message that it executed was amended since.
//!
//! An amendment reaches a worker twice. The block that delivers it has it in its part of the
//! history, under the running hash: that counts. Before that a source may tell of it with the
//! block of the message, so that a worker that stands there can go on: that is a promise, see
//! [`promises`].

use super::Worker;
use crate::{
    error::WorkerError,
    exec::{amendment as applied, Disorder, ParkReason, Parked, Place, Promise},
};
use fat_contracts_primitives::{Amendment, BlockNumber, ClusterBlock, Remedy, Seq};
use std::{borrow::Cow, collections::BTreeSet};

mod promises;

/// What is to be done with blocks that were given.
#[derive(Debug)]
pub(crate) struct Plan<'i> {
    /// The blocks that follow, in order, as they have to be executed.
    pub(crate) blocks: Vec<Cow<'i, ClusterBlock>>,
    /// Where the history stands after each of them.
    pub(crate) places: Vec<Place>,
    /// Why what comes after them can't be.
    pub(crate) stopped: Option<Parked>,
    /// Where the worker has to go back to before.
    pub(crate) back: Option<GoBack>,
    /// Promises about blocks that weren't executed, which nobody stands by any more.
    pub(crate) dropped: Vec<Promise>,
    /// The blocks among these that were given now; the others waited.
    given: BTreeSet<BlockNumber>,
    /// The newest state that what was given now was read in.
    given_at: Option<BlockNumber>,
}

/// Blocks were executed otherwise than governance decided about their messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GoBack {
    /// The last block that stays.
    pub(crate) to: BlockNumber,
    /// Promises that weren't kept.
    pub(crate) broken: Vec<Promise>,
}

impl<'i> Plan<'i> {
    /// Puts blocks in order that wait in the store and blocks that are given, and checks that
    /// they follow.
    pub(crate) fn new(worker: &Worker, given: &'i [ClusterBlock]) -> Result<Self, WorkerError> {
        let head = worker.head()?;
        let (place, promised) = match head {
            Some((number, _, record)) => (Place::after(number, &record), record.promised),
            None => (Place::beginning(worker.cluster), Vec::new()),
        };
        let mut plan = Self {
            blocks: worker.rewound()?.into_iter().map(Cow::Owned).collect(),
            places: Vec::new(),
            stopped: None,
            back: None,
            dropped: Vec::new(),
            given: BTreeSet::new(),
            given_at: None,
        };
        for input in given {
            if let Err(disorder) = plan.take(worker, place.block, input)? {
                plan.stopped = Some(parked(input, None, disorder));
                break;
            }
        }
        plan.keep_what_follows(place);
        plan.check_promises();
        plan.amend(worker)?;
        plan.check_promised(worker, &promised)?;
        Ok(plan)
    }

    /// Takes a block, unless it was executed: then it must be the same again.
    fn take(
        &mut self,
        worker: &Worker,
        done: Option<BlockNumber>,
        input: &'i ClusterBlock,
    ) -> Result<Result<(), Disorder>, WorkerError> {
        if let Some(done) = done.filter(|done| input.number <= *done) {
            let Some(known) = worker.input(input.number)? else {
                return Ok(Ok(()));
            };
            return match repeats(&known, input) {
                Ok(()) => self.told_again(worker, done, &known, input),
                Err(disorder) => Ok(Err(disorder)),
            };
        }
        self.given.insert(input.number);
        let waiting = self.blocks.iter_mut();
        let mut waiting = waiting.filter(|it| it.number == input.number);
        let Some(known) = waiting.next() else {
            self.blocks.push(Cow::Borrowed(input));
            return Ok(Ok(()));
        };
        if let Err(disorder) = repeats(known, input) {
            return Ok(Err(disorder));
        }
        // What is told of its messages now counts. What was delivered meanwhile is in the blocks
        // that wait with it.
        *known = Cow::Borrowed(input);
        Ok(Ok(()))
    }

    /// Keeps the blocks that follow each other from a place on.
    fn keep_what_follows(&mut self, mut place: Place) {
        for at in 0..self.blocks.len() {
            let Some(input) = self.blocks.get(at) else {
                return;
            };
            match place.follow(input) {
                Ok(next) => {
                    self.places.push(next.clone());
                    place = next;
                }
                Err(disorder) => {
                    self.stop(at, None, disorder);
                    return;
                }
            }
        }
    }

    /// Puts every amendment that these blocks deliver to its message.
    fn amend(&mut self, worker: &Worker) -> Result<(), WorkerError> {
        let mut at = 0;
        while let Some(input) = self.blocks.get(at) {
            let by = input.number;
            for amendment in input.amendments.clone() {
                let Amendment { seq, remedy } = amendment;
                let (before, here) = self.blocks.split_at_mut(at);
                let holds =
                    |it: &Cow<'_, ClusterBlock>| it.messages.iter().any(|(it, _)| *it == seq);
                let found = before.iter().position(holds);
                // A confirmed checkpoint was made under every amendment of its messages: one of a message
                // whose block is confirmed never takes effect. So a snapshot that is past the message
                // has it, and what came behind may run by the engine that it brought.
                let in_snapshot = found.is_none() && worker.began_after(seq)?;
                let Some(of) = found.or(in_snapshot.then_some(0)) else {
                    if !self.amend_executed(worker, at, by, amendment)? {
                        return Ok(());
                    }
                    continue;
                };
                // The engine that an amendment brings runs from the message on, but blocks before
                // the amendment were made when nobody knew of it.
                let version = match remedy {
                    Remedy::ExecuteFrom(version) => Some(version),
                    Remedy::Skip => None,
                };
                let brought = here.first().and_then(|here| {
                    let mut known = here.engines.iter();
                    known.find(|(named, _)| Some(*named) == version).cloned()
                });
                let before = before.iter_mut().skip(of);
                for input in before {
                    if let Some(brought) = &brought {
                        if !input.engines.contains(brought) {
                            let engines = &mut input.to_mut().engines;
                            engines.retain(|(named, _)| *named != brought.0);
                            engines.push(brought.clone());
                        }
                    }
                }
                if let Some(of) = self.blocks.get_mut(of).filter(|_| !in_snapshot) {
                    if !of.amended_later.contains(&(by, amendment)) {
                        note(of.to_mut(), by, amendment);
                    }
                }
            }
            at = at.saturating_add(1);
        }
        Ok(())
    }

    /// An amendment that the block at a place delivers, of a message that was executed. Says
    /// whether the worker can do what it has to.
    fn amend_executed(
        &mut self,
        worker: &Worker,
        at: usize,
        by: BlockNumber,
        amendment: Amendment,
    ) -> Result<bool, WorkerError> {
        let seq = amendment.seq;
        let Some(mut of) = worker.block_of(seq)? else {
            // The place says that it is ordered: a store that begins later than that.
            return self.go_back(worker, at, seq, None, None);
        };
        // One that says the same again is another one all the same: the chain asks for its block.
        let was = applied(&of, seq);
        note(&mut of, by, amendment);
        if applied(&of, seq) == was {
            Ok(true)
        } else {
            self.go_back(worker, at, seq, Some(of.number), None)
        }
    }

    /// Has the worker go back to before a block. If it can't, nothing from the block at `at` on,
    /// which is why, is executed.
    fn go_back(
        &mut self,
        worker: &Worker,
        at: usize,
        seq: Seq,
        of: Option<BlockNumber>,
        broken: Option<Promise>,
    ) -> Result<bool, WorkerError> {
        let of = of.unwrap_or_default();
        if let Some(to) = before(worker, of)? {
            self.back_to(to, broken);
            return Ok(true);
        }
        let oldest = worker.store().oldest_state()?.unwrap_or_default();
        self.stop(
            at,
            Some(seq),
            ParkReason::AmendedTooLate { seq, of, oldest },
        );
        Ok(false)
    }

    /// Has the worker go back to a block, or further.
    fn back_to(&mut self, to: BlockNumber, broken: impl IntoIterator<Item = Promise>) {
        let back = self.back.get_or_insert(GoBack {
            to,
            broken: Vec::new(),
        });
        back.to = back.to.min(to);
        for promise in broken {
            if !back.broken.contains(&promise) {
                back.broken.push(promise);
            }
        }
    }

    /// Executes nothing from a place on.
    fn stop(&mut self, at: usize, seq: Option<Seq>, reason: impl Into<ParkReason>) {
        if let Some(input) = self.blocks.get(at) {
            self.stopped = Some(parked(input, seq, reason));
        }
        self.blocks.truncate(at);
    }
}

/// The block before one, if what came after it can be taken back.
fn before(worker: &Worker, of: BlockNumber) -> Result<Option<BlockNumber>, WorkerError> {
    let Some(to) = of.checked_sub(1) else {
        return Ok(None);
    };
    Ok(worker.store().can_revert_to(to)?.then_some(to))
}

pub(crate) fn parked(
    input: &ClusterBlock,
    seq: Option<Seq>,
    reason: impl Into<ParkReason>,
) -> Parked {
    Parked {
        cluster: input.cluster,
        block: input.number,
        seq,
        reason: Box::new(reason.into()),
    }
}

/// Checks that a block comes again as it was. Engine records may be others, because a development
/// chain replaces them, and so may what is known of later amendments. Of a block in which nothing happened the input
/// may be another: the running hash hasn't got it, so no rule looks at it, and who reads it from the chain's newest state knows
/// the number alone.
fn repeats(known: &ClusterBlock, again: &ClusterBlock) -> Result<(), Disorder> {
    let same = known.cluster == again.cluster
        && known.message_hash == again.message_hash
        && (!known.touched() || known.block_input() == again.block_input())
        && known.amendments == again.amendments
        && known.messages == again.messages;
    if same {
        Ok(())
    } else {
        Err(Disorder::Repeated {
            expected: known.message_hash,
            found: again.message_hash,
        })
    }
}

/// Notes a later amendment with a block, in the order of the blocks that deliver them.
fn note(input: &mut ClusterBlock, by: BlockNumber, amendment: Amendment) {
    let later = &mut input.amended_later;
    input.read_at = input.read_at.max(by);
    if !later.contains(&(by, amendment)) {
        let at = later.partition_point(|(known, _)| *known <= by);
        later.insert(at, (by, amendment));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fat_contracts_primitives::{Hash, MessageHash};

    fn block(now_ms: u64, amendments: Vec<Amendment>) -> ClusterBlock {
        let mut block = ClusterBlock {
            cluster: 1,
            number: 7,
            now_ms,
            entropy: Hash::repeat_byte(now_ms as u8),
            upgrade_targets: Vec::new(),
            system_code: None,
            engines: Vec::new(),
            amendments,
            amended_later: Vec::new(),
            messages: Vec::new(),
            message_hash: MessageHash::default(),
            read_at: 7,
            extrinsics: Vec::new(),
        };
        block.message_hash = block.fold(&MessageHash::default());
        block
    }

    /// As it was made, and as who reads the newest state knows it.
    #[test]
    fn of_a_block_in_which_nothing_happened_the_number_alone_comes_again() {
        let nothing = |now_ms| block(now_ms, Vec::new());
        repeats(&nothing(0), &nothing(42_000)).unwrap();
        repeats(&nothing(42_000), &nothing(0)).unwrap();
        let remedy = Remedy::Skip;
        let something = |now_ms| block(now_ms, vec![Amendment { seq: 3, remedy }]);
        repeats(&something(42_000), &something(42_000)).unwrap();
        repeats(&something(42_000), &something(0)).unwrap_err();
        // That something happened in it is no matter of taste either.
        repeats(&nothing(0), &something(0)).unwrap_err();
        repeats(&something(0), &nothing(0)).unwrap_err();
    }
}
