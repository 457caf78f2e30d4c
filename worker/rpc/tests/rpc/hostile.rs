//! What nobody sends in good faith: each gets a named error, and the server goes on.

use crate::harness::{hex0x, input, post, Harness};
use pink_worker_rpc::{Cors, RateLimit, RpcConfig, Server};
use serde_json::{json, Value};
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::atomic::Ordering,
    thread,
    time::{Duration, Instant},
};

/// Whether it still answers.
#[track_caller]
fn lives(harness: &Harness) {
    harness.good("system_version", json!([]));
}

fn code(text: &str) -> i64 {
    let value: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    value["error"]["code"]
        .as_i64()
        .unwrap_or_else(|| panic!("no error: {text}"))
}

#[test]
fn garbage_is_named() {
    let harness = Harness::new();
    // What is no request at all is a parse error or an invalid one: JSON-RPC lets a server say either where it
    // can't tell which call it was.
    let either = [-32700, -32600];
    for body in [
        "",
        "x",
        "{",
        "\u{0}",
        "[",
        "[]",
        "{}",
        "null",
        "7",
        "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"system_version\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}",
    ] {
        let (status, text) = harness.post(body);
        assert!(status < 500, "{body}: {status} {text}");
        if status == 200 {
            assert!(either.contains(&code(&text)), "{body}: {text}");
        }
    }
    let asked = |method: &str, params: &str| {
        let body =
            format!("{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"{method}\",\"params\":{params}}}");
        code(&harness.post(body).1)
    };
    assert_eq!(asked("system_version", "7"), -32602);
    assert_eq!(asked("cluster_v1_query", "\"x\""), -32602);
    assert_eq!(
        asked("cluster_v1_subscribeLogs", "[]"),
        -32601,
        "it takes a WebSocket"
    );
    assert!(harness.post("[1]").1.contains("-32600"));
    // An id that is none makes it a notification, which has no answer.
    let notified = "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"system_version\"}";
    assert!(!harness.post(notified).1.contains("pink-worker"));
    lives(&harness);
}

#[test]
fn depth_and_length_are_bounded() {
    let harness = Harness::with(
        RpcConfig {
            max_request_bytes: 1 << 20,
            max_response_bytes: 8 << 10,
            ..crate::harness::config()
        },
        "",
    );
    let deep = "[".repeat(200_000);
    let nested = format!("{deep}{}", "]".repeat(200_000));
    for params in [nested.clone(), format!("{{\"contract\":{nested}}}")] {
        let body = format!(
            "{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"cluster_v1_query\",\"params\":{params}}}"
        );
        assert_eq!(code(&harness.post(body).1), -32602);
    }
    assert!([-32700, -32600].contains(&code(&harness.post(format!("{{\"a\":{nested}}}")).1)));
    assert_eq!(code(&harness.post(deep).1), -32700);
    // By what it says of itself, before any of it is read.
    let long = format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        (1 << 20) + 1
    );
    let said = raw(harness.address(), long.as_bytes());
    assert!(said.starts_with("HTTP/1.1 413"), "{said}");
    // An answer that is too long: the document is longer than that.
    assert_eq!(harness.code("rpc.discover", json!([])), -32008);
    lives(&harness);
}

#[test]
fn batches_are_bounded() {
    let harness = Harness::new();
    let one = json!({ "jsonrpc": "2.0", "id": 1, "method": "system_version" });
    let (_, text) = harness.post(Value::from(vec![one.clone(); 5_000]).to_string());
    assert_eq!(code(&text), -32010, "{text}");
    let (_, text) = harness.post(Value::from(vec![one.clone(); 128]).to_string());
    assert_eq!(
        serde_json::from_str::<Vec<Value>>(&text).unwrap().len(),
        128
    );
    let mixed = json!([one, 1, { "jsonrpc": "2.0", "method": "system_version" }, { "jsonrpc": "2.0", "id": 2, "method": "no" }]);
    let (_, text) = harness.post(mixed.to_string());
    let answers: Vec<Value> = serde_json::from_str(&text).unwrap();
    let codes: Vec<_> = answers
        .iter()
        .map(|it| it["error"]["code"].as_i64())
        .collect();
    assert_eq!(
        codes,
        [None, Some(-32600), Some(-32601)],
        "a notification has no answer"
    );
    let none = Harness::with(
        RpcConfig {
            max_batch: 0,
            ..crate::harness::config()
        },
        "",
    );
    assert_eq!(code(&none.post("[{}]").1), -32005);
}

