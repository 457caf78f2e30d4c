//! An endpoint for tests: a JSON-RPC server over something that answers, which can be told to lie.

#![allow(dead_code)] // Not every test needs all of it.

pub(crate) mod fake;
pub(crate) mod following;
pub(crate) mod places;
pub(crate) mod signed;

use jsonrpsee::{
    core::{server::SubscriptionCloseResponse, RpcResult},
    server::{RpcModule, Server, ServerConfig, ServerHandle},
    types::ErrorObjectOwned,
};
use serde_json::Value;
use std::{
    net::SocketAddr,
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc, Mutex,
    },
    time::Duration,
};
use tokio::{runtime::Runtime, sync::broadcast};

/// What stands behind an endpoint.
pub(crate) trait Answers: Send + Sync + 'static {
    /// The answer to a call.
    fn answer(&self, method: &str, params: &[Value]) -> RpcResult<Value>;
}

/// Makes another answer of an answer.
pub(crate) type Hook = Box<dyn FnMut(&str, &[Value], RpcResult<Value>) -> RpcResult<Value> + Send>;

/// What is answered.
const METHODS: [&str; 7] = [
    "chain_getBlockHash",
    "chain_getFinalizedHead",
    "chain_getHeader",
    "chain_getBlock",
    "state_getReadProof",
    "state_getMetadata",
    "grandpa_proveFinality",
];

/// The name under which a hook sees what comes by itself.
pub(crate) const JUSTIFICATIONS: &str = "grandpa_justifications";
pub(crate) const HEADS: &str = "chain_finalizedHead";

/// What server and test share.
struct Shared {
    answers: Arc<dyn Answers>,
    hook: Mutex<Option<Hook>>,
    asked: Mutex<Vec<String>>,
    justifications: broadcast::Sender<Value>,
    heads: broadcast::Sender<Value>,
    listeners: AtomicUsize,
    handle: Mutex<Option<ServerHandle>>,
}

/// An endpoint.
pub(crate) struct Endpoint {
    shared: Arc<Shared>,
    runtime: Runtime,
    address: SocketAddr,
}

impl Shared {
    fn changed(
        &self,
        method: &str,
        params: &[Value],
        answer: RpcResult<Value>,
    ) -> RpcResult<Value> {
        match self.hook.lock().expect("no panic").as_mut() {
            Some(hook) => hook(method, params, answer),
            None => answer,
        }
    }
}

impl Endpoint {
    pub(crate) fn start(answers: Arc<dyn Answers>) -> Self {
        let shared = Arc::new(Shared {
            answers,
            hook: Mutex::new(None),
            asked: Mutex::default(),
            justifications: broadcast::channel(64).0,
            heads: broadcast::channel(64).0,
            listeners: AtomicUsize::new(0),
            handle: Mutex::new(None),
        });
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let mut endpoint = Self {
            shared,
            runtime,
            address: ([127, 0, 0, 1], 0).into(),
        };
        endpoint.listen();
        endpoint
    }

    /// Serves, at the address that it had before if it had one.
    pub(crate) fn listen(&mut self) {
        let module = module(&self.shared);
        let (address, handle) = self.runtime.block_on(async {
            let config = ServerConfig::builder().max_response_body_size(64 * 1024 * 1024);
            let builder = || Server::builder().set_config(config.clone().build());
            // Whoever listened at this address before may be about to end.
            let mut tries = 0;
            let server = loop {
                match builder().build(self.address).await {
                    Ok(server) => break server,
                    Err(error) if tries > 1_000 => panic!("{}: {error}", self.address),
                    Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                }
                tries += 1;
            };
            (
                server.local_addr().expect("an address"),
                server.start(module),
            )
        });
        self.address = address;
        *self.shared.handle.lock().expect("no panic") = Some(handle);
    }

    /// Ends every connection, and takes no new one.
    pub(crate) fn drop_all(&self) {
        stop(&self.shared);
    }

