//! What a person signs once, so that a page needn't ask at every click.

use super::{time, MAX_LISTED};
use crate::{
    bytes::Account,
    error::{Code, RpcError},
};
use fat_contracts_primitives::ClusterId;
use sp_crypto_hashing::blake2_256;

/// The longest text of a session: what every wallet shows, and a Ledger signs as it is.
pub const MAX_TEXT_BYTES: usize = 256;

/// The longest name, so that any other parts leave place for it.
const MAX_NAME_BYTES: usize = 15;

/// How long a session lasts whose text says only when it begins.
const USUAL_MS: u64 = 3_600_000;

/// By how much the clocks of a page and of a worker may differ.
const CLOCKS_MS: u64 = 300_000;

/// Bytes of a list's hash that stand in the text.
const LIST_BYTES: usize = 20;

/// Which contracts a session may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    Any,
    One([u8; 32]),
    List([u8; LIST_BYTES]),
}

/// A session's text, read:
///
/// ```text
/// pink session v1
/// chain <64 hex digits of the genesis block's hash>
/// cluster <number>
/// key <SS58 of the session's key>
/// for any | for <SS58 of a contract> | for list <40 hex digits>
/// until <time> | from <time>
/// name <1 to 15 of a-z, 0-9, ->
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionText<'t> {
    /// The chain's genesis block.
    pub genesis: [u8; 32],
    /// The cluster.
    pub cluster: ClusterId,
    /// The session's key.
    pub key: [u8; 32],
    scope: Scope,
    /// When it begins, if it says so, and ends: milliseconds of the Unix epoch.
    from_ms: Option<u64>,
    until_ms: u64,
    /// By which it is revoked.
    pub name: &'t str,
}

fn bad(what: impl Into<String>) -> RpcError {
    RpcError::new(Code::BadSession, what)
        .hint("docs/rpc.md has the lines of a session's text, in their order")
}

pub(super) fn check_name(name: &str) -> Result<(), RpcError> {
    let known = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
    if (1..=MAX_NAME_BYTES).contains(&name.len()) && name.bytes().all(known) {
        Ok(())
    } else {
        Err(bad(format!(
            "a session's name is 1 to {MAX_NAME_BYTES} of a-z, 0-9 and -"
        )))
    }
}

fn digits<const N: usize>(text: &str, what: &str) -> Result<[u8; N], RpcError> {
    let lower = |it: u8| it.is_ascii_digit() || (b'a'..=b'f').contains(&it);
    let plain = text.bytes().all(lower).then(|| hex::decode(text).ok());
    let bytes = plain.flatten().and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| {
        let expected = N.saturating_mul(2);
        bad(format!(
            "`{what}` is followed by {expected} lower-case hex digits"
        ))
    })
}

/// An address in the one form in which it may stand in a text.
fn address(text: &str, what: &str) -> Result<[u8; 32], RpcError> {
    let quoted = serde_json::Value::from(text);
    let account: Option<Account> = serde_json::from_value(quoted).ok();
    let account = account.filter(|account| account.to_string() == text);
    account.map(|account| account.0).ok_or_else(|| {
        bad(format!(
            "`{what}` is followed by an SS58 address of prefix 42"
        ))
    })
}

impl<'t> SessionText<'t> {
    /// Reads a text. There is one way only to write each session.
    ///
    /// # Errors
    /// [`Code::BadSession`]: which line is wrong.
    pub fn parse(text: &'t str) -> Result<Self, RpcError> {
        if !text.is_ascii() || text.len() > MAX_TEXT_BYTES {
            return Err(bad(format!(
                "a session's text has at most {MAX_TEXT_BYTES} bytes of ASCII"
            )));
        }
        let mut lines = text.split('\n');
        let mut line = |word: &str| {
            let line = lines.next().unwrap_or_default();
            let rest = line.strip_prefix(word).and_then(|it| it.strip_prefix(' '));
            rest.ok_or_else(|| bad(format!("a line `{word} …` is expected, not {line:?}")))
        };
        if line("pink")? != "session v1" {
            return Err(bad("the first line is `pink session v1`"));
        }
        let genesis = digits(line("chain")?, "chain")?;
        let number = line("cluster")?;
        let cluster: ClusterId = number
            .parse()
            .ok()
            .filter(|it: &ClusterId| it.to_string() == number)
            .ok_or_else(|| bad("`cluster` is followed by a number"))?;
        let key = address(line("key")?, "key")?;
        let scope = match line("for")? {
            "any" => Scope::Any,
            rest => match rest.strip_prefix("list ") {
                Some(list) => Scope::List(digits(list, "list")?),
                None => Scope::One(address(rest, "for")?),
            },
        };
        let when = lines.next().unwrap_or_default();
        let (word, at) = when.split_once(' ').unwrap_or_default();
        let at = time::parse(at);
        let (from_ms, until_ms) = match (word, at) {
            ("until", Some(until)) => (None, until),
            ("from", Some(from)) => (Some(from), from.saturating_add(USUAL_MS)),
            _ => {
                return Err(bad(format!(
                    "a line `until 2026-11-27T12:00Z` is expected, or `from …`, not {when:?}"
                )))
            }
        };
        let last = lines.next().unwrap_or_default();
        let name = last.strip_prefix("name ");
        let name = name.ok_or_else(|| bad(format!("a line `name …` is expected, not {last:?}")))?;
        check_name(name)?;
        if lines.next().is_some() {
            return Err(bad("nothing follows the name"));
        }
        Ok(Self {
            genesis,
            cluster,
            key,
            scope,
            from_ms,
            until_ms,
            name,
        })
    }

    /// Whether it is a session now, and not for longer than it may be.
    pub(super) fn check_time(&self, now_ms: u64, most_ms: u64) -> Result<(), RpcError> {
        if self
            .from_ms
            .is_some_and(|from| from > now_ms.saturating_add(CLOCKS_MS))
        {
            return Err(bad("the session begins later"));
        }
        if self.until_ms <= now_ms {
            return Err(RpcError::new(Code::SessionExpired, "the session has ended")
                .hint("have another one signed"));
        }
        if self.until_ms > now_ms.saturating_add(most_ms) {
            let hours = most_ms / 3_600_000;
            return Err(RpcError::new(
                Code::SessionTooLong,
                format!("a session lasts at most {hours} hours from now"),
            )
            .hint("have one signed that ends sooner"));
        }
        Ok(())
    }

    /// Whether it may ask a contract; of what has no address yet, whether it may ask any.
    pub(super) fn check_scope(
        &self,
        contract: Option<[u8; 32]>,
        list: &[Account],
    ) -> Result<(), RpcError> {
        let covered = match self.scope {
            Scope::Any => true,
            Scope::One(one) => contract == Some(one),
            Scope::List(hash) => {
                if list.len() > MAX_LISTED || !list.is_sorted_by(|a, b| a < b) {
                    return Err(bad(format!(
                        "`contracts` are at most {MAX_LISTED}, ascending, none twice"
                    )));
                }
                let all: Vec<u8> = list.iter().flat_map(|it| it.0).collect();
                if !blake2_256(&all).starts_with(&hash) {
                    return Err(bad("`contracts` isn't the list whose hash was signed"));
                }
                contract.is_some_and(|it| list.contains(&Account(it)))
            }
        };
        if covered {
            Ok(())
        } else {
            Err(
                RpcError::new(Code::SessionScope, "the session isn't for what is asked")
                    .hint("have one signed for this contract"),
            )
        }
    }
}
