//! Speaking to the chain beside the loop: a pool of transactions that takes its time delays no block.
//!
//! The loop leaves a [`Wish`] in a mailbox that holds one. What there is to say is read from the chain in every round, and
//! is wished again until the chain shows it; so the newest wish has all that an older one had, and takes its place if
//! nobody has begun to say that, or, once it takes long, of what is left of it. Whoever says them, an [`Executor`], says one
//! word after the other.

mod thread;
mod wish;

pub use wish::Wish;

use pink_rpc_source::Sender;
use std::{
    fmt::Debug,
    io,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use thread::SpeakerThread;
pub(crate) use wish::Outcome;

/// How long a wish is said before a newer one takes the place of what is left of it. At once, and what comes last in a wish
/// would never be said where blocks come faster than words are taken.
const LONG: Duration = Duration::from_secs(10);

/// Has a [`Speech`] go on.
pub trait Executor: Debug + Send {
    /// There is a new wish. False if nobody is there any more who could say it.
    fn posted(&mut self) -> bool;
}

/// The loop's end of the mailbox.
#[derive(Debug)]
pub struct Speaker {
    mailbox: Arc<Mailbox>,
    executor: Box<dyn Executor>,
}

/// Whoever says things to the chain has failed, and says nothing any more.
#[derive(Debug, thiserror::Error)]
#[error("the thread that speaks to the chain has failed")]
pub struct NobodySpeaks;

impl Speaker {
    /// Says everything on a thread of its own, by a sender that waits for nobody once the program stops. Dropping it waits
    /// for what is being said.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn on_a_thread(sender: Box<dyn Sender>) -> io::Result<Self> {
        Self::by(sender, |speech| Ok(Box::new(SpeakerThread::start(speech)?)))
    }

    /// Says everything when the executor goes on.
    ///
    /// # Errors
    /// There is no executor.
    pub fn by<E>(
        sender: Box<dyn Sender>,
        executor: impl FnOnce(Speech) -> Result<Box<dyn Executor>, E>,
    ) -> Result<Self, E> {
        let mailbox = Arc::<Mailbox>::default();
        let speech = Speech {
            mailbox: mailbox.clone(),
            sender,
            long: LONG,
        };
        Ok(Self {
            executor: executor(speech)?,
            mailbox,
        })
    }

    /// Has this said instead of what was wished before, if that isn't begun.
    pub(crate) fn wish(&mut self, wish: Wish) -> Result<(), NobodySpeaks> {
        self.mailbox.state().wish = Some(wish);
        self.mailbox.changed.notify_one();
        if self.executor.posted() {
            Ok(())
        } else {
            Err(NobodySpeaks)
        }
    }

    /// What was wished isn't to be said any more, if it isn't begun: nobody knows whether it is so.
    pub(crate) fn withdraw(&mut self) {
        self.mailbox.state().wish = None;
    }

    /// What became of the newest wish that was said, once.
    pub(crate) fn outcome(&mut self) -> Option<Outcome> {
        self.mailbox.state().outcome.take()
    }
}

impl Drop for Speaker {
    fn drop(&mut self) {
        self.mailbox.state().closed = true;
        self.mailbox.changed.notify_one();
    }
}

/// The other end: says what is in the mailbox.
#[derive(Debug)]
pub struct Speech {
    mailbox: Arc<Mailbox>,
    sender: Box<dyn Sender>,
    /// [`LONG`], but in tests.
    long: Duration,
}

impl Speech {
    /// Says what is wished. False if nothing is.
    pub fn step(&mut self) -> bool {
        let wish = self.mailbox.state().wish.take();
        let any = wish.is_some();
        if let Some(wish) = wish {
            self.say(wish);
        }
        any
    }

    /// Says everything until the loop is gone. What it left then isn't said: the next start does that.
    fn run(mut self) {
        while let Some(wish) = self.mailbox.wait() {
            self.say(wish);
        }
    }

    fn say(&mut self, wish: Wish) {
        let (begun, long, mailbox) = (Instant::now(), self.long, &self.mailbox);
        let overtaken = || {
            let state = mailbox.state();
            state.closed || (state.wish.is_some() && begun.elapsed() >= long)
        };
        if let Some(outcome) = wish.say(&mut *self.sender, overtaken) {
            self.mailbox.state().outcome = Some(outcome);
        }
    }
}

#[derive(Debug, Default)]
struct Mailbox {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    wish: Option<Wish>,
    outcome: Option<Outcome>,
    /// The loop is gone.
    closed: bool,
}

impl Mailbox {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a wish; none if the loop is gone.
    fn wait(&self) -> Option<Wish> {
        let waits = |state: &mut State| state.wish.is_none() && !state.closed;
        let waited = self.changed.wait_while(self.state(), waits);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        if state.closed {
            return None;
        }
        state.wish.take()
    }
}

#[cfg(test)]
mod tests;
