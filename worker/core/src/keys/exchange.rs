//! How a worker comes to its cluster's key, and hands it on, without anybody copying a file.
//!
//! One look is one step, and each can be the last one before a crash:
//!
//! * The cluster's first member draws the seed into [`DRAWN_KEY_FILE`], and commits to it on the chain.
//!   It uses the seed when the chain has the commitment, and not before: what is lost in between, or
//!   comes second, was never used.
//! * Whoever has no key puts its X25519 key on the chain, and opens what members seal to that. What is
//!   the key of the chain's commitment is kept in the base path; everything else is named and left alone.
//! * Whoever has the key seals it to each member with an X25519 key to which it hasn't yet, on a chain that somebody
//!   vouched for.
//! * Whoever has another key than the chain's commitment says nothing at all.

use super::{
    file::{bytes_of, found, keep_new, load, random_seed, remove, replace},
    ClusterKey, EnvelopeError, EnvelopeSecret, KeyError, KeyFileError, KeyStanding, KeyWord,
    CLUSTER_KEY_FILE,
};
use crate::{
    source::{ChainSource, KeyMember, KeyState},
    Worker,
};
use fat_contracts_primitives::{
    AccountId, BlockNumber, ClusterId, EnvelopeKey, KeyCommitment, SealedKey,
};
use parity_scale_codec::{Decode, DecodeAll, Encode};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// The file in a base path of a seed that was drawn, until the chain has the commitment to it.
pub const DRAWN_KEY_FILE: &str = "drawn.key";

/// The file in a base path of what was sealed to which key. Without it an envelope that the chain has counts as one to
/// the key of now.
pub const SEALED_FILE: &str = "sealed.envelopes";

/// By member: the X25519 key, and what was sealed to it, if anything can be.
type Envelopes = BTreeMap<AccountId, (EnvelopeKey, Option<SealedKey>)>;

/// What was sealed of which key: governance can have a cluster get another one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
struct Sealed {
    cluster: ClusterId,
    of: KeyCommitment,
    envelopes: Envelopes,
}

/// Gets one cluster's key for one worker, and hands it on.
#[derive(Debug)]
pub struct KeyExchange {
    cluster: ClusterId,
    base: PathBuf,
    secret: EnvelopeSecret,
    standing: KeyStanding,
    /// Envelopes that gave no key, by sender: none is opened twice, or named twice.
    refused: BTreeMap<AccountId, (SealedKey, EnvelopeError)>,
    /// What was sealed to which key: to be said again in the same words until it is on the chain, and
    /// anew if it came too late for its key. The chain has no keys with its envelopes, so it is in [`SEALED_FILE`] too.
    sealed: Sealed,
    /// It is handed to nobody.
    kept: bool,
    /// How many members wait for it all the same.
    withheld: usize,
}

impl KeyExchange {
    /// For a cluster, with the keys of a base path. The worker's X25519 key is made if there is none.
    ///
    /// # Errors
    /// A key's file can't be read or made, others may read it, or it holds no key.
    pub fn of_base_path(cluster: ClusterId, base: &Path) -> Result<Self, KeyFileError> {
        Ok(Self {
            cluster,
            base: base.into(),
            secret: EnvelopeSecret::of_base_path(base)?,
            standing: KeyStanding::NotMember,
            refused: BTreeMap::new(),
            sealed: sealed_before(base)?,
            kept: false,
            withheld: 0,
        })
    }

    /// Hands the key to nobody. A source proves what its chain has, and not that this is the chain that is meant:
    /// members of one that somebody made up are made up as well.
    #[must_use]
    pub fn keeping_it(mut self) -> Self {
        self.kept = true;
        self
    }

    /// How many members waited at the last look for the key that is [kept](Self::keeping_it).
    pub fn withheld(&self) -> usize {
        self.withheld
    }

    /// Where the worker stood after the last look.
    pub fn standing(&self) -> KeyStanding {
        self.standing
    }

    /// The envelopes that gave no key, by sender: whoever sealed one is faulty, or lies.
    pub fn refused(&self) -> impl Iterator<Item = (&AccountId, &EnvelopeError)> {
        self.refused.iter().map(|(from, (_, error))| (from, error))
    }

