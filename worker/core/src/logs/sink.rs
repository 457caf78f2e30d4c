use super::{Delivery, LogStream, Record};
use std::{
    fmt,
    panic::{catch_unwind, AssertUnwindSafe},
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc,
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// How often a sink's thread looks whether it should end.
const LOOK: Duration = Duration::from_millis(200);

/// Somebody who is given every record, in order. It runs on a thread of its own: however long it
/// takes, nothing waits for it.
pub trait LogSink: Send {
    /// Takes a record.
    fn accept(&mut self, record: &Record);

    /// This number of records was dropped before it came to them.
    fn lost(&mut self, records: u64);
}

/// A sink on a stream. Dropping it lets it read what is there, and then ends it.
pub struct Attached {
    ending: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl LogStream {
    /// Gives every record from now on to a sink. One that panics is attached no longer.
    ///
    /// # Errors
    /// The system gave no thread.
    pub fn attach(&self, mut sink: impl LogSink + 'static) -> Result<Attached, std::io::Error> {
        let ending = Arc::new(AtomicBool::new(false));
        let ended = ending.clone();
        let mut reader = self.subscribe();
        let thread = thread::Builder::new()
            .name("log sink".into())
            .spawn(move || loop {
                // Looked at before reading: what was pushed by then is still delivered.
                let last = ended.load(Ordering::Acquire);
                let next = if last {
                    reader.try_next()
                } else {
                    reader.next_within(LOOK)
                };
                let given = catch_unwind(AssertUnwindSafe(|| match &next {
                    Some(Delivery::Record(record)) => sink.accept(record),
                    Some(Delivery::Lost(records)) => sink.lost(*records),
                    None => {}
                }));
                if given.is_err() {
                    tracing::error!("a log sink panicked, and gets no more records");
                    return;
                }
                if next.is_none() && (last || reader.at_end()) {
                    return;
                }
            })?;
        Ok(Attached {
            ending,
            thread: Some(thread),
        })
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        self.ending.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            // It catches its sink's panics itself.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Attached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attached").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{LogConfig, SystemMessage};
    use super::*;
    use std::sync::{Barrier, Mutex};

    fn message(weight: u32) -> SystemMessage {
        SystemMessage::WeightSet {
            block_number: 0,
            contract: [0; 32],
            weight,
        }
    }

    /// Holds the first record until it is let go.
    struct Slow {
        held: Arc<Barrier>,
        heard: Arc<Mutex<Vec<String>>>,
    }

    impl LogSink for Slow {
        fn accept(&mut self, record: &Record) {
            if record.sequence == 0 {
                self.held.wait();
                self.held.wait();
            }
            let heard = record.sequence.to_string();
            self.heard.lock().unwrap().push(heard);
        }

        fn lost(&mut self, records: u64) {
            self.heard.lock().unwrap().push(format!("lost {records}"));
        }
    }

    #[test]
    fn a_sink_that_hangs_holds_nobody_up() {
        let stream = LogStream::new(LogConfig {
            max_records: 2,
            ..LogConfig::default()
        });
        let (held, heard) = (Arc::new(Barrier::new(2)), Arc::default());
        let attached = stream
            .attach(Slow {
                held: held.clone(),
                heard: Arc::clone(&heard),
            })
            .unwrap();
        stream.push(message(0));
        held.wait();
        for weight in 1..6 {
            stream.push(message(weight));
        }
        held.wait();
        drop(attached);
        assert_eq!(*heard.lock().unwrap(), ["0", "lost 3", "4", "5"]);
    }

    struct Panics;

    impl LogSink for Panics {
        fn accept(&mut self, _: &Record) {
            panic!("as asked");
        }

        fn lost(&mut self, _: u64) {}
    }

    #[test]
    fn a_sink_that_panics_is_gone_alone() {
        let stream = LogStream::default();
        let mut reader = stream.subscribe();
        let attached = stream.attach(Panics).unwrap();
        stream.push(message(0));
        drop(attached);
        stream.push(message(1));
        assert!(matches!(reader.try_next(), Some(Delivery::Record(_))));
        assert!(matches!(reader.try_next(), Some(Delivery::Record(_))));
    }
}
