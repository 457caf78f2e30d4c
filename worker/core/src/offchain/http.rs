//! Requests over HTTP, for contracts.
//!
//! Each runs on a thread of a bounded pool, under the deadline of whoever waits for it. A request
//! that nobody waits for any more still ends at its own.

use super::{
    addresses::{CheckedResolver, Refused},
    config::HttpConfig,
    fair_queue::FairQueue,
    request::CheckedRequest,
};
use pink_capi::types::{AccountId, HttpRequest, HttpRequestError, HttpResponse};
use pink_engine_host::Pool;
use std::{
    io::{ErrorKind, Read},
    sync::{mpsc, Arc},
    time::{Duration, Instant},
};
use ureq::{
    http::{header::LOCATION, HeaderMap, Request, Response},
    unversioned::transport::DefaultConnector,
    Agent, Body, Error,
};

/// How often somebody who waits looks whether he still wants to.
const LOOK: Duration = Duration::from_millis(20);

/// Stack of a thread that makes requests, in bytes.
const STACK_BYTES: usize = 1 << 20;

/// The most headers that the library reads of an answer.
const MOST_HEADERS_READ: usize = 128;

pub(super) type Answer = Result<HttpResponse, HttpRequestError>;

/// Makes requests.
#[derive(Debug)]
pub(super) struct Http {
    shared: Arc<Shared>,
    queue: FairQueue,
}

#[derive(Debug)]
struct Shared {
    config: HttpConfig,
    agent: Agent,
}

impl Http {
    pub(super) fn new(config: HttpConfig) -> Self {
        let settings = Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            // No connection is shared between contracts.
            .max_idle_connections(0)
            .max_idle_connections_per_host(0)
            .max_response_header_size(config.max_header_bytes)
            .allow_non_standard_methods(true)
            .user_agent("pink-worker")
            .build();
        let resolver = CheckedResolver::new(&config);
        let agent = Agent::with_parts(settings, DefaultConnector::default(), resolver);
        let pool = Pool::new("http", config.max_parallel, config.max_waiting, STACK_BYTES);
        let queue = FairQueue::new(
            pool,
            config.max_parallel_per_contract,
            config.max_waiting_per_contract,
        );
        Self {
            shared: Arc::new(Shared { config, agent }),
            queue,
        }
    }

    pub(super) fn config(&self) -> &HttpConfig {
        &self.shared.config
    }

    /// Makes a contract's requests at the same time, and waits for them until `deadline`, or until they aren't
    /// `wanted` any more. One answer each, in their order.
    pub(super) fn run(
        &self,
        contract: &AccountId,
        requests: Vec<HttpRequest>,
        deadline: Instant,
        wanted: &dyn Fn() -> bool,
    ) -> Vec<Answer> {
        let mut answers = vec![Err(HttpRequestError::Timeout); requests.len()];
        let (send, receive) = mpsc::channel();
        let mut open = 0usize;
        for (at, request) in requests.into_iter().enumerate() {
            let begun = CheckedRequest::new(self.config(), request).and_then(|request| {
                let (shared, send) = (self.shared.clone(), send.clone());
                self.queue
                    .submit(*contract, move || {
                        // Whoever waited may be gone.
                        let _ = send.send((at, shared.follow(request, deadline)));
                    })
                    .map_err(|_| HttpRequestError::TooManyRequests)
            });
            match (begun, answers.get_mut(at)) {
                (Ok(()), _) => open = open.saturating_add(1),
                (Err(error), Some(answer)) => *answer = Err(error),
                (Err(_), None) => {}
            }
        }
        // What is left is the requests' own: a thread that ends without an answer closes it.
        drop(send);
        while open > 0 && wanted() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            match receive.recv_timeout(left.min(LOOK)) {
                Ok((at, answer)) => {
                    open = open.saturating_sub(1);
                    if let Some(slot) = answers.get_mut(at) {
                        *slot = answer;
                    }
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
        }
        answers
    }
}

impl Shared {
    /// Makes a request, and those that redirects ask for.
    fn follow(&self, mut request: CheckedRequest, deadline: Instant) -> Answer {
        let mut redirects = self.config.max_redirects;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(HttpRequestError::Timeout);
            }
            let mut response = self.once(&request, left).map_err(|error| said(&error))?;
            let location = response.headers().get(LOCATION);
            match request.redirected(&self.config, response.status(), location)? {
                None => return self.read(&mut response),
                Some(_) if redirects == 0 => return Err(HttpRequestError::TooManyRequests),
                Some(next) => {
                    redirects = redirects.saturating_sub(1);
                    request = next;
                }
            }
        }
    }

    fn once(&self, request: &CheckedRequest, left: Duration) -> Result<Response<Body>, Error> {
        let mut made = Request::builder()
            .method(request.method.clone())
            .uri(request.url.as_str())
            .body(request.body.as_slice())
            .map_err(Error::Http)?;
        made.headers_mut().extend(request.headers.clone());
        let without_body = request.body.is_empty();
        if without_body {
            self.send(made.map(|_| ()), left)
        } else {
            self.send(made, left)
        }
    }

    fn send(
        &self,
        request: Request<impl ureq::AsSendBody>,
        left: Duration,
    ) -> Result<Response<Body>, Error> {
        let request = self
            .agent
            .configure_request(request)
            .timeout_global(Some(left))
            .build();
        self.agent.run(request)
    }

    fn read(&self, response: &mut Response<Body>) -> Answer {
        let headers = headers_of(response.headers(), self.config.max_headers)?;
        let status = response.status();
        let most = self.config.max_response_bytes;
        let announced = response.body().content_length().unwrap_or(0);
        if announced > most as u64 {
            return Err(HttpRequestError::ResponseTooLarge);
        }
        let mut body = Vec::new();
        let reader = response.body_mut().as_reader();
        let mut reader = reader.take((most as u64).saturating_add(1));
        reader
            .read_to_end(&mut body)
            .map_err(|error| said(&Error::from(error)))?;
        if body.len() > most {
            return Err(HttpRequestError::ResponseTooLarge);
        }
        Ok(HttpResponse {
            status_code: status.as_u16(),
            reason_phrase: status.canonical_reason().unwrap_or_default().into(),
            headers,
            body,
        })
    }
}

fn headers_of(headers: &HeaderMap, most: usize) -> Result<Vec<(String, String)>, HttpRequestError> {
    if headers.len() > most.min(MOST_HEADERS_READ) {
        return Err(HttpRequestError::TooManyHeaders);
    }
    let headers = headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        (name.as_str().to_owned(), value.into_owned())
    });
    Ok(headers.collect())
}

/// The contract's word for an error of the library.
fn said(error: &Error) -> HttpRequestError {
    tracing::debug!(%error, "a contract's request failed");
    match error {
        Error::Other(why) if why.is::<Refused>() => HttpRequestError::NotAllowed,
        Error::Timeout(_) => HttpRequestError::Timeout,
        Error::Io(error) if error.kind() == ErrorKind::TimedOut => HttpRequestError::Timeout,
        Error::LargeResponseHeader(..) => HttpRequestError::TooManyHeaders,
        // The library names the type of this error nowhere.
        Error::Protocol(error) if error.to_string().contains("too many headers") => {
            HttpRequestError::TooManyHeaders
        }
        Error::BodyExceedsLimit(_) => HttpRequestError::ResponseTooLarge,
        Error::BadUri(_) => HttpRequestError::InvalidUrl,
        _ => HttpRequestError::NetworkError,
    }
}
