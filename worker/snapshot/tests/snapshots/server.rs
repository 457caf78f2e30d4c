//! The server, asked by hand and by the client.

use crate::{
    by_hand::{file, root, state},
    files::by_root,
};
use pink_snapshot::{
    fetch::{fetch, FetchConfig},
    serve::{Offer, ServeConfig, Server},
    Header,
};
use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;

fn serve(offer: &Arc<Offer>, config: ServeConfig) -> Server {
    let config = ServeConfig {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        ..config
    };
    Server::start(config, offer.clone()).expect("a port")
}

/// Sends a request as it is, and gives the head and the body of what comes.
fn asked(server: &Server, request: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(server.address()).expect("a connection");
    stream.write_all(request.as_bytes()).expect("it listens");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    let end = answer
        .windows(4)
        .position(|it| it == b"\r\n\r\n")
        .expect("a head");
    let head = String::from_utf8(answer[..end].to_vec()).expect("text");
    (head, answer[end + 4..].to_vec())
}

fn get(server: &Server, path: &str, headers: &str) -> (String, Vec<u8>) {
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n");
    asked(server, &request)
}

fn header<'h>(head: &'h str, name: &str) -> &'h str {
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines
        .find(|(found, _)| *found == name)
        .map_or("", |it| it.1)
}

fn put(offer: &Offer, folder: &Path, more: u32) -> Vec<u8> {
    let bytes = file(&state(more));
    let path = folder.join(more.to_string());
    fs::write(&path, &bytes).expect("a file");
    offer.put(&path).expect("a snapshot");
    bytes
}

