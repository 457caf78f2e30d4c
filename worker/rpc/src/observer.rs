//! What is told to whoever counts.

use std::{fmt::Debug, net::IpAddr, time::Duration};

/// The name under which all methods are counted that there aren't: what a caller makes up must not become a
/// series of its own.
pub const UNKNOWN_METHOD: &str = "unknown";

/// Is told what the server does. Called on the server's threads: it must not wait.
pub trait Observer: Debug + Send + Sync + 'static {
    /// A call began. `method` is of the server's table, or [`UNKNOWN_METHOD`].
    fn call_started(&self, method: &'static str) {
        let _ = method;
    }

    /// A call has its answer: an error's code, if it is one.
    fn call_finished(&self, method: &'static str, error: Option<i32>, took: Duration) {
        let _ = (method, error, took);
    }

    /// A connection was made.
    fn session_opened(&self, from: IpAddr) {
        let _ = from;
    }

    /// A connection ended, after so long.
    fn session_closed(&self, from: IpAddr, lasted: Duration) {
        let _ = (from, lasted);
    }

    /// A connection was refused, since there are as many as there may be.
    fn session_refused(&self) {}

    /// A subscriber was too slow for `count` notifications.
    fn notifications_lost(&self, method: &'static str, count: u64) {
        let _ = (method, count);
    }
}

/// Nobody counts.
impl Observer for () {}
