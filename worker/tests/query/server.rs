//! A web server on loopback, which answers by the path.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// A running server. It ends with the test's process.
pub(crate) struct Server {
    port: u16,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// On every address of this machine, so that some may be allowed and others not.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind(("0.0.0.0", 0)).expect("a port");
        let port = listener.local_addr().as_ref().map_or(0, SocketAddr::port);
        let seen = Arc::new(Mutex::new(Vec::new()));
        let noted = seen.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let noted = noted.clone();
                // A client that went away is none of the server's business.
                thread::spawn(move || serve(stream, &noted).unwrap_or_default());
            }
        });
        Self { port, seen }
    }

    /// A page of it, at an address.
    pub(crate) fn at(&self, host: &str, path: &str) -> String {
        format!("http://{host}:{}{path}", self.port)
    }

    pub(crate) fn url(&self, path: &str) -> String {
        self.at("127.0.0.1", path)
    }

    /// What was asked for so far: method, path, and the host that it was asked of.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, seen: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut words = first.split_whitespace();
    let (method, path) = (
        words.next().unwrap_or_default().to_owned(),
        words.next().unwrap_or_default().to_owned(),
    );
    let mut headers = Vec::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim_end().to_owned();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        headers.push(line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let host = headers.iter().find_map(|line| {
        line.to_ascii_lowercase()
            .strip_prefix("host: ")
            .map(String::from)
    });
    seen.lock()
        .unwrap()
        .push(format!("{method} {path} {}", host.unwrap_or_default()));

    let (page, argument) = path.split_once('?').unwrap_or((&path, ""));
    match page {
        "/hello" => answer(&mut stream, "200 OK", "X-Greeting: hi\r\n", b"hello"),
        "/echo" => {
            let text = format!("{method}\n{}\n", headers.join("\n"));
            answer(
                &mut stream,
                "201 Created",
                "",
                &[text.as_bytes(), &body].concat(),
            )
        }
        "/redirect" => answer(
            &mut stream,
            "302 Found",
            &format!("Location: {argument}\r\n"),
            b"",
        ),
        "/announced" => write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n"
        ),
        "/endless" => {
            write!(stream, "HTTP/1.1 200 OK\r\n\r\n")?;
            loop {
                stream.write_all(&[b'x'; 4096])?;
            }
        }
        "/headers" => {
            let count: usize = argument.parse().unwrap_or(0);
            let headers: String = (0..count).map(|at| format!("H{at}: v\r\n")).collect();
            answer(&mut stream, "200 OK", &headers, b"")
        }
        "/header" => {
            let length: usize = argument.parse().unwrap_or(0);
            let header = format!("Long: {}\r\n", "x".repeat(length));
            answer(&mut stream, "200 OK", &header, b"")
        }
        // Says nothing, and waits until the client has had enough.
        "/silent" => stream.read_to_end(&mut Vec::new()).map(drop),
        "/garbage" => stream.write_all(b"this is no HTTP\r\n\r\n"),
        _ => answer(&mut stream, "404 Not Found", "", b""),
    }
}

fn answer(stream: &mut TcpStream, status: &str, headers: &str, body: &[u8]) -> std::io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n",
        body.len()
    )?;
    stream.write_all(body)
}
