//! Who asks: signatures over what is asked, and sessions that a person signs once.
//!
//! `docs/rpc.md` has the exact bytes, with vectors that another implementation made.

mod revoked;
mod session;
mod signature;
mod text;
mod time;

#[cfg(test)]
mod tests;

pub use revoked::Revoked;
pub use session::{SessionText, MAX_TEXT_BYTES};
pub use signature::KeyKind;
pub use text::{QueryText, RevokeText, SignedRequest};

use crate::{
    bytes::{Account, Bytes, Hash},
    config::RpcConfig,
    daemon::Daemon,
    error::{Code, RpcError},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The account of those who don't sign: 32 zero bytes. Nobody's in good faith: contracts must give it no right.
pub const NOBODY: [u8; 32] = [0; 32];

/// The most contracts of a session's list.
pub const MAX_LISTED: usize = 64;

/// Who signed, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Signed {
    /// The account that signed, or the session's key.
    pub signer: Account,
    /// The kind of its key.
    pub kind: KeyKind,
    /// The signature over the text that follows from what is asked; plain, or in `<Bytes>`.
    pub signature: Bytes,
    /// The hash of a recent final block, which was signed with it.
    pub after: Hash,
    /// For whom a session's key asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Session>,
}

/// What an account signed so that a page needn't ask for each click.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Session {
    /// The account.
    pub account: Account,
    /// The kind of its key.
    pub kind: KeyKind,
    /// What it signed, at most 256 bytes of ASCII.
    pub text: String,
    /// Its signature over the text; plain, or in `<Bytes>`.
    pub signature: Bytes,
    /// The contracts, ascending by their bytes, if the text has the hash of a list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contracts: Vec<Account>,
}

/// Checks who asks.
#[derive(Debug)]
pub(crate) struct Auth {
    pub(crate) revoked: Revoked,
    max_session_ms: u64,
    recent_blocks: u32,
}

impl Auth {
    pub(crate) fn new(config: &RpcConfig) -> Self {
        let most = config.max_session.as_millis();
        Self {
            revoked: Revoked::open(config.revoked_file.clone()),
            max_session_ms: u64::try_from(most).unwrap_or(u64::MAX),
            recent_blocks: config.recent_blocks,
        }
    }

    /// The account that asks; with no signature nobody does. It takes a millisecond, so it isn't for threads that
    /// serve connections.
    ///
    /// # Errors
    /// The signature isn't one over this, here and now.
    pub(crate) fn who(
        &self,
        daemon: &Daemon,
        signed: Option<&Signed>,
        asked: &SignedRequest<'_>,
    ) -> Result<[u8; 32], RpcError> {
        let Some(signed) = signed else {
            return Ok(NOBODY);
        };
        let genesis = genesis(daemon)?;
        self.check_recent(daemon, signed.after)?;
        let who = match &signed.session {
            None => signed.signer.0,
            Some(session) => {
                let contract = asked.contract();
                self.check_session(daemon, genesis, session, &signed.signer, contract)?;
                session.account.0
            }
        };
        let text = QueryText {
            genesis,
            cluster: daemon.cluster,
            account: who,
            asked,
            after: signed.after.0,
        };
        let text = text.to_string();
        check(
            signed.kind,
            signed.signer,
            text.as_bytes(),
            &signed.signature,
        )?;
        Ok(who)
    }

    /// Has sessions of a name end, by the word of the account that began them.
    ///
    /// # Errors
    /// It isn't the account's word, or no more can be kept.
    pub(crate) fn revoke(
        &self,
        daemon: &Daemon,
        name: &str,
        signed: &Signed,
    ) -> Result<(), RpcError> {
        session::check_name(name)?;
        let genesis = genesis(daemon)?;
        self.check_recent(daemon, signed.after)?;
        if signed.session.is_some() {
            return Err(RpcError::new(
                Code::BadSession,
                "an account revokes by its own signature, not by a session's",
            ));
        }
        let text = RevokeText {
            genesis,
            cluster: daemon.cluster,
            account: signed.signer.0,
            name,
            after: signed.after.0,
        };
        let text = text.to_string();
        check(
            signed.kind,
            signed.signer,
            text.as_bytes(),
            &signed.signature,
        )?;
        let now = daemon.clock.now_ms();
        // Whatever has this name by then has ended by itself.
        let until = now.saturating_add(self.max_session_ms);
        self.revoked.add(signed.signer.0, name, now, until)
    }

    fn check_recent(&self, daemon: &Daemon, after: Hash) -> Result<(), RpcError> {
        let newest = daemon.standing.seen().finalized;
        let (newest, _) = newest.ok_or_else(no_chain)?;
        let signed = daemon.standing.number_of(&after.0.into());
        let oldest = newest.saturating_sub(self.recent_blocks);
        match signed {
            Some(number) if number >= oldest => Ok(()),
            _ => Err(RpcError::new(
                Code::NotRecent,
                format!(
                    "block {after} isn't one of the last {} final ones that this worker knows",
                    self.recent_blocks
                ),
            )
            .hint("sign anew with the hash of `finalized` in `cluster_v1_info`")),
        }
    }

    fn check_session(
        &self,
        daemon: &Daemon,
        genesis: [u8; 32],
        session: &Session,
        key: &Account,
        contract: Option<[u8; 32]>,
    ) -> Result<(), RpcError> {
        let text = SessionText::parse(&session.text)?;
        if text.genesis != genesis || text.cluster != daemon.cluster {
            let (here, there) = (daemon.cluster, text.cluster);
            return Err(RpcError::new(
                Code::SessionElsewhere,
                format!(
                    "the session is for cluster {there} of chain {}, this is cluster {here} of {}",
                    hex::encode(text.genesis),
                    hex::encode(genesis)
                ),
            ));
        }
        if text.key != key.0 {
            return Err(RpcError::new(
                Code::BadSignature,
                format!(
                    "the session is for the key {}, {key} signed",
                    Account(text.key)
                ),
            ));
        }
        let now = daemon.clock.now_ms();
        text.check_time(now, self.max_session_ms)?;
        text.check_scope(contract, &session.contracts)?;
        check(
            session.kind,
            session.account,
            session.text.as_bytes(),
            &session.signature,
        )?;
        match self.revoked.has(session.account.0, text.name, now) {
            true => Err(RpcError::new(
                Code::SessionRevoked,
                format!("the session `{}` was revoked", text.name),
            )
            .hint("begin another one, with another name")),
            false => Ok(()),
        }
    }
}

fn check(kind: KeyKind, who: Account, text: &[u8], signature: &Bytes) -> Result<(), RpcError> {
    match signature::verify(kind, &who.0, text, &signature.0) {
        true => Ok(()),
        false => Err(RpcError::new(
            Code::BadSignature,
            format!("the signature isn't one of {who} over the text that follows from this call"),
        )
        .hint("`details` has the text that is expected; docs/rpc.md says how it is signed")
        .with(serde_json::json!({ "text": String::from_utf8_lossy(text) }))),
    }
}

fn no_chain() -> RpcError {
    RpcError::new(
        Code::NoChain,
        "the worker knows no final block of its chain yet",
    )
    .hint("ask again later, or without a signature")
}

fn genesis(daemon: &Daemon) -> Result<[u8; 32], RpcError> {
    let genesis = daemon.standing.seen().genesis;
    genesis.map(Into::into).ok_or_else(no_chain)
}
