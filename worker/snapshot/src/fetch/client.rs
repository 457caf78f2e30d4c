//! Requests to other workers.

use super::{FetchConfig, SourceFailure};
use std::time::Duration;
use ureq::{
    http::{header::HeaderName, Response},
    Agent, Body, Error,
};

/// The longest answer in JSON, in bytes: 4,096 messages have a megabyte.
const MAX_JSON_BYTES: u64 = 8 << 20;

/// Asks one worker.
#[derive(Debug)]
pub(crate) struct Client {
    agent: Agent,
    base: String,
}

impl Client {
    /// For a worker's address. A path that it has is the file's, or in front of `/v1`.
    pub(crate) fn new(url: &str, config: &FetchConfig) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_response_header_size(16 << 10)
            .user_agent("pink-worker")
            .timeout_resolve(Some(config.connect_timeout))
            .timeout_connect(Some(config.connect_timeout))
            .timeout_recv_response(Some(config.silence_timeout))
            .timeout_per_read(Some(config.silence_timeout))
            .timeout_global(Some(config.request_timeout))
            .build()
            .into();
        Self {
            agent,
            base: url.trim_end_matches('/').into(),
        }
    }

    /// Asks for a path, with headers.
    pub(crate) fn get(
        &self,
        path: &str,
        headers: &[(HeaderName, String)],
    ) -> Result<Response<Body>, SourceFailure> {
        let mut request = self.agent.get(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request.call().map_err(|error| failed(&error))
    }

    /// Asks for a JSON object; none if there is no such thing there.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
    ) -> Result<Option<T>, SourceFailure> {
        let response = self.get(path, &[])?;
        match response.status().as_u16() {
            200 => {}
            404 => return Ok(None),
            status => return Err(SourceFailure::Status(status)),
        }
        let body = response.into_body().into_with_config();
        let bytes = body.limit(MAX_JSON_BYTES).read_to_vec();
        let bytes = bytes.map_err(|error| failed(&error))?;
        let value = serde_json::from_slice(&bytes);
        value.map(Some).map_err(|error| {
            SourceFailure::Connection(format!("its answer can't be read: {error}"))
        })
    }

    /// The path of the snapshot: what the address has none for, it has by itself.
    pub(crate) fn snapshot_path(&self) -> &'static str {
        let host = self.base.split_once("://").map_or(&*self.base, |it| it.1);
        if host.ends_with(crate::EXTENSION) || host.ends_with("/v1/snapshot") {
            ""
        } else {
            "/v1/snapshot"
        }
    }
}

fn failed(error: &Error) -> SourceFailure {
    SourceFailure::Connection(format!("it can't be asked: {error}"))
}

/// How long to wait before a source is asked again.
pub(super) fn pause(config: &FetchConfig, failures: u32) -> Duration {
    config.pause.saturating_mul(1 << failures.min(4))
}
