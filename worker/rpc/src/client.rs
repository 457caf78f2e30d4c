//! The other side, for a command line: one call at a time, over HTTP.

use serde_json::{json, Value};
use std::time::Duration;

/// The longest answer that is read.
const MAX_ANSWER_BYTES: u64 = 64 << 20;

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// There is no worker, or it can't be heard.
    #[error("no answer from the worker at {url}: {reason}")]
    Unreachable {
        /// Where.
        url: String,
        /// What the system said.
        reason: String,
    },
    /// What came isn't an answer.
    #[error("the worker at {url} gave no JSON-RPC answer: {reason}")]
    NoAnswer {
        /// Where.
        url: String,
        /// What came.
        reason: String,
    },
    /// It says that it can't.
    #[error("the worker says: {message} (code {code})")]
    Refused {
        /// The code; see docs/rpc.md.
        code: i64,
        /// What it says.
        message: String,
        /// What it says can be done.
        hint: Option<String>,
    },
}

impl ClientError {
    /// What the caller can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Unreachable { .. } => {
                "start one with `pink-worker run`, or say with --worker where it is".into()
            }
            Self::NoAnswer { .. } => {
                "is it a worker's RPC? --worker is like http://127.0.0.1:9955".into()
            }
            Self::Refused { hint, .. } => hint
                .clone()
                .unwrap_or_else(|| "docs/rpc.md has the codes".into()),
        }
    }
}

/// A worker that is asked.
#[derive(Clone, Debug)]
pub struct Client {
    url: String,
    agent: ureq::Agent,
}

impl Client {
    /// The worker at an address, http://… or https://….
    pub fn new(url: impl Into<String>) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false);
        Self {
            url: url.into(),
            agent: config.build().into(),
        }
    }

    /// Calls a method with parameters by name.
    ///
    /// # Errors
    /// The worker can't be reached, gives no JSON-RPC answer, or refuses the call.
    pub fn call(&self, method: &str, params: &Value) -> Result<Value, ClientError> {
        let asked = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let unreachable = |error: ureq::Error| ClientError::Unreachable {
            url: self.url.clone(),
            reason: error.to_string(),
        };
        let mut response = self
            .agent
            .post(&self.url)
            .content_type("application/json")
            .send(asked.to_string())
            .map_err(unreachable)?;
        let text = response
            .body_mut()
            .with_config()
            .limit(MAX_ANSWER_BYTES)
            .read_to_string();
        let text = text.map_err(unreachable)?;
        let no_answer = || ClientError::NoAnswer {
            url: self.url.clone(),
            reason: text.chars().take(200).collect(),
        };
        let mut answer: Value = serde_json::from_str(&text).map_err(|_| no_answer())?;
        if let Some(error) = answer.get("error") {
            let hint = error.pointer("/data/hint").and_then(Value::as_str);
            return Err(ClientError::Refused {
                code: error
                    .get("code")
                    .and_then(Value::as_i64)
                    .unwrap_or_default(),
                message: error
                    .get("message")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .into(),
                hint: hint.map(String::from),
            });
        }
        let result = answer.get_mut("result").map(Value::take);
        result.ok_or_else(no_answer)
    }
}
