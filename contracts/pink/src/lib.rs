//! What contracts on a pink engine can do beyond ink!: the engine's chain extension, the events that it
//! obeys, and the messages of a cluster's system contract.
//!
//! All three are agreements between contracts and engines, down to the byte. A number that was ever given
//! to a function, an event or a selector keeps its meaning for ever; new ones get new numbers.
//!
//! A contract uses the extension by naming the environment:
//!
//! ```ignore
//! #[ink::contract(env = pink::PinkEnvironment)]
//! mod my_contract {
//!     // …
//!     let (major, minor) = self.env().extension().runtime_version();
//!     pink::PinkEvent::SetLogHandler(handler).emit();
//! }
//! ```
#![cfg_attr(not(feature = "std"), no_std, no_main)]
#![warn(missing_docs)]

mod event;
mod extension;
pub mod system;

pub use event::{CacheOp, Hook, PinkEvent, PINK_TOPIC};
pub use extension::{
    HttpRequest, HttpRequestError, HttpResponse, PinkEnvironment, PinkExtension, SignatureType,
    Status,
};

/// An account on the cluster.
pub type AccountId = <ink::env::DefaultEnvironment as ink::env::Environment>::AccountId;
/// An amount of the cluster's currency.
pub type Balance = <ink::env::DefaultEnvironment as ink::env::Environment>::Balance;
/// The hash of a code.
pub type Hash = <ink::env::DefaultEnvironment as ink::env::Environment>::Hash;
