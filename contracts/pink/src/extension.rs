//! The engine's chain extension: what a contract may ask its engine for.
//!
//! The extension has the number 0. A function's input is the SCALE tuple of its arguments, its output the
//! SCALE encoding of what it returns. Some functions can be refused; these answer with a status, and their
//! output is there only when it is 0. What a function does in a transaction, where every worker must get
//! the same answer, is said at each.

// ink! gives the functions a `self` and drops the attributes of the trait.
#![allow(clippy::wrong_self_convention)]

use crate::{AccountId, Balance, Hash};
use ink::{
    env::{chain_extension::FromStatusCode, DefaultEnvironment, Environment},
    prelude::{string::String, vec::Vec},
};

/// ink!'s default environment with the engine's chain extension.
#[derive(Clone, Debug, PartialEq, Eq)]
#[ink::scale_derive(TypeInfo)]
pub enum PinkEnvironment {}

impl Environment for PinkEnvironment {
    const MAX_EVENT_TOPICS: usize = DefaultEnvironment::MAX_EVENT_TOPICS;

    type AccountId = AccountId;
    type Balance = Balance;
    type Hash = Hash;
    type BlockNumber = <DefaultEnvironment as Environment>::BlockNumber;
    type Timestamp = <DefaultEnvironment as Environment>::Timestamp;
    type ChainExtension = PinkExtension;
}

/// Why a function was refused: its status, which is never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[ink::scale_derive(Encode, Decode, TypeInfo)]
pub struct Status(pub u32);

impl FromStatusCode for Status {
    fn from_status_code(status: u32) -> Result<(), Self> {
        match status {
            0 => Ok(()),
            refused => Err(Self(refused)),
        }
    }
}

/// A way of signing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[ink::scale_derive(Encode, Decode, TypeInfo)]
pub enum SignatureType {
    /// Edwards curve, deterministic.
    #[codec(index = 0)]
    Ed25519,
    /// Schnorr over Ristretto. It needs randomness, so it signs nothing in a transaction.
    #[codec(index = 1)]
    Sr25519,
    /// Over secp256k1, deterministic.
    #[codec(index = 2)]
    Ecdsa,
}

/// What is asked of a web server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[ink::scale_derive(Encode, Decode, TypeInfo)]
pub struct HttpRequest {
    /// Where.
    pub url: String,
    /// How: `GET`, `POST`, …
    pub method: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// What is sent.
    pub body: Vec<u8>,
}

/// What a web server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[ink::scale_derive(Encode, Decode, TypeInfo)]
pub struct HttpResponse {
    /// The status: 200 when all is well, 523 when no request was made.
    pub status_code: u16,
    /// The status in words.
    pub reason_phrase: String,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// What was received.
    pub body: Vec<u8>,
}

/// Why a request of a batch has no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[ink::scale_derive(Encode, Decode, TypeInfo)]
pub enum HttpRequestError {
    /// The URL can't be read, or has another scheme than `http` and `https`.
    #[codec(index = 0)]
    InvalidUrl,
    /// There is no such method.
    #[codec(index = 1)]
    InvalidMethod,
    /// A header's name can't be one, or is the worker's to set.
    #[codec(index = 2)]
    InvalidHeaderName,
    /// A header's value can't be one.
    #[codec(index = 3)]
    InvalidHeaderValue,
    /// The worker can't make requests.
    #[codec(index = 4)]
    FailedToCreateClient,
    /// It took too long.
    #[codec(index = 5)]
    Timeout,
    /// Not in a transaction, and not to this address.
    #[codec(index = 6)]
    NotAllowed,
    /// More than one batch, or one query, may make.
    #[codec(index = 7)]
    TooManyRequests,
    /// The network failed.
    #[codec(index = 8)]
    NetworkError,
    /// The response is longer than the worker takes.
    #[codec(index = 9)]
    ResponseTooLarge,
    /// More headers than the worker takes.
    #[codec(index = 10)]
    TooManyHeaders,
}

/// What a contract may ask its engine for.
#[ink::chain_extension(extension = 0)]
pub trait PinkExtension {
    type ErrorCode = Status;

    /// Asks a web server. In a transaction: no request, status 523.
    #[ink(function = 1, handle_status = false)]
    fn http_request(request: HttpRequest) -> HttpResponse;

