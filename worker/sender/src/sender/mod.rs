//! Says things to a chain, and watches what becomes of them.

use crate::{
    call::{Call, PALLET},
    chain_view::ChainView,
    endpoints::Endpoints,
    error::Error,
    event::Included,
    flight::{fly, patience, Before, FlightEvent},
    key::Key,
    limits::Limits,
    rpc::Failed,
    runtime::Signed,
    shared::Shared,
    submissions::{self, Submission},
    table::Begin,
    topic::Topic,
};
use fat_contracts_primitives::{AccountId, Balance, BlockNumber, Checkpoint, ClusterId, Hash};
use parity_scale_codec::Decode;
use pink_worker_core::source::ParkReport;
use std::{
    fmt,
    future::Future,
    sync::{
        mpsc::{self, RecvTimeoutError},
        Arc,
    },
    time::{Duration, Instant},
};
use tokio::{
    runtime::{Builder, Runtime},
    task::JoinHandle,
};
use tracing::warn;

/// What became of words that are said once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubmitOutcome {
    /// They were sent, and an endpoint took them.
    Sent {
        /// The hash of the extrinsic.
        extrinsic: Hash,
    },
    /// They were on their way already, all of them, and nothing was sent.
    OnItsWay,
    /// They are in a final block that is newer than the state that the caller knows, and nothing was sent.
    Known,
}

/// Says things to a chain with one key.
///
/// It connects when something is to be said, to the endpoints in turn, and stays with one as long as it answers.
/// Dropping it ends what it watches; what was sent may still be taken.
#[derive(Debug)]
pub struct Sender {
    account: AccountId,
    shared: Arc<Shared>,
    /// `None` only while it is dropped.
    threads: Option<Runtime>,
    stop: Stop,
}

/// Says whether nobody is to wait any more.
struct Stop(Box<dyn Fn() -> bool + Send + Sync>);

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stop(…)")
    }
}

/// How soon a wait notices it.
const STEP: Duration = Duration::from_millis(50);

impl Sender {
    /// For a chain's endpoints, `ws://…` or `wss://…`, in the order in which they are tried, and the key that signs.
    /// `genesis`: the hash of the chain's genesis block; `None` takes the first one that answers.
    ///
    /// # Errors
    /// No endpoint, or one that is none; no thread.
    pub fn new(
        endpoints: Vec<String>,
        key: Key,
        genesis: Option<Hash>,
        limits: Limits,
    ) -> Result<Self, Error> {
        let endpoints = Endpoints::new(endpoints, genesis, limits)?;
        let threads = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("pink-sender")
            .enable_all()
            .build()
            .map_err(Error::NoThread)?;
        Ok(Self {
            account: key.account().clone(),
            shared: Arc::new(Shared::new(endpoints, key, limits)),
            threads: Some(threads),
            stop: Stop(Box::new(|| false)),
        })
    }

    /// Ends every wait as soon as this says so. What was sent may still be taken: the next run asks the chain for it.
    #[must_use]
    pub fn with_stop(mut self, stop: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        self.stop = Stop(Box::new(stop));
        self
    }

    /// Who signs.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// The hash of the chain's genesis block.
    ///
    /// # Errors
    /// No endpoint answers.
    pub fn genesis(&self) -> Result<Hash, Error> {
        self.wait(|shared| async move { shared.endpoints.genesis().await })
    }

