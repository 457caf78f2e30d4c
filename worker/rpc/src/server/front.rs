//! What is looked at before JSON-RPC: whose page asks, health, how long it takes.

use super::{
    accept::SocketPlace,
    gate::Gate,
    origin,
    room::{Held, Taken},
    Shared,
};
use crate::{config::Methods, context::Caller, health};
use http::{header, HeaderMap, HeaderValue, Method, Request, StatusCode};
use hyper::body::{Body, Incoming};
use jsonrpsee::server::{
    middleware::rpc::RpcServiceBuilder, HttpBody, HttpResponse, ServerBuilder,
};
use serde_json::json;
use std::{convert::Infallible, net::IpAddr, sync::Arc};
use tower_service::Service;

/// For how long a browser may remember that a page may ask.
const REMEMBERED_SECONDS: &str = "600";

/// The address that a call counts for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) IpAddr);

/// Answers a request.
pub(super) async fn answer(
    shared: Arc<Shared>,
    from: IpAddr,
    place: SocketPlace,
    request: Request<Incoming>,
) -> Result<HttpResponse, Infallible> {
    let config = &shared.context.config;
    let console = shared.context.daemon.console.as_ref();
    let checked = origin::check_serving(
        &config.cors,
        &config.hosts,
        console.is_some(),
        request.uri(),
        request.headers(),
    );
    if let Err(refused) = checked {
        return Ok(text(StatusCode::FORBIDDEN, refused.text()));
    }
    let page = request.headers().get(header::ORIGIN).cloned();
    // A connection is made upgradable at whatever path.
    let reads = !request.headers().contains_key(header::UPGRADE);
    let of_page = console.filter(|_| reads).and_then(|console| {
        console.answer(request.method(), request.uri().path(), request.headers())
    });
    if let Some(answer) = of_page {
        return Ok(answer.map(HttpBody::from));
    }
    let mut response = match (request.method(), request.uri().path()) {
        (&Method::OPTIONS, _) => preflight(),
        (&Method::GET, "/health") => alive(&shared).await,
        (&Method::GET, "/health/readiness") => ready(&shared).await,
        (_, "/health" | "/health/readiness") => text(
            StatusCode::METHOD_NOT_ALLOWED,
            "Health is asked for by GET.\n",
        ),
        _ => call(&shared, from, &place, request).await,
    };
    if let Some(page) = page {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, page);
        headers.insert(header::VARY, HeaderValue::from_static("origin"));
    }
    Ok(response)
}

async fn call(
    shared: &Arc<Shared>,
    from: IpAddr,
    place: &SocketPlace,
    mut request: Request<Incoming>,
) -> HttpResponse {
    let config = &shared.context.config;
    let peer = if shared.rates.trusts_proxy() && from.is_loopback() {
        forwarded(request.headers()).unwrap_or(from)
    } else {
        from
    };
    let by_proxy = config.methods == Methods::Auto && is_forwarded(request.headers());
    let trusted = shared.trusted && !by_proxy;
    request.extensions_mut().insert(Peer(peer));
    let listens = request.headers().contains_key(header::UPGRADE);
    request.extensions_mut().insert(Caller { trusted, listens });
    let Some(room) = room_for(shared, place, listens, request.headers()) else {
        return too_much();
    };
    let gate_of = shared.clone();
    let middleware =
        RpcServiceBuilder::new().layer_fn(move |service| Gate::new(service, gate_of.clone()));
    let limits = if listens {
        &shared.socket_limits
    } else {
        &shared.limits
    };
    let mut service = ServerBuilder::with_config(limits.clone())
        .set_rpc_middleware(middleware)
        .to_service_builder()
        .build(shared.methods.clone(), shared.stop.clone());
    let answered = tokio::time::timeout(config.request_timeout, service.call(request)).await;
    drop(room);
    match answered {
        Ok(Ok(response)) => held(shared, response),
        Ok(Err(error)) => {
            tracing::debug!(%error, "a request can't be answered");
            text(StatusCode::BAD_REQUEST, "The request can't be read.\n")
        }
        Err(_) => text(
            StatusCode::REQUEST_TIMEOUT,
            "The request took longer than it may.\n",
        ),
    }
}

