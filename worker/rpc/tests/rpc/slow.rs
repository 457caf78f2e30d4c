//! Readers that don't read.

use crate::harness::{hex0x, input, Harness};
use pink_worker_rpc::RpcConfig;
use serde_json::{json, Value};
use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::atomic::Ordering,
    thread,
    time::Duration,
};

/// A client's frame of text, masked with nothing.
fn frame(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap();
    let mut frame = vec![0x81, 0x80 | 126];
    frame.extend(length.to_be_bytes());
    frame.extend([0; 4]);
    frame.extend(text.as_bytes());
    frame
}

/// The texts of a server's frames, as far as they are whole.
fn texts(mut bytes: &[u8]) -> Vec<Value> {
    let mut texts = Vec::new();
    while let [head, length, rest @ ..] = bytes {
        let (length, rest) = match (length, rest) {
            (126, [a, b, rest @ ..]) => (usize::from(u16::from_be_bytes([*a, *b])), rest),
            (127, [_, _, _, _, a, b, c, d, rest @ ..]) => {
                (u32::from_be_bytes([*a, *b, *c, *d]) as usize, rest)
            }
            (length, rest) => (usize::from(*length), rest),
        };
        let Some((text, rest)) = rest.split_at_checked(length) else {
            break;
        };
        // The others ask whether somebody is there.
        if *head == 0x81 {
            texts.push(serde_json::from_slice(text).unwrap());
        }
        bytes = rest;
    }
    texts
}

fn websocket(harness: &Harness) -> TcpStream {
    let mut socket = TcpStream::connect(harness.address()).unwrap();
    socket.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n").unwrap();
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        socket.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    assert!(head.starts_with(b"HTTP/1.1 101"));
    socket
}

const SUBSCRIBE: &str =
    r#"{"jsonrpc":"2.0","id":1,"method":"cluster_v1_subscribeLogs","params":[]}"#;

/// It loses old lines, is told how many, and reads on; nobody else waits for it.
#[test]
fn a_slow_reader_loses_lines_and_is_told_how_many() {
    let config = RpcConfig {
        max_waiting_messages: 4,
        ..crate::harness::config()
    };
    let harness = Harness::with(config, "[log]\nmax_records = 64\n");
    let mut slow = websocket(&harness);
    slow.write_all(&frame(SUBSCRIBE)).unwrap();
    // Ten megabytes of lines are more than sockets hold.
    let talk = hex0x(input("talk", 1_000u32));
    let logs = harness.node.worker().handle().logs().unwrap().clone();
    let mut waited = 0;
    while harness.seen.lost.load(Ordering::SeqCst) == 0 && waited < 400 {
        let answer = harness.good("cluster_v1_query", json!([harness.to(), talk]));
        assert!(answer["log"].as_array().unwrap().len() >= 1_000, "{answer}");
        waited += 1;
        // Once it is full, reading a little makes it look at what is gone.
        if waited % 20 == 19 {
            let mut some = vec![0; 1 << 20];
            slow.set_read_timeout(Some(Duration::from_millis(50)))
                .unwrap();
            let _ = slow.read(&mut some);
        }
    }
    let lost = harness.seen.lost.load(Ordering::SeqCst);
    assert!(lost > 0, "{waited} queries, {} lines", logs.next_sequence());
    harness.good("system_version", json!([]));
}

/// What is told as lost, and what is told, is all there was.
#[test]
fn what_is_lost_is_counted_right() {
    let config = RpcConfig {
        max_waiting_messages: 1,
        ..crate::harness::config()
    };
    let harness = Harness::with(config, "[log]\nmax_records = 64\n");
    let logs = harness.node.worker().handle().logs().unwrap().clone();
    let begun = logs.next_sequence();
    let mut reader = websocket(&harness);
    reader.write_all(&frame(SUBSCRIBE)).unwrap();
    reader
        .set_read_timeout(Some(Duration::from_secs(2)))
        .unwrap();
    let mut bytes = Vec::new();
    let mut some = vec![0; 1 << 16];
    let read = reader.read(&mut some).unwrap();
    bytes.extend(&some[..read]);
    let talk = hex0x(input("talk", 1_000u32));
    for _ in 0..3 {
        harness.good("cluster_v1_query", json!([harness.to(), talk]));
    }
    while let Ok(read @ 1..) = reader.read(&mut some) {
        bytes.extend(&some[..read]);
    }
    let all = logs.next_sequence() - begun;
    let (mut told, mut lost, mut last) = (0u64, 0u64, None);
    for text in texts(&bytes) {
        let Some(event) = text.pointer("/params/result") else {
            continue;
        };
        match event["event"].as_str().unwrap() {
            "lost" => lost += event["records"].as_u64().unwrap(),
            _ => {
                told += 1;
                let sequence = event["sequence"].as_u64().unwrap();
                assert_eq!(sequence + 1 - begun, told + lost, "after {last:?}");
                last = Some(sequence);
            }
        }
    }
    assert_eq!(told + lost, all);
    assert!(
        lost > 0,
        "three thousand lines at once are more than it keeps"
    );
}

/// One that reads nothing at all goes when its time is over, and takes nothing along.
#[test]
fn who_never_reads_goes() {
    let config = RpcConfig {
        idle: Duration::from_millis(500),
        max_waiting_messages: 4,
        ..crate::harness::config()
    };
    let harness = Harness::with(config, "");
    let mut dead = websocket(&harness);
    dead.write_all(&frame(SUBSCRIBE)).unwrap();
    let closed = harness.seen.closed.load(Ordering::SeqCst);
    let logs = harness.node.worker().handle().logs().unwrap().clone();
    let line = || pink_worker_core::logs::SystemMessage::PinkLog {
        block_number: 0,
        contract: [0; 32],
        entry: [0; 32],
        exec_mode: pink_worker_core::logs::ExecMode::Transaction,
        timestamp_ms: 0,
        level: 3,
        message: "x".repeat(10_000),
    };
    let mut rounds = 0;
    while harness.seen.closed.load(Ordering::SeqCst) == closed {
        for _ in 0..100 {
            logs.push(line());
        }
        thread::sleep(Duration::from_millis(20));
        rounds += 1;
        assert!(rounds < 2_000, "it is kept for ever");
    }
    harness.good("system_version", json!([]));
}
