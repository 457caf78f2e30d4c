//! Token: a fungible token with allowances, in the manner of ERC-20.
//!
//! What most contracts on a chain resemble: two maps, events with topics, and errors that are values.
//! Tests use it for histories with many accounts, for events, and for messages that revert.
#![cfg_attr(not(feature = "std"), no_std, no_main)]

#[ink::contract]
pub mod token {
    use ink::storage::Mapping;

    /// The state: who has how much, and who may spend how much of whose.
    #[ink(storage)]
    pub struct Token {
        total_supply: Balance,
        balances: Mapping<AccountId, Balance>,
        /// By owner and spender.
        allowances: Mapping<(AccountId, AccountId), Balance>,
    }

    /// Tokens changed hands. Without a sender they are new.
    #[ink(event)]
    pub struct Transfer {
        #[ink(topic)]
        from: Option<AccountId>,
        #[ink(topic)]
        to: Option<AccountId>,
        value: Balance,
    }

    /// An owner set what a spender may take.
    #[ink(event)]
    pub struct Approval {
        #[ink(topic)]
        owner: AccountId,
        #[ink(topic)]
        spender: AccountId,
        value: Balance,
    }

    /// Why nothing was transferred.
    #[derive(Debug, PartialEq, Eq)]
    #[ink::scale_derive(Encode, Decode, TypeInfo)]
    pub enum Error {
        /// The account has less than that.
        InsufficientBalance,
        /// The owner allowed less than that.
        InsufficientAllowance,
    }

    impl Token {
        /// Gives the whole supply to the caller.
        #[ink(constructor)]
        pub fn new(total_supply: Balance) -> Self {
            let caller = Self::env().caller();
            let mut balances = Mapping::default();
            balances.insert(caller, &total_supply);
            Self::env().emit_event(Transfer {
                from: None,
                to: Some(caller),
                value: total_supply,
            });
            Self {
                total_supply,
                balances,
                allowances: Mapping::default(),
            }
        }

        /// Returns how many tokens there are.
        #[ink(message)]
        pub fn total_supply(&self) -> Balance {
            self.total_supply
        }

        /// Returns how many tokens `owner` has.
        #[ink(message)]
        pub fn balance_of(&self, owner: AccountId) -> Balance {
            self.balances.get(owner).unwrap_or_default()
        }

        /// Returns how much of `owner`'s tokens `spender` may still transfer.
        #[ink(message)]
        pub fn allowance(&self, owner: AccountId, spender: AccountId) -> Balance {
            self.allowances.get((owner, spender)).unwrap_or_default()
        }

        /// Transfers the caller's tokens.
        #[ink(message)]
        pub fn transfer(&mut self, to: AccountId, value: Balance) -> Result<(), Error> {
            self.move_tokens(self.env().caller(), to, value)
        }

        /// Lets `spender` transfer `value` of the caller's tokens, in place of what it might before.
        #[ink(message)]
        pub fn approve(&mut self, spender: AccountId, value: Balance) -> Result<(), Error> {
            let owner = self.env().caller();
            self.allowances.insert((owner, spender), &value);
            self.env().emit_event(Approval {
                owner,
                spender,
                value,
            });
            Ok(())
        }

        /// Transfers `from`'s tokens, out of what it allowed the caller.
        #[ink(message)]
        pub fn transfer_from(
            &mut self,
            from: AccountId,
            to: AccountId,
            value: Balance,
        ) -> Result<(), Error> {
            let spender = self.env().caller();
            let left = self
                .allowance(from, spender)
                .checked_sub(value)
                .ok_or(Error::InsufficientAllowance)?;
            self.move_tokens(from, to, value)?;
            self.allowances.insert((from, spender), &left);
            Ok(())
        }

        fn move_tokens(
            &mut self,
            from: AccountId,
            to: AccountId,
            value: Balance,
        ) -> Result<(), Error> {
            let left = self
                .balance_of(from)
                .checked_sub(value)
                .ok_or(Error::InsufficientBalance)?;
            self.balances.insert(from, &left);
            // Read after the first write: sender and receiver may be one account.
            let sum = self
                .balance_of(to)
                .checked_add(value)
                .expect("no account has more than the supply");
            self.balances.insert(to, &sum);
            self.env().emit_event(Transfer {
                from: Some(from),
                to: Some(to),
                value,
            });
            Ok(())
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use ink::env::{
            test::{default_accounts, recorded_events, set_caller},
            DefaultEnvironment as Env,
        };

        #[ink::test]
        fn transfer_moves_tokens_and_keeps_the_sum() {
            let accounts = default_accounts::<Env>();
            set_caller::<Env>(accounts.alice);
            let mut token = Token::new(100);
            assert_eq!(token.transfer(accounts.bob, 30), Ok(()));
            assert_eq!(token.transfer(accounts.alice, 70), Ok(()));
            assert_eq!(token.balance_of(accounts.alice), 70);
            assert_eq!(token.balance_of(accounts.bob), 30);
            assert_eq!(
                token.transfer(accounts.bob, 71),
                Err(Error::InsufficientBalance)
            );
            assert_eq!(recorded_events().count(), 3);
        }

        #[ink::test]
        fn transfer_from_spends_the_allowance() {
            let accounts = default_accounts::<Env>();
            set_caller::<Env>(accounts.alice);
            let mut token = Token::new(100);
            token.approve(accounts.bob, 40).unwrap();

            set_caller::<Env>(accounts.bob);
            assert_eq!(
                token.transfer_from(accounts.alice, accounts.charlie, 41),
                Err(Error::InsufficientAllowance)
            );
            assert_eq!(
                token.transfer_from(accounts.alice, accounts.charlie, 25),
                Ok(())
            );
            assert_eq!(token.allowance(accounts.alice, accounts.bob), 15);
            assert_eq!(token.balance_of(accounts.charlie), 25);
            assert_eq!(token.total_supply(), 100);
        }

        #[ink::test]
        fn a_refused_transfer_from_leaves_the_allowance() {
            let accounts = default_accounts::<Env>();
            set_caller::<Env>(accounts.alice);
            let mut token = Token::new(10);
            token.approve(accounts.bob, 40).unwrap();
            set_caller::<Env>(accounts.bob);
            assert_eq!(
                token.transfer_from(accounts.alice, accounts.charlie, 11),
                Err(Error::InsufficientBalance)
            );
            assert_eq!(token.allowance(accounts.alice, accounts.bob), 40);
        }
    }
}
