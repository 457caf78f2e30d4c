//! The main function of the programs that print a contract's metadata.
//!
//! An ink! contract that is compiled for the host with its `std` feature holds a function which
//! describes it: `__ink_generate_metadata`. Nothing in Rust can name it, as ink! puts it into an
//! anonymous constant; only the linker can. Each contract has an example `metadata` that is one call
//! of [`main!`], so that the declaration, and the one `unsafe` call it needs, stand here alone.
#![warn(missing_docs)]

#[doc(hidden)]
pub use serde_json;

/// Defines `main` of a program that prints, as JSON, the metadata of the contract crate `$contract`.
///
/// `$metadata` is what the ink! that the contract is built with describes contracts by. It must be the one
/// of that very ink!, since the linker checks no types.
#[macro_export]
macro_rules! main {
    ($contract:ident, $metadata:ty) => {
        // Links the contract, which nothing else here names.
        extern crate $contract as _;

        extern "Rust" {
            fn __ink_generate_metadata() -> $metadata;
        }

        fn main() -> Result<(), $crate::serde_json::Error> {
            // SAFETY: the contract macro of ink! defines this symbol, with the signature that the caller of
            // this macro vouches for, in the one contract that is linked here without `ink-as-dependency`.
            let metadata = unsafe { __ink_generate_metadata() };
            println!("{}", $crate::serde_json::to_string(&metadata)?);
            Ok(())
        }
    };
}
