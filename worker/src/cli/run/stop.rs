//! Stopping when the system says so.

use pink_rpc_source::Signal;
use signal_hook::{
    consts::{SIGINT, SIGTERM},
    iterator::Signals,
};
use std::{io, process, thread, time::Duration};

/// How long a worker may take to stop. A block that takes longer is left: nothing of it is kept, and it is executed
/// again with the next start.
const MOST: Duration = Duration::from_millis(4_500);

/// The exit status of who was stopped a second time: that of a program that SIGINT ended.
const INTERRUPTED: i32 = 130;

/// From now on SIGTERM and SIGINT end every wait. A second one ends the program at once.
///
/// # Errors
/// The system gives no thread, or no signals.
pub(super) fn on_signals(signal: &Signal) -> io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT])?;
    let signal = signal.clone();
    thread::Builder::new()
        .name("signals".into())
        .spawn(move || {
            for _ in signals.forever() {
                if signal.is_stopped() {
                    process::exit(INTERRUPTED);
                }
                signal.stop();
                let watch = thread::Builder::new().name("stop".into());
                let watch = watch.spawn(|| {
                    thread::sleep(MOST);
                    tracing::warn!("a block takes long: it is executed again with the next start");
                    process::exit(0);
                });
                if let Err(error) = watch {
                    tracing::warn!(%error, "nobody watches how long the end takes");
                }
            }
        })?;
    Ok(())
}
