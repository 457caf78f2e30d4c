//! Takes connections, as many as there may be.

use super::{front, stalled::Stalled, Shared};
use crate::observer::Observer;
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{
    net::IpAddr,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};

/// Connections that are told at a time that there are too many. Who comes beyond that is told nothing.
const REFUSALS: usize = 64;

/// How long telling it may take.
const REFUSAL: Duration = Duration::from_secs(2);

/// What they are told.
const TOO_MANY: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Type: text/plain\r\n\
Connection: close\r\nContent-Length: 40\r\n\r\nThere are too many connections already.\n";

/// How long nothing is accepted after the system refused, as it does when there are too many open files.
const PAUSE: Duration = Duration::from_millis(50);

/// The longest head of a request, in bytes.
const MAX_HEAD_BYTES: usize = 64 << 10;

/// A connection, from its beginning to its end, wherever that is: it goes with the socket.
#[derive(Debug)]
pub(super) struct Session {
    from: IpAddr,
    since: Instant,
    observer: Arc<dyn Observer>,
    _place: OwnedSemaphorePermit,
    socket_place: SocketPlace,
}

/// The place of a WebSocket, once it is one. It goes with the connection.
pub(super) type SocketPlace = Arc<OnceLock<OwnedSemaphorePermit>>;

impl Drop for Session {
    fn drop(&mut self) {
        self.observer
            .session_closed(self.from, self.since.elapsed());
    }
}

pub(super) async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let most = shared.context.config.max_connections;
    let places = Arc::new(Semaphore::new(
        usize::try_from(most).unwrap_or(Semaphore::MAX_PERMITS),
    ));
    let refusals = Arc::new(Semaphore::new(REFUSALS));
    let stopped = shared.stop.clone().shutdown();
    tokio::pin!(stopped);
    loop {
        let accepted = tokio::select! {
            () = &mut stopped => return,
            accepted = listener.accept() => accepted,
        };
        let (socket, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection can't be accepted");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let observer = &shared.context.observer;
        match places.clone().try_acquire_owned() {
            Ok(place) => {
                let from = peer.ip().to_canonical();
                observer.session_opened(from);
                let session = Session {
                    from,
                    since: Instant::now(),
                    observer: observer.clone(),
                    _place: place,
                    socket_place: SocketPlace::default(),
                };
                tokio::spawn(serve(socket, session, shared.clone()));
            }
            Err(_) => {
                observer.session_refused();
                if let Ok(turn) = refusals.clone().try_acquire_owned() {
                    tokio::spawn(refuse(socket, turn));
                }
            }
        }
    }
}

async fn serve(socket: TcpStream, session: Session, shared: Arc<Shared>) {
    // Of an answer that is one packet the client needn't wait for the next.
    let _ = socket.set_nodelay(true);
    let idle = shared.context.config.idle;
    let (from, place) = (session.from, session.socket_place.clone());
    let io = TokioIo::new(Stalled::new(socket, idle, session));
    let stopped = shared.stop.clone().shutdown();
    let service =
        service_fn(move |request| front::answer(shared.clone(), from, place.clone(), request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(idle)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(io, service)
        .with_upgrades();
    tokio::pin!(connection);
    tokio::select! {
        ended = connection.as_mut() => if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended");
        },
        () = stopped => connection.as_mut().graceful_shutdown(),
    }
}

/// Says that there are too many.
async fn refuse(mut socket: TcpStream, _turn: OwnedSemaphorePermit) {
    let said = async {
        socket.write_all(TOO_MANY).await?;
        socket.shutdown().await?;
        // Closed with something unread in it, a socket takes the answer back.
        let mut rest = [0; 1_024];
        while socket.read(&mut rest).await? > 0 {}
        std::io::Result::Ok(())
    };
    let _ = tokio::time::timeout(REFUSAL, said).await;
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_refusal_is_as_long_as_it_says() {
        let text = String::from_utf8(super::TOO_MANY.to_vec()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(
            head.ends_with(&format!("Content-Length: {}", body.len())),
            "{}",
            body.len()
        );
    }
}
