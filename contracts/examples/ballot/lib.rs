//! Ballot: a vote among choices that ends by itself. Each account has one voice.
//!
//! Who votes is public, and accounts are free: it shows state, time and events, and isn't a fair election by itself.
#![cfg_attr(not(feature = "std"), no_std, no_main)]

#[ink::contract]
pub mod ballot {
    use ink::{
        prelude::{string::String, vec::Vec},
        storage::Mapping,
    };

    /// Most choices of a ballot: the result is counted in one message.
    pub const MOST_CHOICES: usize = 16;

    /// The state.
    #[ink(storage)]
    pub struct Ballot {
        choices: Vec<String>,
        /// How many voices each choice has.
        tally: Vec<u32>,
        /// The first moment, in milliseconds, in which nobody votes any more.
        closes_at: Timestamp,
        /// What each account chose.
        voices: Mapping<AccountId, u32>,
    }

    /// An account voted.
    #[ink(event)]
    pub struct Voted {
        #[ink(topic)]
        voter: AccountId,
        #[ink(topic)]
        choice: u32,
    }

    /// Why something wasn't done.
    #[derive(Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    pub enum Error {
        /// A ballot has from two to [`MOST_CHOICES`] choices.
        ChoicesOutOfRange,
        /// It is over.
        Closed,
        /// It isn't over yet.
        Open,
        /// The choices are numbered from 0, and there aren't as many.
        NoSuchChoice,
        /// This account has voted.
        AlreadyVoted,
    }

    impl Ballot {
        /// Opens a ballot for so many milliseconds from now on.
        #[ink(constructor)]
        pub fn new(choices: Vec<String>, open_ms: u64) -> Result<Self, Error> {
            if choices.len() < 2 || choices.len() > MOST_CHOICES {
                return Err(Error::ChoicesOutOfRange);
            }
            let mut tally = Vec::new();
            tally.resize(choices.len(), 0);
            Ok(Self {
                choices,
                tally,
                closes_at: Self::env().block_timestamp().saturating_add(open_ms),
                voices: Mapping::default(),
            })
        }

        /// Votes, once.
        #[ink(message)]
        pub fn vote(&mut self, choice: u32) -> Result<(), Error> {
            if self.is_closed() {
                return Err(Error::Closed);
            }
            let voter = self.env().caller();
            if self.voices.contains(voter) {
                return Err(Error::AlreadyVoted);
            }
            let voices = self
                .tally
                .get_mut(choice as usize)
                .ok_or(Error::NoSuchChoice)?;
            *voices = voices.checked_add(1).expect("fewer than 2^32 accounts vote");
            self.voices.insert(voter, &choice);
            self.env().emit_event(Voted { voter, choice });
            Ok(())
        }

        /// Returns the choices, in the order of their numbers.
        #[ink(message)]
        pub fn choices(&self) -> Vec<String> {
            self.choices.clone()
        }

        /// Returns how many voices each choice has.
        #[ink(message)]
        pub fn tally(&self) -> Vec<u32> {
            self.tally.clone()
        }

        /// Returns what an account chose.
        #[ink(message)]
        pub fn voice_of(&self, voter: AccountId) -> Option<u32> {
            self.voices.get(voter)
        }

        /// Returns when it closes, in milliseconds.
        #[ink(message)]
        pub fn closes_at(&self) -> Timestamp {
            self.closes_at
        }

        /// Returns what won, once it is over: nothing where several choices have the most voices.
        #[ink(message)]
        pub fn winner(&self) -> Result<Option<String>, Error> {
            if !self.is_closed() {
                return Err(Error::Open);
            }
            let most = self.tally.iter().max();
            let mut first = self.tally.iter().zip(&self.choices);
            let mut winners = first.by_ref().filter(|(voices, _)| Some(*voices) == most);
            let winner = winners.next().map(|(_, choice)| choice.clone());
            Ok(winner.filter(|_| winners.next().is_none()))
        }

        fn is_closed(&self) -> bool {
            self.env().block_timestamp() >= self.closes_at
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use ink::env::{
            test::{default_accounts, recorded_events, set_block_timestamp, set_caller},
            DefaultEnvironment as Env,
        };

        fn ballot() -> Ballot {
            set_block_timestamp::<Env>(1_000);
            Ballot::new(["tea", "coffee", "water"].map(String::from).into(), 500).unwrap()
        }

        #[ink::test]
        fn an_account_has_one_voice_until_the_end() {
            let accounts = default_accounts::<Env>();
            let mut ballot = ballot();
            set_caller::<Env>(accounts.alice);
            assert_eq!(ballot.vote(3), Err(Error::NoSuchChoice));
            assert_eq!(ballot.vote(1), Ok(()));
            assert_eq!(ballot.vote(0), Err(Error::AlreadyVoted));
            set_caller::<Env>(accounts.bob);
            set_block_timestamp::<Env>(1_499);
            assert_eq!(ballot.winner(), Err(Error::Open));
            assert_eq!(ballot.vote(1), Ok(()));
            set_caller::<Env>(accounts.charlie);
            set_block_timestamp::<Env>(1_500);
            assert_eq!(ballot.vote(1), Err(Error::Closed));
            assert_eq!(ballot.tally(), [0, 2, 0]);
            assert_eq!(ballot.voice_of(accounts.bob), Some(1));
            assert_eq!(ballot.voice_of(accounts.charlie), None);
            assert_eq!(ballot.winner(), Ok(Some("coffee".into())));
            assert_eq!(recorded_events().count(), 2);
        }

        #[ink::test]
        fn nobody_wins_a_draw() {
            let accounts = default_accounts::<Env>();
            let mut ballot = ballot();
            for (voter, choice) in [(accounts.alice, 0), (accounts.bob, 2)] {
                set_caller::<Env>(voter);
                ballot.vote(choice).unwrap();
            }
            set_block_timestamp::<Env>(1_500);
            assert_eq!(ballot.winner(), Ok(None));
        }

        #[ink::test]
        fn a_ballot_is_among_a_few() {
            let choices = |n: usize| (0..n).map(|_| String::from("a")).collect();
            for wrong in [0, 1, 17] {
                let made = Ballot::new(choices(wrong), 1).map(|_| ());
                assert_eq!(made, Err(Error::ChoicesOutOfRange));
            }
            assert!(Ballot::new(choices(16), 1).is_ok());
        }
    }
}
