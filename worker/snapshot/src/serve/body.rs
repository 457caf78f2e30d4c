//! Bodies of answers: bytes at hand, or a part of a file as it is read.

use hyper::body::{Body, Bytes, Frame, SizeHint};
use std::{
    fs::File,
    io::{self, ErrorKind},
    os::unix::fs::FileExt,
    pin::Pin,
    sync::Arc,
    task::{ready, Context, Poll},
};
use tokio::sync::mpsc;

/// Bytes that are read of a file at a time.
const PIECE_BYTES: usize = 64 << 10;

/// Pieces that may wait for whoever asked.
const PIECES_AHEAD: usize = 4;

/// The body of an answer.
#[derive(Debug)]
pub(super) enum Answer {
    /// Bytes at hand; none once they were given.
    Whole(Option<Bytes>),
    /// A part of a file.
    Part {
        /// The bytes that are to come.
        left: u64,
        pieces: mpsc::Receiver<io::Result<Bytes>>,
    },
}

impl Answer {
    pub(super) fn whole(bytes: impl Into<Bytes>) -> Self {
        let bytes: Bytes = bytes.into();
        Self::Whole((!bytes.is_empty()).then_some(bytes))
    }

    /// A part of a file, read by a thread that waits for whoever asked and ends with the connection.
    pub(super) fn part(file: Arc<File>, start: u64, length: u64) -> Self {
        let (send, pieces) = mpsc::channel(PIECES_AHEAD);
        tokio::task::spawn_blocking(move || {
            let mut at = start;
            let end = start.saturating_add(length);
            while at < end {
                let want = usize::try_from(end - at).unwrap_or(PIECE_BYTES);
                let mut piece = vec![0; want.min(PIECE_BYTES)];
                let read = match file.read_at(&mut piece, at) {
                    Ok(0) => Err(ErrorKind::UnexpectedEof.into()),
                    Ok(got) => {
                        piece.truncate(got);
                        at = at.saturating_add(got as u64);
                        Ok(Bytes::from(piece))
                    }
                    Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                    Err(error) => Err(error),
                };
                let failed = read.is_err();
                // Nobody waits any more, or nothing more can be had.
                if send.blocking_send(read).is_err() || failed {
                    return;
                }
            }
        });
        Self::Part {
            left: length,
            pieces,
        }
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match self.get_mut() {
            Self::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Part { left, pieces } => {
                let piece = ready!(pieces.poll_recv(context));
                if let Some(Ok(bytes)) = &piece {
                    *left = left.saturating_sub(bytes.len() as u64);
                }
                Poll::Ready(piece.map(|piece| piece.map(Frame::data)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(bytes) => bytes.is_none(),
            Self::Part { left, .. } => *left == 0,
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(match self {
            Self::Whole(bytes) => bytes.as_ref().map_or(0, |bytes| bytes.len() as u64),
            Self::Part { left, .. } => *left,
        })
    }
}
