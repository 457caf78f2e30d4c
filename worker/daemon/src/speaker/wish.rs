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
    /// The chain refused what was acknowledged, of which this was known.
    pub(crate) disputed: Option<ChainView>,
    pub(crate) problem: Option<InstalledError>,
}

impl Outcome {
    /// There was nothing to say.
    pub(crate) fn nothing(problem: Option<InstalledError>) -> Self {
        Self {
            said: Ok(()),
            disputed: None,
            problem,
        }
    }
}

impl Wish {
    /// Says it, as long as it isn't overtaken: word by word, since one may take minutes. None if some of it is left, which a
    /// newer wish has, and nothing else is to be told.
    pub(super) fn say(
        self,
        sender: &mut dyn Sender,
        overtaken: impl Fn() -> bool,
    ) -> Option<Outcome> {
        let Self {
            cluster,
            seen,
            words,
            problem,
        } = self;
        let (mut disputed, mut begun, mut left) = (None, false, false);
        let said = say_all(words, |word| {
            left = left || (begun && overtaken());
            begun = true;
            if left {
                return Ok(());
            }
            match word {
                Word::Engines(files) => sender.announce_engines(files, &seen),
                Word::Acknowledge(checkpoints) => {
                    let said = sender.acknowledge(cluster, checkpoints, &seen);
                    disputed = matches!(said, Err(SendError::Refused { .. })).then_some(seen);
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
            }
        });
        (!left || said.is_err()).then_some(Outcome {
            said,
            disputed,
            problem,
        })
    }
}
