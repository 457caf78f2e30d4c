//! A socket whose reader may not stand still for ever.

use std::{
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll, Waker},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{sleep, Sleep},
};

/// Ends with an error if what is written isn't taken within a time. Keeps something as long as it is there.
#[derive(Debug)]
pub(super) struct Stalled<K> {
    socket: TcpStream,
    most: Duration,
    waiting: Option<Pin<Box<Sleep>>>,
    /// Nothing is written any more, so nothing is read either: who waits for something to read is woken.
    stalled: bool,
    reader: Option<Waker>,
    _kept: K,
}

impl<K> Stalled<K> {
    pub(super) fn new(socket: TcpStream, most: Duration, kept: K) -> Self {
        Self {
            socket,
            most,
            waiting: None,
            stalled: false,
            reader: None,
            _kept: kept,
        }
    }

    /// Passes on what a write said, unless it has waited too long.
    fn within<T>(
        &mut self,
        cx: &mut Context<'_>,
        done: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if done.is_ready() {
            self.waiting = None;
            return done;
        }
        let most = self.most;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(most)));
        match waiting.as_mut().poll(cx) {
            Poll::Ready(()) => {
                self.stalled = true;
                if let Some(reader) = self.reader.take() {
                    reader.wake();
                }
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<K: Unpin> AsyncRead for Stalled<K> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.stalled {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        let read = Pin::new(&mut self.socket).poll_read(cx, buffer);
        self.reader = read.is_pending().then(|| cx.waker().clone());
        read
    }
}

impl<K: Unpin> AsyncWrite for Stalled<K> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.stalled {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        let done = Pin::new(&mut self.socket).poll_write(cx, bytes);
        self.within(cx, done)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}