    /// Looks at what the chain has, takes the key if it is there, and returns what there is to say. It
    /// is said again, in the same words, as long as the chain doesn't have it.
    ///
    /// # Errors
    /// See [`KeyError`]. After [`KeyError::OtherKey`] the worker must say nothing.
    pub fn look(
        &mut self,
        worker: &Worker,
        source: &dyn ChainSource,
    ) -> Result<Vec<KeyWord>, KeyError> {
        let account = source.account().clone();
        let state = source.cluster_keys(self.cluster, &account)?;
        if worker.cluster_key().is_none() {
            // Files remain for those who want them.
            if let Some(key) = ClusterKey::of_base_path(&self.base)? {
                self.check(&key, &state)?;
                self.install(worker, key);
            }
        }
        let held = worker.cluster_key();
        if let Some(key) = &held {
            self.check(key, &state)?;
        }
        let Some(me) = state.members.iter().find(|it| it.worker == account) else {
            self.standing = KeyStanding::NotMember;
            return Ok(Vec::new());
        };
        let own = me.key;
        match (state.commitment, held) {
            (Some(_), Some(key)) => {
                // What was drawn has become the key, or came second and was never used.
                remove(&self.base, DRAWN_KEY_FILE)?;
                self.refused.clear();
                self.standing = KeyStanding::Held;
                self.share(&key, &account, &state)
            }
            (Some(expected), None) => match self.received(&account, &state, expected)? {
                Some(key) => {
                    key.keep_new(&self.base)?;
                    self.install(worker, key);
                    remove(&self.base, DRAWN_KEY_FILE)?;
                    self.refused.clear();
                    self.standing = KeyStanding::Held;
                    self.share(&key, &account, &state)
                }
                None => Ok(self.ask(own, !state.envelopes.is_empty())),
            },
            (None, Some(key)) if state.first.as_ref() == Some(&account) => {
                self.standing = KeyStanding::Committing;
                Ok(vec![KeyWord::Commit(key.commitment())])
            }
            (None, Some(_)) => {
                self.standing = KeyStanding::Uncommitted;
                Ok(Vec::new())
            }
            (None, None) if state.first.as_ref() == Some(&account) => {
                self.draw(worker, state.confirmed)
            }
            (None, None) => {
                let words = self.ask(own, false);
                self.standing = KeyStanding::WaitsForCommitment;
                Ok(words)
            }
        }
    }

    /// Refuses a key that isn't the cluster's.
    fn check(&self, key: &ClusterKey, state: &KeyState) -> Result<(), KeyError> {
        let found = key.commitment();
        match state.commitment {
            Some(expected) if expected != found => Err(KeyError::OtherKey {
                cluster: self.cluster,
                expected,
                found,
                path: self.base.join(CLUSTER_KEY_FILE),
            }),
            _ => Ok(()),
        }
    }

    /// From now on the worker executes with the key.
    fn install(&self, worker: &Worker, key: ClusterKey) {
        worker.install_cluster_key(key);
        let (cluster, commitment) = (self.cluster, key.commitment());
        tracing::info!(cluster, ?commitment, "has the cluster's key");
    }

    /// The key of the chain's commitment: the one that was drawn here, or one out of an envelope.
    fn received(
        &mut self,
        account: &AccountId,
        state: &KeyState,
        expected: KeyCommitment,
    ) -> Result<Option<ClusterKey>, KeyError> {
        let drawn = self.drawn()?;
        if let Some(drawn) = drawn.filter(|drawn| drawn.commitment() == expected) {
            return Ok(Some(drawn));
        }
        for (from, sealed) in &state.envelopes {
            if self
                .refused
                .get(from)
                .is_some_and(|(known, _)| known == sealed)
            {
                continue;
            }
            match self.secret.open(self.cluster, account, sealed, expected) {
                Ok(key) => return Ok(Some(key)),
                Err(error) => {
                    tracing::warn!(cluster = self.cluster, ?from, %error, "no key in an envelope");
                    self.refused.insert(from.clone(), (*sealed, error));
                }
            }
        }
        Ok(None)
    }

    /// Has the X25519 key put on the chain, where it isn't yet.
    fn ask(&mut self, on_chain: Option<EnvelopeKey>, sealed: bool) -> Vec<KeyWord> {
        let own = self.secret.public();
        let known = on_chain == Some(own);
        self.standing = if !known && sealed {
            KeyStanding::LostEnvelopeKey
        } else {
            KeyStanding::WaitsForEnvelope
        };
        if known || sealed {
            Vec::new()
        } else {
            vec![KeyWord::SetKey(own)]
        }
    }