    /// Says something once, and returns as soon as an endpoint took it. `seen` is the final block in whose
    /// state the caller saw that it is to be said, and what else it knows: what is in a newer one isn't said again.
    ///
    /// If the chain refused the same words before, that is the error, and nothing is sent until some blocks
    /// have passed, the longer the more often it did.
    ///
    /// # Errors
    /// See [`Error`]. After [`Error::Unsettled`] the words may be on their way, and aren't sent again as long as they
    /// are.
    pub fn say(
        &self,
        words: Submission,
        seen: impl Into<ChainView>,
    ) -> Result<SubmitOutcome, Error> {
        let Submission { topics, call } = words;
        let (name, seen) = (call.name(), seen.into());
        self.shared.see(&seen);
        let begin = self.shared.table().begin(&topics, &seen);
        let (id, nonce) = match begin {
            Begin::OnItsWay => return Ok(SubmitOutcome::OnItsWay),
            Begin::Waits => return Err(Error::Waits { call: name }),
            Begin::Known => return Ok(SubmitOutcome::Known),
            Begin::Refused(error) => return Err(error),
            Begin::Go { id, nonce } => (id, nonce),
        };
        let (tell, told) = mpsc::channel();
        let shared = self.shared.clone();
        self.spawn(async move { shared.see_through(id, call, nonce, tell).await });
        let until = Instant::now() + patience(&self.shared);
        let mut signed = None;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match told.recv_timeout(left.min(STEP)) {
                Err(RecvTimeoutError::Timeout) if !left.is_zero() && !(self.stop.0)() => {}
                Ok(FlightEvent::Signed(it)) => signed = Some(it),
                Ok(FlightEvent::Taken(it)) => {
                    return Ok(SubmitOutcome::Sent { extrinsic: it.hash })
                }
                Ok(FlightEvent::Earlier) => return Ok(SubmitOutcome::OnItsWay),
                Ok(FlightEvent::Done(Ok(it))) => {
                    return Ok(SubmitOutcome::Sent {
                        extrinsic: it.extrinsic,
                    })
                }
                Ok(FlightEvent::Done(Err(error))) => return Err(error),
                Err(_) => return Err(unsettled(name, signed)),
            }
        }
    }

    /// [Says](Self::say) what a cluster's state is after checkpoints, in order and without gaps; without those at the
    /// front that are on their way.
    ///
    /// # Errors
    /// As [`say`](Self::say).
    pub fn acknowledge(
        &self,
        cluster: ClusterId,
        mut checkpoints: Vec<Checkpoint>,
        seen: impl Into<ChainView>,
    ) -> Result<SubmitOutcome, Error> {
        let seen = seen.into();
        let Submission { topics, .. } = submissions::acknowledge(cluster, &checkpoints);
        let covered = self.shared.table().covered(&topics, seen.block);
        if covered < checkpoints.len() {
            checkpoints.drain(..covered);
        }
        self.say(submissions::acknowledge(cluster, &checkpoints), seen)
    }

    /// [Says](Self::say) at which message the worker can't go on.
    ///
    /// # Errors
    /// As [`say`](Self::say).
    pub fn report_parked(
        &self,
        cluster: ClusterId,
        report: &ParkReport,
        seen: impl Into<ChainView>,
    ) -> Result<SubmitOutcome, Error> {
        self.say(submissions::report_parked(cluster, report), seen)
    }

    /// [Says](Self::say) which engine files the worker has, instead of what it said before.
    ///
    /// # Errors
    /// As [`say`](Self::say); [`Error::TooManyEngines`] beyond the chain's `MaxAnnounced`.
    pub fn announce_engines(
        &self,
        files: &[Hash],
        seen: impl Into<ChainView>,
    ) -> Result<SubmitOutcome, Error> {
        let seen = seen.into();
        self.shared.see(&seen);
        let most: u32 = self.constant(PALLET, "MaxAnnounced")?;
        match u32::try_from(files.len()) {
            Ok(found) if found <= most => self.say(submissions::announce_engines(files), seen),
            _ => Err(Error::TooManyEngines {
                found: files.len(),
                most,
            }),
        }
    }

    /// [Asks](Self::say) the chain to admit the signer as a worker.
    ///
    /// # Errors
    /// As [`say`](Self::say).
    pub fn register_worker(&self, seen: impl Into<ChainView>) -> Result<SubmitOutcome, Error> {
        self.say(submissions::register_worker(&self.account), seen)
    }

    /// What is on its way: not in a final block, and not past its mortality.
    pub fn on_its_way(&self) -> Vec<Topic> {
        self.shared.table().on_its_way()
    }

    /// Sends a call and waits until it is in a final block. What the pool drops is signed and sent again.
    ///
    /// # Errors
    /// No endpoint can be reached or takes it, the account can't pay for it, or it failed in its block.
    pub fn submit(&self, call: Call) -> Result<Included, Error> {
        let name = call.name();
        let (tell, told) = mpsc::channel();
        let shared = self.shared.clone();
        let flight = self.spawn(async move {
            let tells = tell.clone();
            let (ended, _) = fly(&shared, &call, None, &move |it| drop(tells.send(it))).await;
            drop(tell.send(FlightEvent::Done(ended)));
        });
        let until = Instant::now() + self.shared.limits.finality;
        let mut signed: Option<Signed> = None;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match told.recv_timeout(left) {
                Ok(FlightEvent::Signed(it)) => {
                    // The one that may be taken for longest counts.
                    if signed.as_ref().is_none_or(|old| old.until <= it.until) {
                        signed = Some(it);
                    }
                }
                Ok(FlightEvent::Taken(_) | FlightEvent::Earlier) => {}
                Ok(FlightEvent::Done(ended)) => return ended,
                Err(_) => {
                    // Nothing more is signed for it.
                    if let Some(flight) = flight {
                        flight.abort();
                    }
                    return Err(unsettled(name, signed));
                }
            }
        }
    }

    /// What the signer has on the chain in the best block, in the smallest unit, without what is reserved.
    ///
    /// # Errors
    /// No endpoint answers, or it has no such record.
    pub fn balance(&self) -> Result<Balance, Error> {
        self.wait(|shared| async move {
            let rpc = shared.endpoints.connection().await?;
            let best = rpc.head(None).await;
            let best = shared.judge(&rpc, best).await?;
            let free = shared.free(&rpc, best.hash).await;
            free.ok_or_else(|| rpc.lost("a balance", "it has no record that can be read"))
        })
    }

    /// The number of the newest final block.
    ///
    /// # Errors
    /// No endpoint answers.
    pub fn finalized(&self) -> Result<BlockNumber, Error> {
        self.wait(|shared| async move {
            let rpc = shared.endpoints.connection().await?;
            let finalized = rpc.finalized().await;
            Ok(shared.judge(&rpc, finalized).await?.number)
        })
    }

    /// A constant of a pallet of the chain's runtime.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the runtime hasn't got it; no endpoint answers.
    pub fn constant<T: Decode + Send + 'static>(
        &self,
        pallet: &'static str,
        name: &'static str,
    ) -> Result<T, Error> {
        self.wait(move |shared| async move {
            let rpc = shared.endpoints.connection().await?;
            let asked = async {
                let best = rpc.head(None).await?;
                shared.runtime(&rpc, best.hash).await
            };
            let runtime = shared.judge(&rpc, asked.await).await?;
            runtime.constant(pallet, name)
        })
    }

    /// Calls a function of the chain's runtime in the newest final state, like `FatContractsApi_queue`, with its
    /// arguments' SCALE; gives its result's SCALE, or `None` if the runtime has no such function or it fails.
    ///
    /// # Errors
    /// No endpoint answers.
    pub fn runtime_call(
        &self,
        function: &'static str,
        arguments: Vec<u8>,
    ) -> Result<Option<Vec<u8>>, Error> {
        self.wait(move |shared| async move {
            let rpc = shared.endpoints.connection().await?;
            let asked = async {
                let at = rpc.finalized().await?.hash;
                match rpc.runtime_call(function, &arguments, at).await {
                    Ok(answer) => Ok(Some(answer)),
                    Err(Failed::Told(_)) => Ok(None),
                    Err(Failed::Lost(error)) => Err(error),
                }
            };
            shared.judge(&rpc, asked.await).await
        })
    }

    /// Runs something on the thread of the connections. The caller's thread may be one of another such runtime.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> Option<JoinHandle<()>> {
        self.threads.as_ref().map(|threads| threads.spawn(task))
    }

    fn wait<T, F>(&self, asked: impl FnOnce(Arc<Shared>) -> F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let (tell, told) = mpsc::channel();
        let asked = asked(self.shared.clone());
        self.spawn(async move { drop(tell.send(asked.await)) });
        // Each request of it has a limit of time.
        let reason = loop {
            match told.recv_timeout(STEP) {
                Ok(done) => return done,
                Err(RecvTimeoutError::Disconnected) => break "its thread has ended",
                Err(RecvTimeoutError::Timeout) if (self.stop.0)() => break "it stops",
                Err(RecvTimeoutError::Timeout) => {}
            }
        };
        Err(Error::Unreachable {
            endpoint: "the sender".into(),
            what: "anything",
            reason: reason.into(),
        })
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        if let Some(threads) = self.threads.take() {
            // Waiting for it would not be allowed on a thread of another runtime, and be of no use.
            threads.shutdown_background();
        }
    }
}

