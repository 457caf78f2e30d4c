//! The web page that a worker serves: its files, and how they are handed out.
//!
//! The files are built from `console/` by `cargo xtask console` and kept in `dist/`, so that building a worker takes no
//! npm. They are kept compressed, and go out as they are.

mod endpoints;
mod files;

pub use endpoints::{public, Endpoint};
pub use files::FILES;

use http::{header, HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use serde_json::json;
use sp_crypto_hashing::blake2_128;
use std::fmt::Write;

/// Where the page is.
pub const PATH: &str = "/console/";

/// What the page wants to know before it asks anything, as JSON.
const CONFIG: &str = "config.json";

/// What a page is served with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleConfig {
    /// Nodes of the chain, to be asked by whoever looks at the page. The page reaches no others.
    pub chain: Vec<Endpoint>,
    /// The cluster.
    pub cluster: u64,
    /// The program and its version.
    pub version: String,
}

/// A file, ready to go out.
#[derive(Clone, Debug)]
struct Ready {
    name: String,
    kind: &'static str,
    etag: HeaderValue,
    bytes: Vec<u8>,
    compressed: bool,
}

/// The page.
#[derive(Clone, Debug)]
pub struct Console {
    files: Vec<Ready>,
    policy: HeaderValue,
}

impl Console {
    /// The page of a worker.
    pub fn new(config: &ConsoleConfig) -> Self {
        let chain: Vec<_> = config.chain.iter().map(Endpoint::as_str).collect();
        let told = json!({
            "chain": chain,
            "cluster": config.cluster.to_string(),
            "version": config.version,
        });
        let built = FILES
            .iter()
            .map(|file| (file.name, file.kind, file.gzip.to_vec(), true));
        let told = (
            CONFIG,
            "application/json",
            told.to_string().into_bytes(),
            false,
        );
        let files = built
            .chain([told])
            .map(|(name, kind, bytes, compressed)| Ready {
                name: name.into(),
                kind,
                etag: etag(&bytes),
                bytes,
                compressed,
            });
        Self {
            files: files.collect(),
            policy: policy(&config.chain),
        }
    }

    /// Answers what is asked of the page; nothing if it isn't the page that is asked.
    pub fn answer(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
    ) -> Option<Response<Vec<u8>>> {
        let reads = *method == Method::GET || *method == Method::HEAD;
        if reads && (path == "/" || path == PATH.trim_end_matches('/')) {
            let mut response = self.with_headers(StatusCode::TEMPORARY_REDIRECT, Vec::new());
            let there = HeaderValue::from_static(PATH);
            response.headers_mut().insert(header::LOCATION, there);
            return Some(response);
        }
        let name = path.strip_prefix(PATH)?;
        if !reads {
            return Some(self.text(
                StatusCode::METHOD_NOT_ALLOWED,
                "The console is asked for by GET.\n",
            ));
        }
        let name = match name {
            "" => "index.html",
            name => name,
        };
        let Some(file) = self.files.iter().find(|file| file.name == name) else {
            return Some(self.text(StatusCode::NOT_FOUND, "The console has no such file.\n"));
        };
        Some(self.file(file, *method == Method::HEAD, headers))
    }

    fn file(&self, file: &Ready, head: bool, headers: &HeaderMap) -> Response<Vec<u8>> {
        if file.compressed && !takes_gzip(headers) {
            let text = "The console's files are compressed: ask with `Accept-Encoding: gzip`.\n";
            return self.text(StatusCode::NOT_ACCEPTABLE, text);
        }
        let known = headers.get_all(header::IF_NONE_MATCH).iter().any(|known| {
            let known = known.to_str().unwrap_or_default();
            let mut known = known
                .split(',')
                .map(|it| it.trim().trim_start_matches("W/"));
            known.any(|it| it == "*" || it.as_bytes() == file.etag.as_bytes())
        });
        let mut response = if known {
            self.with_headers(StatusCode::NOT_MODIFIED, Vec::new())
        } else {
            self.with_headers(StatusCode::OK, file.bytes.clone())
        };
        let out = response.headers_mut();
        out.insert(header::ETAG, file.etag.clone());
        out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if !known {
            out.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.kind));
            out.insert(header::CONTENT_LENGTH, HeaderValue::from(file.bytes.len()));
            if file.compressed {
                out.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
        }
        if head {
            response.body_mut().clear();
        }
        response
    }

    fn text(&self, status: StatusCode, text: &str) -> Response<Vec<u8>> {
        let mut response = self.with_headers(status, text.into());
        let plain = HeaderValue::from_static("text/plain; charset=utf-8");
        response.headers_mut().insert(header::CONTENT_TYPE, plain);
        response
    }

    /// What holds for every answer: nothing of another host, nothing inline, in nobody's frame, and asked for anew.
    fn with_headers(&self, status: StatusCode, body: Vec<u8>) -> Response<Vec<u8>> {
        let mut response = Response::new(body);
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, self.policy.clone());
        let fixed: [(HeaderName, &str); 6] = [
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::X_FRAME_OPTIONS, "DENY"),
            (header::REFERRER_POLICY, "no-referrer"),
            (
                HeaderName::from_static("cross-origin-opener-policy"),
                "same-origin",
            ),
            (
                HeaderName::from_static("cross-origin-resource-policy"),
                "same-origin",
            ),
            (header::CACHE_CONTROL, "no-cache"),
        ];
        for (name, value) in fixed {
            headers.insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

/// Whether gzip is taken: named, and not with a weight of nothing.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let named = headers.get_all(header::ACCEPT_ENCODING).iter();
    named
        .filter_map(|it| it.to_str().ok())
        .flat_map(|it| it.split(','))
        .any(|it| {
            let (name, weight) = it.split_once(';').unwrap_or((it, ""));
            let refused = weight
                .trim()
                .strip_prefix("q=")
                .and_then(|it| it.trim().parse::<f32>().ok())
                .is_some_and(|it| it <= 0.0);
            name.trim().eq_ignore_ascii_case("gzip") && !refused
        })
}

fn etag(bytes: &[u8]) -> HeaderValue {
    let mut text = String::from("\"");
    for byte in blake2_128(bytes) {
        let _ = write!(text, "{byte:02x}");
    }
    text.push('"');
    // Hex and two quotation marks.
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("\"\""))
}

/// What the page may load and reach.
fn policy(chain: &[Endpoint]) -> HeaderValue {
    let mut reached = String::from("'self'");
    for endpoint in chain {
        let _ = write!(reached, " {}", endpoint.as_str());
    }
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src {reached}; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    // An endpoint holds nothing that can't stand in a header.
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}
