//! Where two workers of one cluster part.
//!
//! Each keeps of every block its state root, the root of its receipts and the running hash. Digests over
//! ranges of them are compared, from the first block that both have, and the range that differs is halved until one
//! block is left: the very first that differs, even if they met again later. In that block the first
//! message is looked for: by receipts, and where both can execute it again, by what each message changes.

mod message;
mod side;
mod summary;

pub use message::{part_in, Message};
pub use side::{Local, Remote, Side};
pub use summary::{
    About, Contents, Digests, Hex32, MessageSummary, OfferedSnapshot, Summary, MAX_DIGEST_BLOCKS,
    MAX_MESSAGES,
};

use crate::{fetch::SourceFailure, SnapshotError};
use fat_contracts_primitives::{BlockNumber, Seq};
use pink_worker_core::history::WitnessError;

/// Why two workers can't be compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompareError {
    /// They don't belong together.
    #[error("{one} has the {what} {of_one}, {other} the {what} {of_other}")]
    Unrelated {
        /// Cluster or genesis.
        what: &'static str,
        /// Who.
        one: String,
        /// What it has.
        of_one: String,
        /// Who else.
        other: String,
        /// What that one has.
        of_other: String,
    },
    /// No block is kept by both.
    #[error("no block is kept by both: {one} has {of_one}, {other} has {of_other}")]
    Apart {
        /// Who.
        one: String,
        /// Its blocks.
        of_one: String,
        /// Who else.
        other: String,
        /// Its blocks.
        of_other: String,
    },
    /// One of them says something else the second time, or keeps no block between two that it has.
    #[error("{who} contradicts itself about block {block}")]
    Contradiction {
        /// Who.
        who: String,
        /// The block.
        block: BlockNumber,
    },
    /// A store can't be read.
    #[error(transparent)]
    Store(#[from] SnapshotError),
    /// A worker can't be asked.
    #[error("{url}: {failure}")]
    Source {
        /// The worker's address.
        url: String,
        /// Why.
        failure: SourceFailure,
    },
    /// A message can't be executed again.
    #[error(transparent)]
    Witness(Box<WitnessError>),
}

impl From<WitnessError> for CompareError {
    fn from(error: WitnessError) -> Self {
        Self::Witness(error.into())
    }
}

impl CompareError {
    /// What the operator can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Unrelated { .. } => "name two workers of one cluster of one chain".into(),
            Self::Apart { .. } => {
                "compare with one that has older blocks, or wait until the other has newer ones"
                    .into()
            }
            Self::Contradiction { .. } => {
                "`check` it, or compare again while it executes nothing".into()
            }
            Self::Store(error) => error.hint(),
            Self::Source { .. } => "check the address, and that the worker serves there".into(),
            Self::Witness(_) => "look at the engine files".into(),
        }
    }
}

/// What two workers have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The first block that both keep.
    pub from: BlockNumber,
    /// The last block that both keep.
    pub to: BlockNumber,
    /// By how many blocks the one is ahead of the other; negative if it is behind.
    pub ahead: i64,
    /// Where they part; none if they don't.
    pub parting: Option<Parting>,
}

/// The first block that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parting {
    /// The block.
    pub block: BlockNumber,
    /// What differs.
    pub kind: Kind,
    /// The first message that differs, as far as what both keep shows it.
    pub seq: Option<Seq>,
    /// What the one keeps of the block.
    pub one: Summary,
    /// What the other keeps of it.
    pub other: Summary,
}

/// What differs in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is the first that both keep: they may have parted before it.
    Before,
    /// They executed different messages, amendments, or different inputs: they followed different chains, or one
    /// of them was lied to.
    History,
    /// Their messages were the same, and gave different receipts.
    Receipts,
    /// Messages and receipts are the same, and the state isn't.
    State,
}

impl Kind {
    /// In a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::History => "history",
            Self::Receipts => "receipts",
            Self::State => "state",
        }
    }
}

/// Compares two workers.
///
/// # Errors
/// They don't belong together, have no block in common, or one of them can't be asked.
pub fn compare(one: &dyn Side, other: &dyn Side) -> Result<Comparison, CompareError> {
    let (of_one, of_other) = (one.about()?, other.about()?);
    related("cluster", one, of_one.cluster, other, of_other.cluster)?;
    let genesis = |about: &About| about.genesis.map(|it| it.to_string());
    if let (Some(ours), Some(theirs)) = (genesis(&of_one), genesis(&of_other)) {
        related("genesis", one, Some(ours), other, Some(theirs))?;
    }
    let apart = || CompareError::Apart {
        one: one.name(),
        of_one: range(&of_one),
        other: other.name(),
        of_other: range(&of_other),
    };
    let (Some(from), Some(to)) = (
        of_one.first.zip(of_other.first).map(|(a, b)| a.max(b)),
        of_one.last.zip(of_other.last).map(|(a, b)| a.min(b)),
    ) else {
        return Err(apart());
    };
    if from > to {
        return Err(apart());
    }
    let last = |about: &About| i64::from(about.last.unwrap_or_default());
    let mut compared = Comparison {
        from,
        to,
        ahead: last(&of_one) - last(&of_other),
        parting: None,
    };
    if let Some(block) = first_difference(one, other, from, to)? {
        compared.parting = Some(look_at(one, other, from, block)?);
    }
    Ok(compared)
}

