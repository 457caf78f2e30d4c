//! What there is to say to the chain, and what becomes of the rest where something isn't taken.

use super::{ParkReport, SendError, Voice};
use crate::KeyWord;
use fat_contracts_primitives::{Checkpoint, ClusterId, Hash};

/// Something to be said of one cluster. It is said again, as the chain then needs it, until the chain shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// Which engine files the worker has.
    Engines(Vec<Hash>),
    /// What the cluster's state is after checkpoints, in order and without gaps.
    Acknowledge(Vec<Checkpoint>),
    /// At which message the worker can't go on.
    Report(ParkReport),
    /// What the exchange of the cluster's key takes.
    Key(KeyWord),
}

impl Word {
    /// Says it.
    ///
    /// # Errors
    /// The chain can't be had, or refuses it.
    pub fn say(self, cluster: ClusterId, voice: &mut dyn Voice) -> Result<(), SendError> {
        match self {
            Self::Engines(files) => voice.announce_engines(files),
            Self::Acknowledge(checkpoints) => voice.acknowledge(cluster, checkpoints),
            Self::Report(report) => voice.report_parked(cluster, report),
            Self::Key(word) => word.say(cluster, voice),
        }
    }
}

/// Says words in their order.
///
/// Where an acknowledgement or a report isn't taken, nothing is said behind it: what moves money comes first. One
/// newcomer's envelope that isn't taken keeps nobody else's, and what is wrong with engine files is no reason not to
/// acknowledge. Where nobody answers nothing else is said either.
///
/// # Errors
/// The first thing that wasn't taken; what was said of engines only if it is all.
pub fn say_all(
    words: Vec<Word>,
    mut say: impl FnMut(Word) -> Result<(), SendError>,
) -> Result<(), SendError> {
    let (mut of_engines, mut of_keys) = (Ok(()), Ok(()));
    for word in words {
        let engines = matches!(word, Word::Engines(_));
        let keys = matches!(word, Word::Key(_));
        match say(word) {
            Ok(()) => {}
            Err(error @ SendError::Refused { .. })
            | Err(error @ SendError::TooManyEngines { .. })
                if engines =>
            {
                of_engines = Err(error);
            }
            Err(error @ SendError::Refused { .. }) if keys => of_keys = of_keys.and(Err(error)),
            Err(error) => return Err(error),
        }
    }
    of_keys.and(of_engines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceError, TransientError};
    use fat_contracts_primitives::ParkCause;

    fn refused() -> SendError {
        SendError::Refused {
            call: "a call",
            reason: "as asked".into(),
        }
    }

    fn unreachable() -> SendError {
        SourceError::from(TransientError::Unreachable {
            endpoint: "here".into(),
            what: "something",
            reason: "nobody answers".into(),
        })
        .into()
    }

    fn words() -> Vec<Word> {
        let report = ParkReport {
            block: 1,
            seq: 2,
            cause: ParkCause::EngineMissing,
            as_of: 3,
        };
        vec![
            Word::Engines(Vec::new()),
            Word::Acknowledge(Vec::new()),
            Word::Report(report),
            Word::Key(KeyWord::SetKey([1; 32])),
            Word::Key(KeyWord::SetKey([2; 32])),
        ]
    }

    /// How many words were tried, and the place of the one whose error it is, where these fail.
    fn tried(failing: &[usize], error: fn() -> SendError) -> (usize, Option<String>) {
        let mut tried = 0;
        let said = say_all(words(), |_| {
            let at = tried;
            tried += 1;
            match (failing.contains(&at), error()) {
                (false, _) => Ok(()),
                (true, SendError::Refused { call, .. }) => Err(SendError::Refused {
                    call,
                    reason: at.to_string(),
                }),
                (true, error) => Err(error),
            }
        });
        (tried, said.err().map(|error| error.to_string()))
    }

    #[test]
    fn what_isnt_taken_keeps_back_what_it_has_to() {
        let of = |at: usize| Some(format!("the chain refuses a call: {at}"));
        assert_eq!(tried(&[], refused), (5, None));
        assert_eq!(tried(&[0], refused), (5, of(0)));
        assert_eq!(tried(&[0, 1], refused), (2, of(1)));
        assert_eq!(tried(&[2], refused), (3, of(2)));
        assert_eq!(tried(&[3], refused), (5, of(3)));
        assert_eq!(tried(&[0, 3, 4], refused), (5, of(3)));
        let nobody = Some(unreachable().to_string());
        assert_eq!(tried(&[0], unreachable), (1, nobody.clone()));
        assert_eq!(tried(&[1], unreachable), (2, nobody.clone()));
        assert_eq!(tried(&[3], unreachable), (4, nobody));
    }
}
