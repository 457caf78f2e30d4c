//! Follows a chain for as long as it is let.
//!
//! [`Daemon`] is the loop of a worker that runs all day: it reads blocks, has the worker execute them, says to the chain
//! what there is to say, waits for news, and tries again what passes by itself. It knows what is around it by four things
//! alone, so that it runs in a test as it runs for an operator:
//!
//! * [`Chain`], what it asks of the chain beside [`ChainSource`](pink_worker_core::source::ChainSource): over JSON-RPC it is
//!   a [`RpcSource`](pink_rpc_source::RpcSource);
//! * [`Clock`], by which it measures and waits: for an operator a [`SystemClock`];
//! * [`Speaker`], to which it leaves what there is to say, and which says it on a thread of its own;
//! * [`Hooks`], which are told of everything that happens, as typed [`Event`]s, and have their turn in it.
//!
//! What it keeps in the base path beside the blocks is in [`rows`].
//!
//! It prints nothing, measures nothing, catches no signals, and knows no command line.

mod announcement;
mod chain;
mod clock;
mod daemon;
mod event;
mod hooks;
mod persisted;
pub mod rows;
mod speaker;
mod submitter;
mod watch;

pub use chain::Chain;
pub use clock::{Clock, SystemClock};
pub use daemon::{Daemon, DaemonError, Next, Settings, SILENT};
pub use event::{Event, Unsaid};
pub use hooks::Hooks;
pub use persisted::PersistedChain;
pub use speaker::{Executor, NobodySpeaks, Speaker, Speech, Wish};
