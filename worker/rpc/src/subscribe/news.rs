//! One thread that looks for new blocks and new lines, so that no subscription has to.

use pink_worker_core::WorkerHandle;
use std::{
    io,
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc,
    },
    thread,
    time::Duration,
};
use tokio::sync::watch;

/// How often it is looked for a new block. Nothing in the import of blocks waits for a subscriber.
const LOOK_EACH: Duration = Duration::from_millis(100);

/// The thread. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct News(Arc<AtomicBool>);

/// Changes with each block, and with each line.
pub(crate) type Receivers = (watch::Receiver<u64>, watch::Receiver<u64>);

impl News {
    pub(crate) fn start(worker: WorkerHandle) -> io::Result<(Self, Receivers)> {
        let ended = Arc::new(AtomicBool::new(false));
        let (blocks, of_blocks) = watch::channel(0u64);
        let (lines, of_lines) = watch::channel(0u64);
        let news = Self(ended.clone());
        let look = move || {
            let mut reader = worker.logs().map(|logs| logs.subscribe());
            let mut last = None;
            while !ended.load(Ordering::Acquire) {
                match &mut reader {
                    None => thread::sleep(LOOK_EACH),
                    Some(reader) if reader.at_end() => thread::sleep(LOOK_EACH),
                    Some(reader) => {
                        if reader.next_within(LOOK_EACH).is_some() {
                            while reader.try_next().is_some() {}
                            lines.send_modify(|count| *count = count.wrapping_add(1));
                        }
                    }
                }
                // What fails here fails for whoever asks, who says so.
                let now = worker.store().cursor().ok().flatten();
                let now = now.map(|block| (block.number, block.root));
                if now != last {
                    last = now;
                    blocks.send_modify(|count| *count = count.wrapping_add(1));
                }
            }
        };
        thread::Builder::new()
            .name("rpc-news".into())
            .spawn(move || {
                pink_engine_host::give_way(pink_engine_host::BACKGROUND_NICENESS);
                look();
            })?;
        Ok((news, (of_blocks, of_lines)))
    }
}

impl Drop for News {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}
