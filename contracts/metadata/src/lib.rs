//! The main function of the programs that print a contract's metadata.
//!
//! An ink! contract that is compiled for the host with its `std` feature holds a function which
//! describes it: `__ink_generate_metadata`. Nothing in Rust can name it, as ink! puts it into an
//! anonymous constant; only the linker can. Each contract has an example `metadata` that is one call
//! of [`main!`], so that the declaration, and the one `unsafe` call it needs, stand here alone.
#![warn(missing_docs)]

#[doc(hidden)]
pub use serde_json;

/// Defines `main` of a program that prints, as JSON, the `InkProject` of the contract crate `$contract`.
///
/// The calling crate depends on the contract and on nothing else: the contract re-exports nothing,
/// so the type is reached through the `ink` that the contract itself was built with.
#[macro_export]
macro_rules! main {
    ($contract:ident) => {
        // Links the contract, which nothing else here names.
        extern crate $contract as _;

        extern "Rust" {
            fn __ink_generate_metadata() -> ink::metadata::InkProject;
        }

        fn main() -> Result<(), $crate::serde_json::Error> {
            // SAFETY: the contract macro of the same `ink` defines this symbol with this very signature,
            // in the one contract that is linked here without `ink-as-dependency`.
            let project = unsafe { __ink_generate_metadata() };
            println!("{}", $crate::serde_json::to_string(&project)?);
            Ok(())
        }
    };
}
