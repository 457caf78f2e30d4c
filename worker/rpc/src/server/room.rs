//! How much memory the bodies of requests and of answers may take, together.

use hyper::body::{Body, Bytes, Frame, SizeHint};
use jsonrpsee::{core::BoxError, server::HttpBody};
use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What room is counted in: bytes.
const UNIT: u64 = 1 << 10;

/// A part of the room, until it is dropped.
pub(super) type Taken = OwnedSemaphorePermit;

/// Room for so many bytes.
#[derive(Debug)]
pub(super) struct Room(Arc<Semaphore>);

impl Room {
    pub(super) fn new(bytes: u64) -> Self {
        let units = usize::try_from(bytes / UNIT).unwrap_or(Semaphore::MAX_PERMITS);
        Self(Arc::new(Semaphore::new(units.min(Semaphore::MAX_PERMITS))))
    }

    /// Takes some of it; none if there isn't as much. Nobody waits for it: who did would hold something else meanwhile.
    pub(super) fn take(&self, bytes: u64) -> Option<Taken> {
        let units = u32::try_from(bytes.div_ceil(UNIT)).ok()?;
        self.0.clone().try_acquire_many_owned(units).ok()
    }
}

/// A body that has its room until it is sent, or given up.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) body: HttpBody,
    pub(super) _room: Taken,
}

impl Body for Held {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_comes_back() {
        let room = Room::new(10 << 10);
        let most = room.take(9 << 10).unwrap();
        let little = room.take(1).unwrap();
        assert!(room.take(1).is_none(), "a byte takes a kibibyte");
        assert!(room.take(0).is_some());
        drop(little);
        assert!(room.take(1 << 10).is_some() && room.take(2 << 10).is_none());
        drop(most);
        assert!(room.take(10 << 10).is_some());
        assert!(Room::new(u64::MAX).take(u64::MAX).is_none());
    }
}
