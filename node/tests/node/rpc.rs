//! JSON-RPC over HTTP, by hand: the test is a client of its own.

use serde_json::{json, Value};
use sp_io::hashing::{blake2_128, twox_128};
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

/// A node's RPC.
#[derive(Clone, Copy)]
pub(crate) struct Rpc {
    port: u16,
}

impl Rpc {
    pub(crate) fn new(port: u16) -> Self {
        Self { port }
    }

    /// The whole answer, or why there is none.
    pub(crate) fn try_call(&self, method: &str, params: &Value) -> Result<Value, String> {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let body = body.to_string();
        let text = |error: std::io::Error| error.to_string();
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).map_err(text)?;
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .map_err(text)?;
        let head = format!(
            "POST / HTTP/1.0\r\nHost: localhost:{}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n",
            self.port,
            body.len()
        );
        stream.write_all(head.as_bytes()).map_err(text)?;
        stream.write_all(body.as_bytes()).map_err(text)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).map_err(text)?;
        let (head, body) = answer.split_once("\r\n\r\n").ok_or("no HTTP")?;
        if !head.starts_with("HTTP/1.0 200") {
            return Err(format!("{head}\n{body}"));
        }
        let answer: Value = serde_json::from_str(body).map_err(|error| error.to_string())?;
        match answer.get("error") {
            Some(error) => Err(error.to_string()),
            None => Ok(answer["result"].clone()),
        }
    }

    /// The answer.
    pub(crate) fn call(&self, method: &str, params: Value) -> Value {
        match self.try_call(method, &params) {
            Ok(result) => result,
            Err(error) => panic!("{method}: {error}"),
        }
    }

    /// The height of the best block.
    pub(crate) fn best_number(&self) -> u64 {
        number_of(&self.call("chain_getHeader", json!([])))
    }

    /// The height of the newest final block.
    pub(crate) fn finalized_number(&self) -> u64 {
        let head = self.call("chain_getFinalizedHead", json!([]));
        number_of(&self.call("chain_getHeader", json!([head])))
    }

    /// The state's value under a key, at the newest final block.
    pub(crate) fn storage(&self, key: &[u8]) -> Option<Vec<u8>> {
        let head = self.call("chain_getFinalizedHead", json!([]));
        let value = self.call("state_getStorage", json!([hex(key), head]));
        value.as_str().map(bytes)
    }

    /// What an account owns in the newest final state. A record begins with four counts of four bytes.
    pub(crate) fn balance(&self, who: &[u8; 32]) -> u128 {
        let prefix = [twox_128(b"System"), twox_128(b"Account")].concat();
        let key = [&prefix[..], &blake2_128(who), who].concat();
        let Some(record) = self.storage(&key) else {
            return 0;
        };
        let free = record.get(16..32).expect("a balance");
        u128::from_le_bytes(free.try_into().expect("16 bytes"))
    }

    /// What a function of the runtime gives at the best block.
    pub(crate) fn runtime(&self, function: &str, arguments: &[u8]) -> Vec<u8> {
        let given = self.call("state_call", json!([function, hex(arguments)]));
        bytes(given.as_str().expect("bytes"))
    }
}

fn number_of(header: &Value) -> u64 {
    let number = header["number"].as_str().expect("a number");
    u64::from_str_radix(number.trim_start_matches("0x"), 16).expect("a number")
}

/// Bytes as the RPC writes them; there may be millions.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(half.into(), 16).expect("half a byte");
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    ['0', 'x'].into_iter().chain(digits.map(digit)).collect()
}

/// Bytes as the RPC wrote them.
pub(crate) fn bytes(text: &str) -> Vec<u8> {
    let digits = text.trim_start_matches("0x");
    let pairs = (0..digits.len()).step_by(2);
    pairs
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).expect("a byte"))
        .collect()
}
