use parity_scale_codec::{Decode, Encode};

/// A request over HTTP, made for a contract in a query.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct HttpRequest {
    /// `http` or `https`.
    pub url: String,
    /// `GET`, `POST`, …
    pub method: String,
    /// Names with values.
    pub headers: Vec<(String, String)>,
    /// What is sent.
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct HttpResponse {
    /// 200 and so on; 523 and 524 stand for failures on the way.
    pub status_code: u16,
    /// The words for it.
    pub reason_phrase: String,
    /// Names with values.
    pub headers: Vec<(String, String)>,
    /// What was received.
    pub body: Vec<u8>,
}

/// Why there is no response. The indices are those that contracts know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum HttpRequestError {
    /// The URL can't be read, or has another scheme.
    #[codec(index = 0)]
    InvalidUrl,
    /// The method can't be read.
    #[codec(index = 1)]
    InvalidMethod,
    /// A header's name can't be read.
    #[codec(index = 2)]
    InvalidHeaderName,
    /// A header's value can't be read.
    #[codec(index = 3)]
    InvalidHeaderValue,
    /// The worker can't make requests.
    #[codec(index = 4)]
    FailedToCreateClient,
    /// It took too long.
    #[codec(index = 5)]
    Timeout,
    /// It isn't allowed: not in this mode, or not to this address.
    #[codec(index = 6)]
    NotAllowed,
    /// More requests than one batch, or one call, may make.
    #[codec(index = 7)]
    TooManyRequests,
    /// The network failed.
    #[codec(index = 8)]
    NetworkError,
    /// The response is longer than allowed.
    #[codec(index = 9)]
    ResponseTooLarge,
    /// More headers than allowed.
    #[codec(index = 10)]
    TooManyHeaders,
}

/// The contract's share of the worker's cache is used up. The old value is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct StorageQuotaExceeded;
