//! Spans come to a collector.

use crate::{deposit, Harness};
use runtime_mock::{Genesis, UNIT};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    thread,
};
use tempfile::TempDir;

/// One request: its head and its body.
fn request(stream: &TcpStream) -> std::io::Result<(String, Vec<u8>)> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    let head = head.to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|it| it.strip_prefix("content-length: "));
    let mut body = vec![0; length.expect("a length").parse().expect("a number")];
    reader.read_exact(&mut body)?;
    Ok((head, body))
}

#[test]
fn spans_come_to_a_collector() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            while let Ok(request) = request(&stream) {
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
                if (&stream).write_all(answer).is_err() || tell.send(request).is_err() {
                    break;
                }
            }
        }
    });
    let mut harness = Harness::begin(Genesis::development());
    harness.block(vec![deposit(UNIT)]);
    let base = TempDir::new().expect("a directory");
    let more = ["--otlp-endpoint", &url, "--log", "info"];
    let mut running = harness.start(base.path(), &more);
    running.until(&format!("followed block={}", harness.head()));
    assert_eq!(running.stop("TERM").0, 0);
    // What was left came when it ended.
    let requests: Vec<_> = told.try_iter().collect();
    assert!(!requests.is_empty(), "nothing came");
    for (head, _) in &requests {
        assert!(head.starts_with("post /v1/traces http/1.1"), "{head}");
        assert!(head.contains("application/x-protobuf"), "{head}");
    }
    let has = |text: &str| {
        requests
            .iter()
            .any(|(_, body)| body.windows(text.len()).any(|it| it == text.as_bytes()))
    };
    for text in ["service.name", "pink-worker", "block", "message", "seq"] {
        assert!(has(text), "{text}");
    }
}