    /// What a hook calls to end every connection.
    pub(crate) fn dropper(&self) -> impl Fn() + Send + 'static {
        let shared = self.shared.clone();
        move || stop(&shared)
    }

    pub(crate) fn url(&self) -> String {
        format!("ws://{}", self.address)
    }

    /// Has every answer go through this.
    pub(crate) fn lie(
        &self,
        hook: impl FnMut(&str, &[Value], RpcResult<Value>) -> RpcResult<Value> + Send + 'static,
    ) {
        *self.shared.hook.lock().expect("no panic") = Some(Box::new(hook));
    }

    pub(crate) fn be_honest(&self) {
        *self.shared.hook.lock().expect("no panic") = None;
    }

    /// The methods that were called since the last time.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.asked.lock().expect("no panic"))
    }

    /// Says to whoever listens that a block is final. Waits until somebody listens.
    pub(crate) fn tell(&self, justification: Value, head: Value) {
        while self.shared.listeners.load(Ordering::SeqCst) < 2 {
            std::thread::yield_now();
        }
        for (sender, name, value) in [
            (&self.shared.justifications, JUSTIFICATIONS, justification),
            (&self.shared.heads, HEADS, head),
        ] {
            if let Ok(value) = self.shared.changed(name, &[], Ok(value)) {
                sender.send(value).expect("somebody listens");
            }
        }
    }

    /// Ends what is listened to, and nothing else: the connections stay.
    pub(crate) fn end_subscriptions(&self) {
        self.forget_listeners();
        for sender in [&self.shared.justifications, &self.shared.heads] {
            sender.send(Value::Null).expect("somebody listens");
        }
    }

    /// How many subscriptions there are.
    pub(crate) fn listeners(&self) -> usize {
        self.shared.listeners.load(Ordering::SeqCst)
    }

    /// Whoever listened doesn't count any more.
    pub(crate) fn forget_listeners(&self) {
        self.shared.listeners.store(0, Ordering::SeqCst);
    }

    /// What comes from elsewhere by itself is told as well.
    pub(crate) fn teller(&self) -> impl Fn(&'static str, Value) + Send + 'static {
        let shared = self.shared.clone();
        move |name, value| {
            let sender = match name {
                HEADS => &shared.heads,
                _ => &shared.justifications,
            };
            if let Ok(value) = shared.changed(name, &[], Ok(value)) {
                // Nobody may listen.
                let _ = sender.send(value);
            }
        }
    }
}

fn stop(shared: &Shared) {
    if let Some(handle) = shared.handle.lock().expect("no panic").take() {
        handle.stop().expect("it runs");
    }
    shared.listeners.store(0, Ordering::SeqCst);
}

fn module(shared: &Arc<Shared>) -> RpcModule<Arc<Shared>> {
    let mut module = RpcModule::new(shared.clone());
    for method in METHODS {
        module
            .register_blocking_method(method, move |params, shared, _| {
                let params: Vec<Value> = params.parse().unwrap_or_default();
                shared.asked.lock().expect("no panic").push(method.into());
                let answer = shared.answers.answer(method, &params);
                shared.changed(method, &params, answer)
            })
            .expect("a new method");
    }
    for (subscribe, notification, unsubscribe) in [
        (
            "grandpa_subscribeJustifications",
            JUSTIFICATIONS,
            "grandpa_unsubscribeJustifications",
        ),
        (
            "chain_subscribeFinalizedHeads",
            HEADS,
            "chain_unsubscribeFinalizedHeads",
        ),
    ] {
        module
            .register_subscription(
                subscribe,
                notification,
                unsubscribe,
                move |_, pending, shared, _| async move {
                    let over = || SubscriptionCloseResponse::NotifErr("it is over".into());
                    let Ok(sink) = pending.accept().await else {
                        return over();
                    };
                    let mut values = match notification {
                        HEADS => shared.heads.subscribe(),
                        _ => shared.justifications.subscribe(),
                    };
                    shared.listeners.fetch_add(1, Ordering::SeqCst);
                    while let Ok(value) = values.recv().await {
                        if value.is_null() {
                            break;
                        }
                        let text = serde_json::value::to_raw_value(&value).expect("JSON");
                        if sink.send(text).await.is_err() {
                            break;
                        }
                    }
                    over()
                },
            )
            .expect("a new subscription");
    }
    module
}

/// As Substrate's nodes refuse.
pub(crate) fn refused(message: &str) -> ErrorObjectOwned {
    ErrorObjectOwned::owned(4003, "Client error".to_string(), Some(message))
}