/// The room of a request's body: as much as it says, or as it may have; none if there isn't as much. A WebSocket has a place
/// in which it may have messages.
fn room_for(
    shared: &Shared,
    place: &SocketPlace,
    listens: bool,
    headers: &HeaderMap,
) -> Option<Taken> {
    if listens && place.get().is_none() {
        let taken = shared.sockets.clone().try_acquire_owned().ok()?;
        // Nobody else sets it: a connection's requests come one after the other.
        let _ = place.set(taken);
    }
    let most = u64::from(shared.context.config.max_request_bytes);
    let said = headers.get(header::CONTENT_LENGTH);
    let said = said.and_then(|length| length.to_str().ok()?.parse().ok());
    let bytes = match said {
        _ if listens => 0,
        // It is refused before any of it is read.
        Some(bytes) if bytes > most => 0,
        Some(bytes) => bytes,
        None => most,
    };
    shared.room.take(bytes)
}

/// An answer with its room, until it is taken.
fn held(shared: &Shared, answer: HttpResponse) -> HttpResponse {
    match shared.room.take(answer.body().size_hint().lower()) {
        Some(room) => answer.map(|body| HttpBody::new(Held { body, _room: room })),
        None => too_much(),
    }
}

/// Nothing was begun, or nothing is left of it.
fn too_much() -> HttpResponse {
    let mut response = text(
        StatusCode::SERVICE_UNAVAILABLE,
        "As much is being asked and answered as there may be at a time.\n",
    );
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// What proxies add to a request that they hand on.
const OF_PROXIES: [&str; 6] = [
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
];

/// Whether a proxy says that it hands the request on: then it may come from anywhere.
fn is_forwarded(headers: &HeaderMap) -> bool {
    OF_PROXIES.iter().any(|name| headers.contains_key(*name))
}

/// Who a proxy says that asks: the last one, whom it has seen itself.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let named = headers.get_all("x-forwarded-for").iter().next_back()?;
    let last = named.to_str().ok()?.rsplit(',').next()?;
    last.trim().parse().ok()
}

fn preflight() -> HttpResponse {
    let mut response = text(StatusCode::NO_CONTENT, "");
    let headers = response.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, POST"),
    );
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("content-type"),
    );
    headers.insert(
        header::ACCESS_CONTROL_MAX_AGE,
        HeaderValue::from_static(REMEMBERED_SECONDS),
    );
    response
}

/// That this is answered is what it says.
async fn alive(shared: &Shared) -> HttpResponse {
    let ready = reasons(shared).await.is_some_and(|why| why.is_empty());
    let body = json!({ "peers": 0, "isSyncing": !ready, "shouldHavePeers": false });
    json_text(StatusCode::OK, &body)
}

async fn ready(shared: &Shared) -> HttpResponse {
    let why = reasons(shared).await;
    let why = why.unwrap_or_else(|| vec!["the store can't be read in time".into()]);
    let status = if why.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    json_text(status, &json!({ "ready": why.is_empty(), "why": why }))
}

/// Why the worker isn't ready; none if it can't be known, as when too much waits.
async fn reasons(shared: &Shared) -> Option<Vec<String>> {
    let read = shared.context.read(|context, worker| {
        let block = worker.store().cursor()?.map(|block| block.number);
        Ok(health::readiness(context, block))
    });
    read.await.ok()
}

fn text(status: StatusCode, text: &'static str) -> HttpResponse {
    body(status, "text/plain; charset=utf-8", text.to_string())
}

fn json_text(status: StatusCode, value: &serde_json::Value) -> HttpResponse {
    body(status, "application/json; charset=utf-8", value.to_string())
}

fn body(status: StatusCode, kind: &'static str, text: String) -> HttpResponse {
    let mut response = HttpResponse::new(HttpBody::from(text));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static(kind);
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
