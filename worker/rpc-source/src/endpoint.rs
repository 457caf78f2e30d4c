//! One endpoint: asked with a limit of time, connected when it is needed, told apart from other chains.

use crate::{
    limits::{pause, Limits},
    observer::{Observed, Requested},
    runner::Runner,
    wire::Header,
};
use fat_contracts_primitives::Hash;
use jsonrpsee::{
    core::{
        client::{ClientT, Error as ClientError, Subscription, SubscriptionClientT},
        params::ArrayParams,
        traits::ToRpcParams,
    },
    types::error::METHOD_NOT_FOUND_CODE,
    ws_client::{WsClient, WsClientBuilder},
};
use pink_worker_core::source::{PermanentError, SourceError, TransientError};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sp_core::Bytes;
use std::{
    sync::{
        atomic::{AtomicU32, Ordering::Relaxed},
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
    },
    time::Duration,
};

/// The hash of the genesis block, once it is known.
pub(crate) type Genesis = Arc<OnceLock<Hash>>;

/// What Substrate's nodes say when they haven't got a block or its state.
const CLIENT_ERROR: i32 = 4003;

/// How often the time for headers that nobody signed is doubled at most.
const MOST_DOUBLINGS: u32 = 6;

/// An endpoint.
#[derive(Debug)]
pub(crate) struct Endpoint {
    url: String,
    /// Its place among them all.
    at: usize,
    observed: Observed,
    limits: Limits,
    runner: Arc<Runner>,
    genesis: Genesis,
    link: Mutex<Option<Arc<Link>>>,
    /// How often [`Limits::unsigned`] wasn't enough.
    unsigned: AtomicU32,
}

/// A connection.
#[derive(Debug)]
struct Link {
    client: Arc<WsClient>,
    /// The hash of its chain's genesis block, as it says.
    genesis: Hash,
    /// The newest justification that came by itself.
    justification: Arc<Mutex<Option<Vec<u8>>>>,
}

impl Endpoint {
    pub(crate) fn new(
        (at, url): (usize, String),
        limits: Limits,
        runner: Arc<Runner>,
        genesis: Genesis,
        observed: Observed,
    ) -> Self {
        Self {
            url,
            at,
            observed,
            limits,
            runner,
            genesis,
            link: Mutex::default(),
            unsigned: AtomicU32::new(0),
        }
    }

    /// How long it may give headers of which no signature tells anything.
    pub(crate) fn patience(&self) -> Duration {
        let doublings = self.unsigned.load(Relaxed).min(MOST_DOUBLINGS);
        self.limits.unsigned.saturating_mul(1 << doublings)
    }

    /// That wasn't enough. It may have been a chain's own way, so the next time it gets more.
    pub(crate) fn unsigned_for_long(&self) -> SourceError {
        let seconds = self.patience().as_secs_f32();
        self.unsigned.fetch_add(1, Relaxed);
        let reason = format!("after {seconds} s of them none is signed for");
        self.unreachable("chain_getHeader", reason)
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// An error of this endpoint's: it lied.
    pub(crate) fn unproven(&self, what: &'static str, reason: impl Into<String>) -> SourceError {
        PermanentError::Unproven {
            endpoint: self.url.clone(),
            what,
            reason: reason.into(),
        }
        .into()
    }

    /// An error of this endpoint's: it can't be asked.
    pub(crate) fn unreachable(&self, what: &'static str, reason: impl Into<String>) -> SourceError {
        TransientError::Unreachable {
            endpoint: self.url.clone(),
            what,
            reason: reason.into(),
        }
        .into()
    }

    /// Asks for something.
    ///
    /// # Errors
    /// There is no answer, or none of this form.
    pub(crate) fn call<T>(&self, what: &'static str, params: Vec<Value>) -> Result<T, SourceError>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let mut answers = self.calls(what, vec![params])?;
        answers
            .pop()
            .ok_or_else(|| self.unreachable(what, "it gave no answer"))
    }

    /// Asks for several things of a kind at once. Answers are in the order of the questions.
    ///
    /// # Errors
    /// There is no answer to one of them, or none of this form.
    pub(crate) fn calls<T>(
        &self,
        what: &'static str,
        params: Vec<Vec<Value>>,
    ) -> Result<Vec<T>, SourceError>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let before = self.slot().is_some();
        let link = self.link()?;
        let answers = self.ask(&link, what, params.clone());
        if link.client.is_connected() {
            return answers;
        }
        *self.slot() = None;
        match answers {
            // It broke since the last question, and nobody noticed.
            Err(error) if before && error.is_transient() => self.ask(&*self.link()?, what, params),
            answers => answers,
        }
    }

