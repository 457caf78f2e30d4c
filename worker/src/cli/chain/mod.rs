//! The commands that say something to a chain that runs, by a key.
//!
//! What is said is ordered by the chain. What the cluster made of it is in a receipt, which workers have.

mod contracts;
mod error;
mod keys;
mod money;
mod workers;

pub(super) use error::hint;
pub(super) use keys::run as keys;

use super::{
    args::OnChainArgs,
    failure::Failure,
    report::{hex0x, Report},
    values::ss58,
};
use clap::Args;
use fat_contracts_primitives::{AccountId, Balance, ClusterId};
use pink_sender::{Call, ChainEvent, Included, Key, Keystore, Limits, Sender, PALLET};
use std::{path::Path, time::Duration};

pub(super) use contracts::{call, instantiate, upload};
pub(super) use workers::run as workers;

pub(super) use money::{transfer, upgrade, withdraw};

/// The key that signs: a development account's, or the one of a keystore, or that of an account in it; `None` if neither
/// is named.
///
/// # Errors
/// There is no such key, or there are several of which none is named, or it can't be read.
pub(super) fn signer(
    development: Option<&str>,
    keystore: Option<&Path>,
    account: Option<&AccountId>,
) -> Result<Option<Key>, Failure> {
    Ok(match (development, keystore) {
        (Some(name), _) => Some(Key::development(name)?),
        (None, Some(keystore)) => Some(Keystore::open(keystore)?.key(account)?),
        (None, None) => None,
    })
}

/// A chain, and who speaks to it.
struct Chain {
    sender: Sender,
    cluster: ClusterId,
    max_ordering_fee: Balance,
}

impl Chain {
    /// The chain of a command, and what it is about.
    fn of<T: Args>(args: OnChainArgs<T>) -> Result<(Self, T), Failure> {
        let key = signer(
            args.from.as_deref(),
            args.keystore.as_deref(),
            args.account.as_ref(),
        )?;
        let key = key.ok_or(Failure::NoKeystore)?;
        // A person waits.
        let limits = Limits {
            accept: Duration::from_secs(10),
            ..Limits::default()
        };
        let sender = Sender::new(args.chain, key, args.genesis, limits)?;
        let chain = Self {
            sender,
            cluster: args.cluster,
            max_ordering_fee: args.max_ordering_fee,
        };
        Ok((chain, args.what))
    }

    fn account(&self) -> &AccountId {
        self.sender.account()
    }

    /// A call of the pallet about the cluster.
    fn about_cluster(&self, name: &'static str) -> Call {
        Call::contracts(name).with("cluster", &self.cluster)
    }

    /// Has the chain order something, and says what the event says that tells of it.
    fn order(&self, call: Call, event: &str) -> Result<Report, Failure> {
        let done = self.sender.submit(call)?;
        Ok(self.report(&done, event))
    }

    fn report(&self, done: &Included, event: &str) -> Report {
        let told = done.event(PALLET, event);
        let field = |name: &str| told.and_then(|it| it.bytes32(name));
        let address = field("address").map(AccountId::new);
        let seq = told.and_then(|it| it.number("seq"));
        let ordering = done.event(PALLET, "OrderingFeePaid");
        let ordering = ordering.and_then(|it: &ChainEvent| it.number("fee"));
        let report = Report {
            cluster: Some(self.cluster),
            block: Some(done.block),
            seq: seq.and_then(|it| it.try_into().ok()),
            address: address.as_ref().map(ss58),
            address_hex: address.as_ref().map(hex0x),
            code_hash: field("code_hash").map(hex0x),
            ..Report::success()
        }
        .with("extrinsic", hex0x(done.extrinsic))
        .with("block_hash", hex0x(done.block_hash));
        // Money is text: it has 128 bits.
        let fees = [("chain_fee", done.fee), ("ordering_fee", ordering)];
        let told = fees
            .into_iter()
            .filter_map(|(name, fee)| Some((name, fee?)));
        told.fold(report, |report, (name, fee)| {
            report.with(name, fee.to_string())
        })
    }
}
