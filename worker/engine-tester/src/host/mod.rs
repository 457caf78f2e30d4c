//! The host: what an engine sees of the world during a check.
//!
//! * [`Heap`]: the allocator, which knows every block;
//! * [`Session`]: the state and the rest of the environment of one call, which looks at
//!   everything that the engine does with them;
//! * `tables`, `ocalls`: a session as each ABI shows it.

mod buffers;
pub(crate) mod heap;
mod loan;
pub(crate) mod ocalls;
mod session;
mod settings;
pub(crate) mod tables;

pub(crate) use heap::Heap;
pub(crate) use loan::Loan;
pub(crate) use session::{threads, Changes, Session, State};
pub(crate) use settings::{Rule, Settings};
