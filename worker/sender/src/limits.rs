//! For how long things are waited for.

use std::time::Duration;

/// For how long things are waited for, and how often they are tried.
///
/// None of it decides anything on the chain: mortality is counted in blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For the connection to an endpoint.
    pub connect: Duration,
    /// For the answer to one request.
    pub request: Duration,
    /// For one pass over the endpoints until one of them took what is said; with the pauses between.
    pub accept: Duration,
    /// For what was taken to be in a final block, in [`Sender::submit`](crate::Sender::submit).
    pub finality: Duration,
    /// For another final block, from an endpoint that took what is said: then the next one is told as well.
    pub stale: Duration,
    /// The first pause after something that passes; each one after it is twice as long.
    pub pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
    /// For how many blocks what is signed may be taken: a power of two, from 4 to 65536. A longer
    /// one outlives a longer silence of the chain's finality; it is also for how long something can be in doubt.
    pub mortality: u32,
    /// How often one thing is signed anew, because it was dropped, before its signer gives up.
    pub attempts: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            request: Duration::from_secs(30),
            accept: Duration::from_secs(60),
            finality: Duration::from_secs(180),
            stale: Duration::from_secs(90),
            pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(30),
            mortality: 64,
            attempts: 8,
        }
    }
}