    /// The hash of the chain's genesis block: that of the chain which is followed, if it is known, else as the endpoint
    /// says.
    ///
    /// # Errors
    /// It doesn't, or serves another chain.
    pub(crate) fn genesis(&self) -> Result<Hash, SourceError> {
        self.link().map(|link| link.genesis)
    }

    /// The newest justification that came by itself, if one did.
    pub(crate) fn justification(&self) -> Option<Vec<u8>> {
        let link = self.slot().clone()?;
        let newest = link
            .justification
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        newest.clone()
    }

    /// Ends the connection. The next question makes another one.
    pub(crate) fn disconnect(&self) {
        *self.slot() = None;
    }

    fn slot(&self) -> MutexGuard<'_, Option<Arc<Link>>> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask<T>(
        &self,
        link: &Link,
        what: &'static str,
        params: Vec<Vec<Value>>,
    ) -> Result<Vec<T>, SourceError>
    where
        T: DeserializeOwned + Send + 'static,
    {
        let client = link.client.clone();
        let count = params.len();
        // One behind the other on one connection: the node answers them as it likes.
        let asked = async move {
            let mut waiting = Vec::with_capacity(params.len());
            for params in params {
                let client = client.clone();
                waiting.push(tokio::spawn(async move {
                    client.request::<T, _>(what, Params(params)).await
                }));
            }
            let mut answers = Vec::with_capacity(waiting.len());
            for answer in waiting {
                answers.push(match answer.await {
                    Ok(answer) => answer?,
                    Err(error) => return Err(ClientError::Custom(error.to_string())),
                });
            }
            Ok(answers)
        };
        let answers = self.runner.wait(asked, self.limits.call);
        self.ended(
            match &answers {
                // What can't be read was answered all the same.
                Ok(Ok(_) | Err(ClientError::ParseError(_))) => Requested::Answered,
                Ok(Err(ClientError::Call(_))) => Requested::Refused,
                Ok(Err(_)) | Err(_) => Requested::Failed,
            },
            count,
        );
        let answers = answers.map_err(|reason| self.unreachable(what, reason))?;
        answers.map_err(|error| self.refused(what, error))
    }

    fn ended(&self, ended: Requested, count: usize) {
        self.observed.0.requested(self.at, ended, count);
    }

    /// What it gave doesn't hold.
    pub(crate) fn disbelieved(&self) {
        self.observed.0.disbelieved(self.at);
    }

    /// What an error in place of an answer means.
    fn refused(&self, what: &'static str, error: ClientError) -> SourceError {
        match error {
            // It isn't what this method answers.
            ClientError::ParseError(error) => self.unproven(what, error.to_string()),
            ClientError::Call(error) if error.code() == CLIENT_ERROR => {
                let details = error.data().map(|data| data.get()).unwrap_or_default();
                self.unreachable(what, format!("{} {details}", error.message()))
            }
            error => self.unreachable(what, error.to_string()),
        }
    }

    /// The connection: a new one if there is none, or the one that there was is broken.
    fn link(&self) -> Result<Arc<Link>, SourceError> {
        let there = self.slot().clone().filter(|it| it.client.is_connected());
        let link = match there {
            Some(link) => link,
            None => {
                let link = Arc::new(self.connect()?);
                *self.slot() = Some(link.clone());
                link
            }
        };
        // Which chain it is may have become known since it was connected.
        match self.genesis.get() {
            Some(expected) if *expected != link.genesis => {
                *self.slot() = None;
                Err(PermanentError::OtherChain {
                    endpoint: self.url.clone(),
                    expected: *expected,
                    found: link.genesis,
                }
                .into())
            }
            _ => Ok(link),
        }
    }

    fn connect(&self) -> Result<Link, SourceError> {
        let what = "a connection";
        let builder = WsClientBuilder::new()
            .max_response_size(self.limits.answer_bytes)
            .connection_timeout(self.limits.connect)
            // Who waits gives up before that.
            .request_timeout(self.limits.call.saturating_mul(2))
            // Only the newest one counts.
            .max_buffer_capacity_per_subscription(16);
        let url = self.url.clone();
        let made = async move { builder.build(&url).await };
        let made = self.runner.wait(made, self.limits.connect);
        let client = made
            .and_then(|made| made.map_err(|error| error.to_string()))
            .map_err(|reason| {
                self.ended(Requested::Failed, 1);
                self.unreachable(what, reason)
            })?;
        let mut link = Link {
            client: Arc::new(client),
            genesis: Hash::zero(),
            justification: Arc::default(),
        };
        let what = "chain_getBlockHash";
        let mut answers: Vec<Option<Hash>> = self.ask(&link, what, vec![vec![0.into()]])?;
        let found = answers.pop().flatten();
        link.genesis = found.ok_or_else(|| self.unreachable(what, "it has no genesis block"))?;
        self.listen(&link);
        Ok(link)
    }

    /// Notes justifications and new final blocks as they come. A node may know neither subscription:
    /// then it is asked.
    fn listen(&self, link: &Link) {
        let (signal, heads) = (self.runner.signal().clone(), self.runner.signal().clone());
        let newest = Arc::downgrade(&link.justification);
        let justifications = [
            "grandpa_subscribeJustifications",
            "grandpa_unsubscribeJustifications",
        ];
        self.hear(link, justifications, move |Bytes(bytes)| {
            if let Some(newest) = newest.upgrade() {
                *newest.lock().unwrap_or_else(PoisonError::into_inner) = Some(bytes);
            }
            signal.news();
        });
        let finalized = [
            "chain_subscribeFinalizedHeads",
            "chain_unsubscribeFinalizedHeads",
        ];
        self.hear(link, finalized, move |_: Header| heads.news());
    }

    /// Listens to something as long as the connection is there: a subscription may end before it, as when the client
    /// is too slow for it.
    fn hear<T: DeserializeOwned + Send + 'static>(
        &self,
        link: &Link,
        [subscribe, unsubscribe]: [&'static str; 2],
        mut heard: impl FnMut(T) + Send + 'static,
    ) {
        let client = Arc::downgrade(&link.client);
        self.runner.spawn(async move {
            let mut ended = 0u32;
            while let Some(client) = client.upgrade().filter(|it| it.is_connected()) {
                let subscribed = client.subscribe(subscribe, ArrayParams::new(), unsubscribe);
                let subscribed: Result<Subscription<T>, _> = subscribed.await;
                drop(client);
                match subscribed {
                    Ok(mut subscription) => {
                        while let Some(Ok(news)) = subscription.next().await {
                            ended = 0;
                            heard(news);
                        }
                    }
                    Err(ClientError::Call(error)) if error.code() == METHOD_NOT_FOUND_CODE => {
                        return;
                    }
                    Err(_) => {}
                }
                ended = ended.saturating_add(1);
                tokio::time::sleep(pause(ended)).await;
            }
        });
    }
}

/// Parameters of a call, in order.
struct Params(Vec<Value>);

impl ToRpcParams for Params {
    fn to_rpc_params(self) -> Result<Option<Box<serde_json::value::RawValue>>, serde_json::Error> {
        serde_json::value::to_raw_value(&self.0).map(Some)
    }
}
