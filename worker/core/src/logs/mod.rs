//! What contracts say, for whoever listens: a stream of numbered records.
//!
//! Whoever is slow loses the oldest records and is told how many. Execution never waits for a
//! listener.
//!
//! * [`SystemMessage`]: what a record says; [`Record`]: its bytes, which readers of another
//!   version can read too;
//! * [`LogStream`]: the records, a bounded number of them; [`Subscriber`]: a reader of it;
//! * [`LogSink`]: somebody who is given every record, on a thread of its own.

mod record;
mod sink;
mod stream;

pub use record::{ExecMode, Record, RecordError, SystemMessage, HEAD_BYTES};
pub use sink::{Attached, LogSink};
pub use stream::{Delivery, LogConfig, LogStream, Subscriber};
