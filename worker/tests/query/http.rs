//! Requests over HTTP, against a server on loopback, which only an operator's allowance opens.

use crate::{
    harness::{input, returned, Harness},
    server::Server,
};
use parity_scale_codec::{DecodeAll, Encode};
use pink_capi::types::{HttpRequest, HttpRequestError, HttpResponse, Outcome};
use pink_devchain::owner;
use pink_worker_core::query::{InkMessage, QueryError, QueryOptions};
use std::time::Duration;

const ALLOWED: &str = "[http]\nallow_networks = [\"127.0.0.1/32\"]\n";

/// Status, and the body or the reason.
fn get(harness: &Harness, url: &str) -> (u16, String) {
    returned(&harness.query(&input("get", url)).receipt)
}

fn said(status: u16, text: &str) -> (u16, String) {
    (status, text.into())
}

type Answer = Result<HttpResponse, HttpRequestError>;

fn batch(harness: &Harness, requests: Vec<HttpRequest>, timeout_ms: u64) -> Vec<Answer> {
    let message = input("ask", (22u16, (requests, timeout_ms).encode()));
    let (status, answer): (u32, Vec<u8>) = returned(&harness.query(&message).receipt);
    assert_eq!(status, 0);
    DecodeAll::decode_all(&mut &answer[..]).expect("the function's type")
}

fn request(method: &str, url: String) -> HttpRequest {
    HttpRequest {
        url,
        method: method.into(),
        headers: Vec::new(),
        body: Vec::new(),
    }
}

#[test]
fn a_server_inside_needs_the_operator_s_allowance() {
    let server = Server::start();
    let url = server.url("/hello");
    let refused = Harness::new("");
    assert_eq!(get(&refused, &url), said(524, "NotAllowed"));
    let by_name = server.at("localhost", "/hello");
    assert_eq!(get(&refused, &by_name), said(524, "NotAllowed"));
    assert!(server.seen().is_empty());

    let allowed = Harness::new(ALLOWED);
    assert_eq!(get(&allowed, &url), said(200, "hello"));
    assert_eq!(get(&allowed, &by_name), said(200, "hello"));
    assert_eq!(
        get(&allowed, &server.url("/nothing")),
        said(404, "Not Found")
    );
    let off = Harness::new(&format!("{ALLOWED}enabled = false\n"));
    assert_eq!(get(&off, &url), said(524, "NotAllowed"));
    assert_eq!(server.seen().len(), 3);
}

#[test]
fn a_request_is_sent_as_it_is() {
    let server = Server::start();
    let harness = Harness::new(ALLOWED);
    let answers = batch(
        &harness,
        vec![HttpRequest {
            headers: vec![("X-Own".into(), "a".into()), ("X-Own".into(), "b".into())],
            body: b"the body".to_vec(),
            ..request("POST", server.url("/echo?q=1"))
        }],
        10_000,
    );
    let response = answers[0].as_ref().expect("a response");
    assert_eq!(response.status_code, 201);
    assert_eq!(response.reason_phrase, "Created");
    let echoed = String::from_utf8(response.body.clone()).expect("text");
    assert!(echoed.starts_with("POST\n"), "{echoed}");
    assert!(echoed.ends_with("\nthe body"), "{echoed}");
    let lower = echoed.to_ascii_lowercase();
    assert!(lower.contains("x-own: a\nx-own: b"), "{echoed}");
    assert_eq!(
        batch(&harness, vec![request("GET", server.url("/hello"))], 10_000)[0]
            .as_ref()
            .map(|response| response
                .headers
                .contains(&("x-greeting".into(), "hi".into()))),
        Ok(true)
    );
}

#[test]
fn redirects_are_checked_anew() {
    let server = Server::start();
    let harness = Harness::new(ALLOWED);
    let to = |target: &str| server.url(&format!("/redirect?{target}"));
    assert_eq!(get(&harness, &to("/hello")), said(200, "hello"));
    assert_eq!(
        get(&harness, &to(&to(&server.url("/hello")))),
        said(200, "hello")
    );
    let before = server.seen().len();
    // The same server, at an address that isn't allowed.
    for forbidden in [
        server.at("127.0.0.2", "/hello"),
        "http://10.1.2.3/".into(),
        "http://169.254.169.254/".into(),
    ] {
        assert_eq!(get(&harness, &to(&forbidden)), said(524, "NotAllowed"));
    }
    assert_eq!(
        get(&harness, &to("file:///etc/passwd")),
        said(524, "InvalidUrl")
    );
    let seen = server.seen();
    assert_eq!(seen.len(), before + 4);
    let forbidden = |it: &String| it.contains(" 127.0.0.2:");
    assert!(!seen.iter().any(forbidden), "{seen:?}");
    // In a circle.
    let circle = server.url("/redirect?/redirect");
    let circle = format!("{circle}?{circle}");
    assert_ne!(get(&harness, &circle).0, 200);
}

