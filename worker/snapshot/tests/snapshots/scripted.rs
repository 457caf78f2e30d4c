//! A server that does what its script says, one step a request.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// A request's headers, by their names in small letters.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
}

impl Asked {
    /// The first byte that is asked for.
    pub(crate) fn start(&self) -> Option<usize> {
        let range = self.headers.get("range")?.strip_prefix("bytes=")?;
        range.strip_suffix('-')?.parse().ok()
    }
}

/// What is done with a request. The connection ends behind it, unless the step keeps it.
pub(crate) type Step = Box<dyn Fn(&Asked, TcpStream) + Send + Sync>;

/// The server. Behind the end of its script it repeats the last step.
#[derive(Clone)]
pub(crate) struct Scripted {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Scripted {
    pub(crate) fn new(script: Vec<Step>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = asked.clone();
        // Ends with the process.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.expect("a connection");
                let Some(request) = read(&stream) else {
                    continue;
                };
                let mut seen = seen.lock().expect("sound");
                let at = seen.len().min(script.len() - 1);
                seen.push(request.clone());
                drop(seen);
                script[at](&request, stream);
            }
        });
        Self {
            url: format!("http://{address}"),
            asked,
        }
    }

    /// What was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("sound").clone()
    }

    /// Where each request began.
    pub(crate) fn starts(&self) -> Vec<usize> {
        self.asked()
            .iter()
            .map(|it| it.start().unwrap_or(0))
            .collect()
    }
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next()?.ok()?;
    let mut asked = Asked {
        path: first.split(' ').nth(1)?.into(),
        headers: BTreeMap::new(),
    };
    for line in lines {
        let line = line.ok()?;
        let Some((name, value)) = line.split_once(": ") else {
            break;
        };
        asked.headers.insert(name.to_lowercase(), value.into());
    }
    Some(asked)
}

/// Answers with these lines and this body.
pub(crate) fn say(mut stream: &TcpStream, status: &str, headers: &[String], body: &[u8]) {
    let mut head = format!("HTTP/1.1 {status}\r\nConnection: close\r\n");
    for header in headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    // Whoever asked may be gone.
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body);
    let _ = stream.flush();
}

/// A file, or the part of it that is asked for, as an honest server has it; at most this many bytes of it are
/// really sent.
pub(crate) fn honest(bytes: &[u8], etag: &str, most: usize) -> Step {
    let (bytes, etag) = (bytes.to_vec(), etag.to_owned());
    Box::new(move |asked, stream| {
        let same = asked.headers.get("if-range").is_some_and(|it| *it == etag);
        let start = asked.start().filter(|_| same);
        let (status, from) = match start {
            Some(start) => ("206 Partial Content", start),
            None => ("200 OK", 0),
        };
        let part = &bytes[from..];
        let mut headers = vec![
            format!("Content-Length: {}", part.len()),
            format!("ETag: {etag}"),
        ];
        if start.is_some() {
            let (last, total) = (bytes.len() - 1, bytes.len());
            headers.push(format!("Content-Range: bytes {from}-{last}/{total}"));
        }
        say(&stream, status, &headers, &part[..most.min(part.len())]);
    })
}