    fn drawn(&self) -> Result<Option<ClusterKey>, KeyFileError> {
        let drawn = found(load(&self.base.join(DRAWN_KEY_FILE)))?;
        Ok(drawn.map(ClusterKey::new))
    }

    /// Draws a key, once, and commits to it.
    fn draw(&mut self, worker: &Worker, confirmed: BlockNumber) -> Result<Vec<KeyWord>, KeyError> {
        let drawn = match self.drawn()? {
            Some(drawn) => drawn,
            None => {
                // Without a key nobody gets past a message that asks for one. So if what is confirmed was
                // executed here as well, nobody has used a key for it.
                let head = worker.head().map_err(Box::new)?;
                if head.is_none_or(|(number, ..)| number < confirmed) {
                    self.standing = KeyStanding::BehindHistory;
                    return Ok(Vec::new());
                }
                let drawn = random_seed(&self.base, DRAWN_KEY_FILE)?;
                // It is on the disk before anybody hears of it: else a crash would lose it for ever.
                keep_new(&drawn, &self.base, DRAWN_KEY_FILE)?;
                ClusterKey::new(drawn)
            }
        };
        self.standing = KeyStanding::Committing;
        Ok(vec![KeyWord::Commit(drawn.commitment())])
    }

    /// Seals the key to members to whom this worker hasn't yet.
    fn share(
        &mut self,
        key: &ClusterKey,
        account: &AccountId,
        state: &KeyState,
    ) -> Result<Vec<KeyWord>, KeyError> {
        let cluster = self.cluster;
        if self.kept {
            let waits =
                |it: &&KeyMember| it.worker != *account && it.key.is_some() && it.sealed.is_none();
            self.withheld = state.members.iter().filter(waits).count();
            return Ok(Vec::new());
        }
        let mut sealed_to = Sealed {
            cluster,
            of: key.commitment(),
            envelopes: Envelopes::new(),
        };
        let same = (self.sealed.cluster, self.sealed.of) == (sealed_to.cluster, sealed_to.of);
        // It stays as it was if it can't be written: then nothing is said, and the next look does the same.
        let mut before = match same {
            true => self.sealed.envelopes.clone(),
            false => Envelopes::new(),
        };
        let mut words = Vec::new();
        for member in &state.members {
            let Some(to) = member.key else { continue };
            if member.worker == *account {
                continue;
            }
            let known = before.remove(&member.worker);
            // What was on its way to a key that isn't there any more is of no use to anybody.
            let stale = known.as_ref().is_some_and(|(of, _)| *of != to);
            let known = known.filter(|_| !stale);
            let ours = |(_, sealed): &(_, Option<SealedKey>)| member.sealed == *sealed;
            if member.sealed.is_some() && !stale && known.as_ref().is_none_or(ours) {
                sealed_to
                    .envelopes
                    .extend(known.map(|known| (member.worker.clone(), known)));
                continue;
            }
            let sealed = match known {
                Some((_, sealed)) => sealed,
                None => match key.seal(cluster, &member.worker, &to) {
                    Ok(sealed) => Some(sealed),
                    Err(error) => {
                        let worker = &member.worker;
                        tracing::warn!(cluster, ?worker, %error, "the key isn't sealed");
                        // Randomness may come back; a key that can't be used stays one.
                        if !matches!(error, EnvelopeError::UnusableKey { .. }) {
                            continue;
                        }
                        None
                    }
                },
            };
            sealed_to
                .envelopes
                .insert(member.worker.clone(), (to, sealed));
            words.extend(sealed.map(|sealed| KeyWord::Share {
                to: member.worker.clone(),
                sealed,
            }));
        }
        if sealed_to != self.sealed {
            // Before anybody hears of it: a word that was said may land at any time.
            replace(&sealed_to.encode(), &self.base, SEALED_FILE)?;
            self.sealed = sealed_to;
        }
        Ok(words)
    }
}

/// What an earlier run sealed. A file that can't be understood says nothing.
fn sealed_before(base: &Path) -> Result<Sealed, KeyFileError> {
    let Some(bytes) = bytes_of(base, SEALED_FILE)? else {
        return Ok(Sealed::default());
    };
    Ok(Sealed::decode_all(&mut &bytes[..]).unwrap_or_else(|error| {
        tracing::warn!(%error, "{SEALED_FILE} says nothing");
        Sealed::default()
    }))
}