fn related<T: PartialEq + ToString>(
    what: &'static str,
    one: &dyn Side,
    of_one: Option<T>,
    other: &dyn Side,
    of_other: Option<T>,
) -> Result<(), CompareError> {
    match (of_one, of_other) {
        (Some(of_one), Some(of_other)) if of_one != of_other => Err(CompareError::Unrelated {
            what,
            one: one.name(),
            of_one: of_one.to_string(),
            other: other.name(),
            of_other: of_other.to_string(),
        }),
        _ => Ok(()),
    }
}

fn range(about: &About) -> String {
    match (about.first, about.last) {
        (Some(first), Some(last)) => format!("{first} to {last}"),
        _ => "none".into(),
    }
}

/// The first block in a range of which the two keep something else.
fn first_difference(
    one: &dyn Side,
    other: &dyn Side,
    from: BlockNumber,
    to: BlockNumber,
) -> Result<Option<BlockNumber>, CompareError> {
    let equal = |from, to| Ok::<_, CompareError>(one.digest(from, to)? == other.digest(from, to)?);
    let mut start = from;
    loop {
        let end = start.saturating_add(MAX_DIGEST_BLOCKS - 1).min(to);
        if !equal(start, end)? {
            let (mut low, mut high) = (start, end);
            while low < high {
                let middle = low.midpoint(high);
                if equal(low, middle)? {
                    low = middle.saturating_add(1)
                } else {
                    high = middle
                }
            }
            return Ok(Some(low));
        }
        if end == to {
            return Ok(None);
        }
        start = end.saturating_add(1);
    }
}

fn look_at(
    one: &dyn Side,
    other: &dyn Side,
    from: BlockNumber,
    block: BlockNumber,
) -> Result<Parting, CompareError> {
    let summary = |side: &dyn Side| {
        let who = side.name();
        let found = side.summary(block)?;
        found.ok_or(CompareError::Contradiction { who, block })
    };
    let mut parting = Parting {
        block,
        kind: Kind::State,
        seq: None,
        one: summary(one)?,
        other: summary(other)?,
    };
    let history = (parting.one.message_hash, parting.one.next_seq)
        != (parting.other.message_hash, parting.other.next_seq);
    let first = block == from;
    let difference = first_message(one, other, block)?;
    let beginning = first && difference.is_none();
    (parting.kind, parting.seq) = match difference {
        // A block that came with a snapshot shows no more than that; nor does one whose history
        // was another one before.
        None if first => (Kind::Before, None),
        None if history => (Kind::History, None),
        None => (Kind::State, None),
        Some((Kind::Receipts, _)) if first && history => (Kind::Before, None),
        Some((kind, seq)) => (kind, seq),
    };
    if beginning {
        // The first block of a history is what it is: there was nothing before it.
        let setup = |side: &dyn Side| side.contents(block, 0);
        let begins = |it: Option<Contents>| {
            let first = it.and_then(|it| it.messages.into_iter().next());
            first.is_some_and(|first| first.seq == 0)
        };
        if begins(setup(one)?) && begins(setup(other)?) {
            parting.kind = Kind::State;
        }
    }
    Ok(parting)
}

/// The first message of a block of which two workers keep something else; none if there is no such, or if one
/// of them didn't execute the block.
fn first_message(
    one: &dyn Side,
    other: &dyn Side,
    block: BlockNumber,
) -> Result<Option<(Kind, Option<Seq>)>, CompareError> {
    let mut from = 0;
    loop {
        let (Some(ours), Some(theirs)) = (one.contents(block, from)?, other.contents(block, from)?)
        else {
            return Ok(None);
        };
        if (ours.input, ours.amendments) != (theirs.input, theirs.amendments) {
            return Ok(Some((Kind::History, None)));
        }
        let pairs = ours.messages.iter().zip(&theirs.messages);
        for (ours, theirs) in pairs {
            if (ours.seq, ours.message) != (theirs.seq, theirs.message) {
                return Ok(Some((Kind::History, Some(ours.seq.min(theirs.seq)))));
            }
            if ours.receipt != theirs.receipt {
                return Ok(Some((Kind::Receipts, Some(ours.seq))));
            }
        }
        let (found, expected) = (ours.messages.len(), theirs.messages.len());
        if found != expected {
            let longer = if found > expected { &ours } else { &theirs };
            let next = longer.messages.get(found.min(expected));
            return Ok(Some((Kind::History, next.map(|it| it.seq))));
        }
        match ours.messages.last().filter(|_| ours.more || theirs.more) {
            Some(last) => from = last.seq.saturating_add(1),
            None => return Ok(None),
        }
    }
}
