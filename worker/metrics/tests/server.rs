//! The server, over real connections.

use pink_worker_metrics::{table::BLOCKS, Metrics, Server};
use std::{
    io::{ErrorKind, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
};

fn start(metrics: &Metrics) -> Server {
    Server::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), metrics.clone()).expect("a port")
}

fn ask(server: &Server, request: &str) -> String {
    let mut stream = TcpStream::connect(server.address()).expect("a connection");
    stream.write_all(request.as_bytes()).expect("asked");
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
}

fn get(server: &Server, path: &str) -> String {
    ask(
        server,
        &format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
    )
}

#[test]
fn it_says_what_was_counted_and_nothing_else() {
    let metrics = Metrics::new();
    let server = start(&metrics);
    metrics.add(&BLOCKS, &[], 7);
    let answer = get(&server, "/metrics");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(
        answer.contains("content-type: text/plain; version=0.0.4"),
        "{answer}"
    );
    assert!(
        answer.contains("\npink_blocks_executed_total 7\n"),
        "{answer}"
    );
    assert!(get(&server, "/").starts_with("HTTP/1.1 404"));
    assert!(get(&server, "/metrics/../etc/passwd").starts_with("HTTP/1.1 404"));
    let post =
        "POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let answer = ask(&server, post);
    assert!(
        answer.starts_with("HTTP/1.1 405") && answer.contains("allow: GET, HEAD"),
        "{answer}"
    );
}

#[test]
fn who_says_nothing_or_rubbish_keeps_nobody_from_asking() {
    let metrics = Metrics::new();
    let server = start(&metrics);
    let address = server.address();
    let silent: Vec<_> = (0..8)
        .map(|_| TcpStream::connect(address).expect("a connection"))
        .collect();
    assert!(ask(&server, "rubbish\r\n\r\n").starts_with("HTTP/1.1 400"));
    let long = format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(1 << 20));
    let mut stream = TcpStream::connect(address).expect("a connection");
    let _ = stream.write_all(long.as_bytes());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP/1.1 200"));
    assert!(get(&server, "/metrics").starts_with("HTTP/1.1 200"));
    drop(silent);
}

#[test]
fn a_port_in_use_is_named() {
    let metrics = Metrics::new();
    let server = start(&metrics);
    let error = Server::start(server.address(), metrics.clone()).expect_err("in use");
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
    let address = server.address();
    drop(server);
    // It is free again as soon as its runtime is gone.
    let again = (0..100).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        Server::start(address, metrics.clone()).ok()
    });
    assert!(again.is_some());
}
