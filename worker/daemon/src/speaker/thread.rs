//! A thread that says everything.

use super::{Executor, Speech};
use std::{
    io,
    thread::{Builder, JoinHandle},
};

/// Says one wish after the other until the loop is gone.
#[derive(Debug)]
pub(super) struct SpeakerThread(Option<JoinHandle<()>>);

impl SpeakerThread {
    pub(super) fn start(speech: Speech) -> io::Result<Self> {
        let thread = Builder::new().name("speaker".into());
        Ok(Self(Some(thread.spawn(move || speech.run())?)))
    }
}

impl Executor for SpeakerThread {
    /// The mailbox wakes it.
    fn posted(&mut self) -> bool {
        self.0.as_ref().is_some_and(|thread| !thread.is_finished())
    }
}

impl Drop for SpeakerThread {
    /// The mailbox is closed by now.
    fn drop(&mut self) {
        // Whoever panicked has said so.
        let _ = self.0.take().map(JoinHandle::join);
    }
}