    /// Signs `message`. In a transaction, nothing comes back for `Sr25519`.
    #[ink(function = 2, handle_status = false)]
    fn sign(ty: SignatureType, key: &[u8], message: &[u8]) -> Vec<u8>;

    /// Returns whether `signature` is that of `public_key` over `message`.
    #[ink(function = 3, handle_status = false)]
    fn verify(ty: SignatureType, public_key: &[u8], message: &[u8], signature: &[u8]) -> bool;

    /// Derives a secret key of 64 bytes that this contract alone gets for this salt.
    #[ink(function = 4, handle_status = false)]
    fn derive_sr25519_key(salt: &[u8]) -> Vec<u8>;

    /// Returns the public key that belongs to a secret one.
    #[ink(function = 5, handle_status = false)]
    fn get_public_key(ty: SignatureType, key: &[u8]) -> Vec<u8>;

    /// Keeps a value in the contract's local cache; refused when the cache is full.
    #[ink(function = 6)]
    fn cache_set(key: &[u8], value: &[u8]);

    /// Says for how many seconds from now a cached value is kept.
    #[ink(function = 7, handle_status = false)]
    fn cache_set_expiration(key: &[u8], seconds: u64);

    /// Returns a cached value. In a transaction: nothing.
    #[ink(function = 8, handle_status = false)]
    fn cache_get(key: &[u8]) -> Option<Vec<u8>>;

    /// Forgets a cached value and returns it. In a transaction: forgets it and returns nothing.
    #[ink(function = 9, handle_status = false)]
    fn cache_remove(key: &[u8]) -> Option<Vec<u8>>;

    /// Writes a line to the log; the level is from 1, an error, to 5, a detail.
    #[ink(function = 10, handle_status = false)]
    fn log(level: u8, message: &str);

    /// Returns random bytes. In a transaction: none.
    #[ink(function = 11, handle_status = false)]
    fn getrandom(length: u8) -> Vec<u8>;

    /// Returns whether this is a transaction, or the estimate of one; if not, it is a query.
    #[ink(function = 12, handle_status = false)]
    fn is_in_transaction() -> bool;

    /// Signs a hash with ECDSA, deterministically.
    #[ink(function = 13, handle_status = false)]
    fn ecdsa_sign_prehashed(key: &[u8], hash: [u8; 32]) -> [u8; 65];

    /// Returns whether `signature` is that of `public_key` over a hash.
    #[ink(function = 14, handle_status = false)]
    fn ecdsa_verify_prehashed(signature: [u8; 65], hash: [u8; 32], public_key: [u8; 33]) -> bool;

    /// Returns the cluster's system contract.
    #[ink(function = 15, handle_status = false)]
    fn system_contract_id() -> AccountId;

    /// Returns what an account has in total, and what it can spend.
    #[ink(function = 16, handle_status = false)]
    fn balance_of(account: AccountId) -> (Balance, Balance);

    /// Returns the worker's public key. In a transaction: zeros.
    #[ink(function = 17, handle_status = false)]
    fn worker_pubkey() -> [u8; 32];

    /// Returns what the worker's clock shows, which nobody checks. In a transaction: 0.
    #[ink(function = 18, handle_status = false)]
    fn untrusted_millis_since_unix_epoch() -> u64;

    /// Returns whether a code was uploaded; `sidevm` asks for one that runs beside a contract.
    #[ink(function = 19, handle_status = false)]
    fn code_exists(code_hash: Hash, sidevm: bool) -> bool;

    /// Uploads the chain's current system code at `payer`'s expense and returns its hash. Nothing when the
    /// chain has none. The system contract only: any other one traps.
    #[ink(function = 20, handle_status = false)]
    fn import_latest_system_code(payer: AccountId) -> Option<Hash>;

    /// Returns the engine's version, as major and minor.
    #[ink(function = 21, handle_status = false)]
    fn runtime_version() -> (u32, u32);

    /// Asks several web servers at once, within so many milliseconds: an answer for each request. Refused
    /// when there are too many, and in a transaction.
    #[ink(function = 22)]
    fn batch_http_request(
        requests: Vec<HttpRequest>,
        timeout_ms: u64,
    ) -> Vec<core::result::Result<HttpResponse, HttpRequestError>>;

    /// Returns number and hash of the newest event block. There is no such chain: zeros.
    #[ink(function = 23, handle_status = false)]
    fn current_event_chain_head() -> (u64, Hash);
}
