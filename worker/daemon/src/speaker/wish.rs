//! What there is to say as of one state of the chain, and what became of it.

use fat_contracts_primitives::ClusterId;
use pink_rpc_source::{ChainView, Sender};
use pink_worker_core::{
    source::{say_all, SendError, Word},
    InstalledError, KeyWord,
};

/// What there is to say, as of one state of the chain.
#[derive(Debug)]
pub struct Wish {
    pub(crate) cluster: ClusterId,
    /// No newer than that state.
    pub(crate) seen: ChainView,
    pub(crate) words: Vec<Word>,
    /// Why there are engine files that it doesn't name.
    pub(crate) problem: Option<InstalledError>,
}

/// What became of a wish.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Whether all of it is on its way.
    pub(crate) said: Result<(), SendError>,
    /// The chain refused what was acknowledged.
    pub(crate) disputed: bool,
    pub(crate) problem: Option<InstalledError>,
}

impl Outcome {
    /// There was nothing to say.
    pub(crate) fn nothing(problem: Option<InstalledError>) -> Self {
        Self {
            said: Ok(()),
            disputed: false,
            problem,
        }
    }
}

impl Wish {
    pub(super) fn say(self, sender: &mut dyn Sender) -> Outcome {
        let Self {
            cluster,
            seen,
            words,
            problem,
        } = self;
        let mut disputed = false;
        let said = say_all(words, |word| match word {
            Word::Engines(files) => sender.announce_engines(files, &seen),
            Word::Acknowledge(checkpoints) => {
                let said = sender.acknowledge(cluster, checkpoints, &seen);
                disputed = matches!(said, Err(SendError::Refused { .. }));
                said
            }
            Word::Report(report) => sender.report_parked(cluster, report, &seen),
            Word::Key(KeyWord::SetKey(key)) => sender.set_worker_key(key, &seen),
            Word::Key(KeyWord::Commit(commitment)) => {
                sender.commit_cluster_key(cluster, commitment, &seen)
            }
            Word::Key(KeyWord::Share { to, sealed }) => {
                sender.share_cluster_key(cluster, to, sealed, &seen)
            }
        });
        Outcome {
            said,
            disputed,
            problem,
        }
    }
}