fn raw(address: SocketAddr, bytes: &[u8]) -> String {
    let mut socket = TcpStream::connect(address).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    socket.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    // Closed with a reset it has said what it had to.
    let _ = socket.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn whose_page_and_by_what_name() {
    let harness = Harness::new();
    let ask = |headers: &str| {
        let body = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"system_version\"}";
        let head = format!("POST / HTTP/1.1\r\n{headers}Content-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        raw(harness.address(), head.as_bytes())
    };
    assert!(ask("Host: localhost\r\n").starts_with("HTTP/1.1 200"));
    assert!(ask("Host: evil.example\r\n").starts_with("HTTP/1.1 403"));
    assert!(ask("Host: localhost\r\nHost: evil.example\r\n").starts_with("HTTP/1.1 4"));
    assert!(ask("").starts_with("HTTP/1.1 4"));
    let page = ask("Host: localhost\r\nOrigin: http://localhost:5173\r\n");
    assert!(
        page.to_ascii_lowercase()
            .contains("access-control-allow-origin: http://localhost:5173"),
        "{page}"
    );
    assert!(ask("Host: localhost\r\nOrigin: https://evil.example\r\n").starts_with("HTTP/1.1 403"));
    let upgrade = |origin: &str| {
        let mut asked = format!("GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: {origin}\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n").into_bytes();
        // A frame that closes it.
        asked.extend([0x88, 0x80, 0, 0, 0, 0]);
        raw(harness.address(), &asked)
    };
    assert!(
        upgrade("https://evil.example").starts_with("HTTP/1.1 403"),
        "a page may open no WebSocket either"
    );
    assert!(upgrade("http://localhost:1").starts_with("HTTP/1.1 101"));
    let asked = raw(harness.address(), b"OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost:1\r\nAccess-Control-Request-Method: POST\r\nConnection: close\r\n\r\n");
    assert!(
        asked.starts_with("HTTP/1.1 204")
            && asked
                .to_ascii_lowercase()
                .contains("access-control-allow-headers: content-type"),
        "{asked}"
    );
    let open = Harness::with(
        RpcConfig {
            cors: Cors::All,
            ..crate::harness::config()
        },
        "",
    );
    let any = raw(open.address(), b"GET /health HTTP/1.1\r\nHost: evil.example\r\nOrigin: https://evil.example\r\nConnection: close\r\n\r\n");
    assert!(any.starts_with("HTTP/1.1 200"), "{any}");
}

#[test]
fn too_many_connections_are_told_so() {
    let harness = Harness::with(
        RpcConfig {
            max_connections: 4,
            ..crate::harness::config()
        },
        "",
    );
    let held: Vec<_> = (0..4)
        .map(|_| TcpStream::connect(harness.address()).unwrap())
        .collect();
    while harness.seen.open.load(Ordering::SeqCst) < 4 {
        thread::yield_now();
    }
    let refused = raw(
        harness.address(),
        b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n",
    );
    assert!(
        refused.starts_with("HTTP/1.1 503") && refused.contains("Retry-After"),
        "{refused}"
    );
    // A thousand more of them cost nobody anything.
    let many: Vec<_> = (0..1_000)
        .filter_map(|_| TcpStream::connect(harness.address()).ok())
        .collect();
    drop(many);
    drop(held);
    while harness.seen.closed.load(Ordering::SeqCst) < 4 {
        thread::yield_now();
    }
    lives(&harness);
    assert!(harness.seen.refused.load(Ordering::SeqCst) > 0);
}

#[test]
fn half_open_and_slow_ones_go() {
    let idle = Duration::from_millis(300);
    let harness = Harness::with(
        RpcConfig {
            idle,
            request_timeout: Duration::from_millis(600),
            max_connections: 3,
            ..crate::harness::config()
        },
        "",
    );
    let ended = |socket: &mut TcpStream| {
        socket
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let mut rest = Vec::new();
        // An end and a reset are the same here; that it waits on isn't.
        let read = socket.read_to_end(&mut rest);
        let waited = read
            .as_ref()
            .is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock);
        assert!(!waited, "it was kept");
        String::from_utf8_lossy(&rest).into_owned()
    };
    // One says nothing, one half a head, one half a body.
    let mut silent = TcpStream::connect(harness.address()).unwrap();
    let mut head = TcpStream::connect(harness.address()).unwrap();
    head.write_all(b"POST / HTTP/1.1\r\nHost: local").unwrap();
    let mut body = TcpStream::connect(harness.address()).unwrap();
    body.write_all(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{").unwrap();
    ended(&mut silent);
    ended(&mut head);
    let said = ended(&mut body);
    assert!(said.starts_with("HTTP/1.1 408"), "{said}");
    lives(&harness);
}

#[test]
fn an_address_may_ask_so_often() {
    let rate = RateLimit {
        calls_per_minute: Some(5),
        ..RateLimit::default()
    };
    let harness = Harness::with(
        RpcConfig {
            rate,
            ..crate::harness::config()
        },
        "",
    );
    let codes: Vec<_> = (0..8)
        .map(|_| {
            harness
                .call("system_version", json!([]))
                .err()
                .map(|it| it["code"].as_i64())
        })
        .collect();
    assert!(codes[..5].iter().all(Option::is_none), "{codes:?}");
    assert_eq!(codes[7], Some(Some(9011)), "{codes:?}");
    // Each entry of a batch counts.
    let batch = Value::from(vec![
        json!({ "jsonrpc": "2.0", "id": 1, "method": "system_version" });
        20
    ]);
    assert!(harness.post(batch.to_string()).1.contains("9011"));
    let rate = RateLimit {
        calls_per_minute: Some(1),
        trust_proxy: true,
        ..RateLimit::default()
    };
    let harness = Harness::with(
        RpcConfig {
            rate,
            ..crate::harness::config()
        },
        "",
    );
    let from = |who: &str| {
        let body = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"system_version\"}";
        let text = raw(harness.address(), format!("POST / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 9.9.9.9, {who}\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
        text.contains("9011")
    };
    assert_eq!(
        [from("1.1.1.1"), from("1.1.1.1"), from("1.1.1.2")],
        [false, true, false]
    );
}

/// With every thread and place taken the next one is answered at once.
#[test]
fn overload_is_answered_at_once() {
    let harness = Harness::with(crate::harness::config(), "[query]\nthreads = 1\nmax_waiting = 1\ntimeout_ms = 8000\nmax_ref_time = 1000000000000000\n");
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "cluster_v1_query",
        "params": [harness.to(), hex0x(input("spin", ()))] })
    .to_string();
    let address = harness.address();
    let begun = Instant::now();
    let asked: Vec<_> = (0..8)
        .map(|_| {
            let body = body.clone();
            thread::spawn(move || (post(address, body).1, begun.elapsed()))
        })
        .collect();
    let answers: Vec<_> = asked.into_iter().map(|it| it.join().unwrap()).collect();
    let busy: Vec<_> = answers
        .iter()
        .filter(|(text, _)| text.contains("\"code\":9010"))
        .collect();
    assert_eq!(busy.len(), 6, "one runs, one waits: {answers:?}");
    let first_done = answers
        .iter()
        .filter(|(text, _)| !text.contains("9010"))
        .map(|(_, at)| *at)
        .min()
        .unwrap();
    assert!(
        busy.iter().all(|(_, at)| *at < first_done),
        "they were told before any was done: {answers:?}"
    );
    lives(&harness);
}

#[test]
fn a_port_that_is_taken_is_named() {
    let harness = Harness::new();
    let config = RpcConfig {
        listen: harness.address(),
        ..crate::harness::config()
    };
    let handle = harness.node.worker().handle().clone();
    let daemon = pink_worker_rpc::Daemon::new(
        handle,
        harness.node.queries().clone(),
        1,
        Default::default(),
    );
    let error = Server::start(config, daemon, std::sync::Arc::new(())).unwrap_err();
    assert!(
        error.to_string().contains(&harness.address().to_string()),
        "{error}"
    );
    assert!(error.hint().contains("--rpc-port"));
}

#[test]
fn a_client_that_goes_takes_its_query_along() {
    let harness = Harness::with(crate::harness::config(), "[query]\nthreads = 1\nmax_waiting = 0\ntimeout_ms = 60000\nmax_ref_time = 100000000000000000\n");
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "cluster_v1_query",
        "params": [harness.to(), hex0x(input("spin", ()))] })
    .to_string();
    let mut socket = TcpStream::connect(harness.address()).unwrap();
    let head = format!("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    socket.write_all(head.as_bytes()).unwrap();
    let count = json!([harness.to(), hex0x(input("count", ()))]);
    // The only thread is taken …
    while harness.call("cluster_v1_query", count.clone()).is_ok() {}
    drop(socket);
    // … and free again long before the query would have ended.
    let begun = Instant::now();
    while harness.call("cluster_v1_query", count.clone()).is_err() {
        assert!(begun.elapsed() < Duration::from_secs(40));
    }
}