#[test]
fn answers_are_bounded() {
    let server = Server::start();
    let harness = Harness::new(ALLOWED);
    for (page, why) in [
        ("/announced", "ResponseTooLarge"),
        ("/endless", "ResponseTooLarge"),
        ("/headers?200", "TooManyHeaders"),
        ("/header?100000", "TooManyHeaders"),
    ] {
        assert_eq!(get(&harness, &server.url(page)), said(524, why), "{page}");
    }
    assert_eq!(
        get(&harness, &server.url("/garbage")),
        said(523, "Unreachable")
    );
    assert_eq!(get(&harness, &server.url("/headers?100")).0, 200);
}

#[test]
fn a_slow_server_meets_the_deadline() {
    let server = Server::start();
    let url = server.url("/silent");
    let harness = Harness::new(&format!("{ALLOWED}timeout_ms = 300\n"));
    assert_eq!(get(&harness, &url), said(524, "Timeout"));
    let answers = batch(
        &Harness::new(ALLOWED),
        vec![
            request("GET", url.clone()),
            request("GET", server.url("/hello")),
        ],
        300,
    );
    assert_eq!(answers[0], Err(HttpRequestError::Timeout));
    assert_eq!(answers[1].as_ref().map(|it| it.status_code), Ok(200));

    // The query's own deadline comes first: there is no answer then, and the next one is fine.
    let harness = Harness::new(ALLOWED);
    let message = InkMessage {
        payload: input("get", &url),
        ..InkMessage::default()
    };
    let options = QueryOptions {
        timeout: Some(Duration::from_millis(300)),
        ..QueryOptions::default()
    };
    let queries = harness.node.queries();
    let late = queries.query(owner().into(), harness.contract, message.clone(), options);
    assert!(matches!(late, Err(QueryError::Deadline { .. })), "{late:?}");
    // Called off while it waits for the server.
    let options = QueryOptions::default();
    let running = queries
        .start(owner().into(), harness.contract, message, options)
        .expect("it begins");
    let silent = |seen: Vec<String>| seen.iter().filter(|it| it.contains("/silent")).count();
    while silent(server.seen()) < 4 {
        std::thread::yield_now();
    }
    running.canceller().cancel();
    assert!(matches!(running.wait(), Err(QueryError::Cancelled)));
    assert_eq!(get(&harness, &server.url("/hello")), said(200, "hello"));
}

#[test]
fn of_a_batch_each_has_its_own_answer() {
    let server = Server::start();
    let harness = Harness::new(ALLOWED);
    let answers = batch(
        &harness,
        vec![
            request("GET", server.url("/hello")),
            request("GET", server.at("127.0.0.2", "/hello")),
            request("GET", server.url("/endless")),
            request("G T", server.url("/hello")),
            request("GET", "gopher://a/".into()),
        ],
        10_000,
    );
    let statuses: Vec<_> = answers
        .into_iter()
        .map(|answer| answer.map(|response| response.status_code))
        .collect();
    assert_eq!(
        statuses,
        [
            Ok(200),
            Err(HttpRequestError::NotAllowed),
            Err(HttpRequestError::ResponseTooLarge),
            Err(HttpRequestError::InvalidMethod),
            Err(HttpRequestError::InvalidUrl),
        ]
    );
    // The same through the contract's own words for it.
    let urls = vec![server.url("/hello"), server.at("127.0.0.2", "/hello")];
    let get_all = input("get_all", (&urls, 10_000u64));
    type Statuses = Result<Vec<Result<u16, HttpRequestError>>, u32>;
    let statuses: Statuses = returned(&harness.query(&get_all).receipt);
    assert_eq!(
        statuses,
        Ok(vec![Ok(200), Err(HttpRequestError::NotAllowed)])
    );
    let estimate = harness.estimate(&get_all).receipt;
    // Refused with the status of "not allowed"; ink! reverts a message that returns an error.
    assert_eq!(estimate.outcome, Outcome::Reverted);
    assert_eq!(estimate.output, [&[0, 1][..], &7u32.to_le_bytes()].concat());
    // More than one query may make.
    let harness = Harness::new(&format!("{ALLOWED}max_per_query = 1\n"));
    let message = input(
        "ask",
        (
            22u16,
            (vec![request("GET", server.url("/hello")); 2], 1_000u64).encode(),
        ),
    );
    let (status, _): (u32, Vec<u8>) = returned(&harness.query(&message).receipt);
    assert_eq!(status, 8);
}