#[test]
fn parts_of_a_file_and_what_is_none() {
    let folder = TempDir::new().expect("a folder");
    let offer = Arc::new(Offer::new(None, None));
    let server = serve(&offer, ServeConfig::default());
    let (head, body) = get(&server, "/v1/snapshot", "");
    assert!(head.starts_with("HTTP/1.1 404"), "{head}");
    assert_eq!(body, br#"{"error":"there is no snapshot yet"}"#);
    let bytes = put(&offer, folder.path(), 2_000);
    let total = bytes.len();

    let (head, body) = get(&server, "/v1/snapshot", "");
    assert!(head.starts_with("HTTP/1.1 200") && body == bytes, "{head}");
    assert_eq!(header(&head, "content-length"), total.to_string());
    let tag = header(&head, "etag").to_owned();
    assert_eq!(tag.len(), 66);
    for (range, part) in [
        ("bytes=0-0", 0..1),
        ("bytes=100-", 100..total),
        ("bytes=-7", total - 7..total),
        ("bytes=70000-70999", 70_000..71_000),
    ] {
        let (head, body) = get(&server, "/v1/snapshot", &format!("Range: {range}\r\n"));
        assert!(head.starts_with("HTTP/1.1 206"), "{range}: {head}");
        let (first, last) = (part.start, part.end - 1);
        assert_eq!(
            header(&head, "content-range"),
            format!("bytes {first}-{last}/{total}")
        );
        assert!(body == bytes[part], "{range}");
        assert_eq!(header(&head, "etag"), tag);
    }
    let (head, _) = get(
        &server,
        "/v1/snapshot",
        &format!("Range: bytes={total}-\r\n"),
    );
    assert!(head.starts_with("HTTP/1.1 416"), "{head}");
    assert_eq!(header(&head, "content-range"), format!("bytes */{total}"));
    let (head, body) = get(
        &server,
        "/v1/snapshot",
        &format!("If-None-Match: {tag}\r\n"),
    );
    assert!(
        head.starts_with("HTTP/1.1 304") && body.is_empty(),
        "{head}"
    );
    let request = "HEAD /v1/snapshot HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let (head, body) = asked(&server, request);
    assert!(
        head.starts_with("HTTP/1.1 200") && body.is_empty(),
        "{head}"
    );
    assert_eq!(header(&head, "content-length"), total.to_string());

    let post =
        "POST /v1/snapshot HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    assert!(asked(&server, post).0.starts_with("HTTP/1.1 405"));
    for path in [
        "/",
        "/v1",
        "/v1/",
        "/v1/snapshot/",
        "/v2/snapshot",
        "/v1/blocks/",
        "/v1/blocks/-1",
        "/v1/blocks/4294967296",
        "/v1/blocks/1",
        "/v1/blocks/1/",
        "/v1/digest",
        "/v1/digest?from=1",
        "/v1/digest?from=0&to=1",
        "/v1/../../etc/passwd",
    ] {
        let (head, _) = get(&server, path, "");
        assert!(head.starts_with("HTTP/1.1 404"), "{path}: {head}");
    }
    let (_, about) = get(&server, "/v1/about", "");
    let about: serde_json::Value = serde_json::from_slice(&about).expect("JSON");
    assert_eq!(about["cluster"], 7);
    assert_eq!(about["snapshot"]["block"], 9);
    assert_eq!(about["snapshot"]["length"], total);
    assert_eq!(
        about["snapshot"]["root"],
        format!("{:?}", root(&state(2_000)))
    );
}

/// Who began with a file gets that to its end while a newer one is offered already; then it is gone.
#[test]
fn a_file_that_was_begun_with_is_kept_for_a_while() {
    let folder = TempDir::new().expect("a folder");
    let offer = Arc::new(Offer::new(None, None));
    let server = serve(&offer, ServeConfig::default());
    let old = put(&offer, folder.path(), 300);
    let tag = header(&get(&server, "/v1/snapshot", "").0, "etag").to_owned();
    let goes_on = format!("Range: bytes=1000-\r\nIf-Range: {tag}\r\n");
    let new = put(&offer, folder.path(), 301);
    fs::remove_file(folder.path().join("300")).expect("the old file");
    let (head, body) = get(&server, "/v1/snapshot", &goes_on);
    assert!(
        head.starts_with("HTTP/1.1 206") && body == old[1_000..],
        "{head}"
    );
    // Who begins, begins with the newest.
    assert!(get(&server, "/v1/snapshot", "").1 == new);
    let newest = put(&offer, folder.path(), 302);
    let (head, body) = get(&server, "/v1/snapshot", &goes_on);
    assert!(head.starts_with("HTTP/1.1 200") && body == newest, "{head}");
    assert_ne!(header(&head, "etag"), tag);
}

/// A connection ends when its time is over, and the client goes on with another. Those that say nothing, or
/// nothing that is a request, are in nobody's way.
#[test]
fn connections_have_an_end() {
    let folder = TempDir::new().expect("a folder");
    let offer = Arc::new(Offer::new(None, None));
    let bytes = put(&offer, folder.path(), 2_000);
    let server = serve(
        &offer,
        ServeConfig {
            max_connections: 2,
            connection_lifetime: Duration::from_millis(200),
            header_timeout: Duration::from_millis(100),
            ..ServeConfig::default()
        },
    );
    let connect = || TcpStream::connect(server.address()).expect("a connection");
    let mut open: Vec<TcpStream> = (0..6).map(|_| connect()).collect();
    open[3].write_all(b"GET /v1/snap").expect("it listens");
    open[4].write_all(&[0xff; 3_000]).expect("it listens");
    let out = folder.path().join("fetched");
    let url = format!("http://{}/", server.address());
    let mut expected = |_: &Header| Ok(by_root(&state(2_000)));
    let config = FetchConfig {
        pause: Duration::from_millis(100),
        ..FetchConfig::default()
    };
    fetch(&[url], &mut expected, &out, &config, &mut |_, _| ()).expect("there is room again");
    assert!(fs::read(&out).expect("a file") == bytes);
    // All of them were closed.
    for mut stream in open {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
    }
    // And the server ends at once, whoever is connected.
    let mut last = connect();
    drop(server);
    assert_eq!(last.read(&mut [0; 1]).unwrap_or(0), 0);
}
