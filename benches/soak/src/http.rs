//! HTTP over a connection that stays, with no more in it than a load needs.

use anyhow::{ensure, Context};
use serde_json::{json, Value};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// Longer than anything here may take: who waits for longer says so.
const PATIENCE: Duration = Duration::from_secs(90);

/// A connection.
pub(crate) struct Client {
    stream: BufReader<TcpStream>,
    address: SocketAddr,
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).with_context(|| address.to_string())?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self {
            stream: BufReader::new(stream),
            address,
        })
    }

    /// A request as it goes over the wire, made once for all times that it is sent.
    pub(crate) fn request(&self, body: &str) -> Vec<u8> {
        let (length, address) = (body.len(), self.address);
        format!(
            "POST / HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    }

    /// Sends a request; the status, and what came.
    pub(crate) fn send(&mut self, request: &[u8]) -> anyhow::Result<(u16, Vec<u8>)> {
        self.stream.get_mut().write_all(request)?;
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|it| it.parse().ok());
        let status = status.with_context(|| format!("no status in {line:?}"))?;
        let mut length = None;
        loop {
            line.clear();
            ensure!(self.stream.read_line(&mut line)? > 0, "the head is cut");
            let Some((name, value)) = line.trim_end().split_once(':') else {
                break;
            };
            if name.eq_ignore_ascii_case("content-length") {
                length = Some(value.trim().parse()?);
            }
        }
        let mut body = vec![0; length.unwrap_or_default()];
        match length {
            Some(_) => self.stream.read_exact(&mut body)?,
            None => drop(self.stream.read_to_end(&mut body)?),
        }
        Ok((status, body))
    }

    /// Calls a method of JSON-RPC.
    pub(crate) fn call(&mut self, method: &str, params: &Value) -> anyhow::Result<Value> {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let request = self.request(&body.to_string());
        let (status, body) = self.send(&request)?;
        let mut answer: Value = serde_json::from_slice(&body)
            .with_context(|| format!("{method}: {status} {}", String::from_utf8_lossy(&body)))?;
        ensure!(answer["error"].is_null(), "{method}: {}", answer["error"]);
        Ok(answer["result"].take())
    }
}

/// A page, over a connection of its own.
pub(crate) fn get(address: SocketAddr, path: &str) -> anyhow::Result<String> {
    let mut client = Client::connect(address)?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let (status, body) = client.send(request.as_bytes())?;
    ensure!(status == 200, "{path}: {status}");
    Ok(String::from_utf8(body)?)
}