impl Shared {
    /// Sees words through, and takes down what became of them.
    async fn see_through(
        self: Arc<Self>,
        id: u64,
        call: Call,
        nonce: Option<u64>,
        tell: mpsc::Sender<FlightEvent>,
    ) {
        let tells = tell.clone();
        let tells = move |it| drop(tells.send(it));
        let (ended, signed) = match self.find_said(&call).await {
            Ok(earlier) => {
                if earlier.is_some() {
                    tells(FlightEvent::Earlier);
                }
                fly(&self, &call, Some(Before { earlier, nonce }), &tells).await
            }
            Err(error) => (Err(error), Vec::new()),
        };
        self.table().hold(id, &signed);
        match &ended {
            Ok(included) => self.table().done(id, included.block),
            Err(error) => {
                warn!(call = call.name(), %error, "not said");
                self.table().failed(id, error);
            }
        }
        drop(tell.send(FlightEvent::Done(ended)));
    }

    /// Whether an earlier run of the program said it, and it is on its way.
    async fn find_said(&self, call: &Call) -> Result<Option<Signed>, Error> {
        let rpc = self.endpoints.connection().await?;
        let asked = async {
            let best = rpc.head(None).await?;
            self.compared_runtime(&rpc, best.hash).await?.encode(call)
        };
        let encoded = self.judge(&rpc, asked.await).await?;
        // Of acknowledgements those of the same cluster: what an earlier one leaves to be said shows when it is over.
        let same = match call.name() {
            "acknowledge" => encoded.len().min(2 + size_of::<ClusterId>()),
            _ => encoded.len(),
        };
        let whole = call.name() != "acknowledge";
        self.earlier(|it| it.starts_with(&encoded[..same]) && (!whole || it.len() == same))
            .await
    }
}

fn unsettled(call: &'static str, signed: Option<Signed>) -> Error {
    match signed {
        Some(signed) => Error::Unsettled {
            call,
            extrinsic: signed.hash,
            until: signed.until,
        },
        None => Error::Unreachable {
            endpoint: "every endpoint".into(),
            what: call,
            reason: "no answer in time".into(),
        },
    }
}
