//! One of each reason to stand still.

use fat_contracts_primitives::{ClusterId, EngineVersion, Hash};
use pink_capi::{types::Outcome, Fault};
use pink_engine_host::{ElfError, EngineError};
use pink_worker_core::exec::{Disorder, ParkReason, TooLarge, MAX_RECEIPT_BYTES};
use std::{io::Error as IoError, path::PathBuf};

const VERSION: EngineVersion = EngineVersion::new(2, 0);

pub(crate) fn hash(byte: u8) -> Hash {
    Hash::from([byte; 32])
}

fn path() -> PathBuf {
    "/engines/libpink.so.2.0".into()
}

pub(crate) fn engine_errors() -> Vec<EngineError> {
    let (version, path) = (VERSION, path());
    vec![
        EngineError::Missing {
            version,
            hash: hash(1),
            path: path.clone(),
        },
        EngineError::NoArtefact {
            version,
            target: "x86_64-unknown-linux-gnu",
            named: "none".into(),
        },
        EngineError::Unreadable {
            path: path.clone(),
            error: IoError::other("a reason"),
        },
        EngineError::Size {
            path: path.clone(),
            version,
            expected: 3,
            found: 2,
        },
        EngineError::Hash {
            path: path.clone(),
            version,
            expected: hash(1),
            found: hash(2),
        },
        EngineError::Elf {
            path: path.clone(),
            error: ElfError::NotShared { found: 2 },
        },
        EngineError::TwoHashes {
            version,
            loaded: hash(1),
            asked: hash(2),
        },
        EngineError::Abi {
            version,
            found: 3,
            spoken: "1 and 2",
        },
        EngineError::Load {
            path: path.clone(),
            reason: "a reason".into(),
        },
        EngineError::Init {
            path: path.clone(),
            status: -1,
        },
        EngineError::Entry {
            path: path.clone(),
            magic: 7,
            major: 3,
        },
        EngineError::Version {
            path,
            expected: version,
            found: EngineVersion::new(1, 0),
        },
        EngineError::Stack {
            version,
            needed: 2,
            given: 1,
        },
        EngineError::Describe {
            version,
            fault: Fault::NoHost,
        },
    ]
}

pub(crate) fn faults() -> Vec<Fault> {
    let (name, reason) = (String::from("call"), String::from("a reason"));
    vec![
        Fault::UnknownCall { id: 99 },
        Fault::BadArguments {
            id: 9,
            name,
            len: 3,
            reason: reason.clone(),
        },
        Fault::BadReply {
            id: 9,
            len: 3,
            reason: reason.clone(),
        },
        Fault::Panicked {
            message: "index out of bounds".into(),
        },
        Fault::Host {
            reason: reason.clone(),
        },
        Fault::NoHost,
        Fault::BrokenState {
            key: vec![1, 2],
            reason: reason.clone(),
        },
        Fault::CommitRefused { reason },
        Fault::Memory { used: 2, limit: 1 },
        Fault::Cancelled,
        Fault::NoClusterKey,
        Fault::Lent { used: 2, limit: 1 },
        Fault::ChangesTooLarge { keys: 2, bytes: 1 },
        Fault::TooManyIterators { limit: 64 },
    ]
}

pub(crate) fn disorders() -> Vec<Disorder> {
    let (expected, found): (ClusterId, ClusterId) = (1, 2);
    let (old, new) = (hash(1), hash(2));
    vec![
        Disorder::Cluster { expected, found },
        Disorder::Number {
            expected: 7,
            found: 8,
        },
        Disorder::Repeated {
            expected: old,
            found: new,
        },
        Disorder::Seq {
            expected: 7,
            found: 8,
        },
        Disorder::NoBeginning,
        Disorder::Setup {
            seq: 7,
            setup: true,
        },
        Disorder::Setup {
            seq: 0,
            setup: false,
        },
        Disorder::Amendment { next: 7, found: 8 },
        Disorder::ReadAt {
            expected: 7,
            found: 6,
        },
        Disorder::AmendedLater {
            seq: 7,
            by: 8,
            why: "it is older",
        },
        Disorder::Hash {
            expected: old,
            found: new,
        },
        Disorder::SystemCode {
            expected: old,
            found: new,
        },
        Disorder::Input { found: 2, most: 1 },
    ]
}

/// Each reason there is, and the page of those that aren't told to the chain.
pub(crate) fn reasons() -> Vec<(ParkReason, &'static str)> {
    let too_large = TooLarge {
        what: "bytes of one receipt",
        found: MAX_RECEIPT_BYTES + 1,
        most: MAX_RECEIPT_BYTES,
    };
    let (version, told) = (VERSION, "");
    let mut all = vec![
        (ParkReason::NoRecord { version }, told),
        (
            ParkReason::UpgradeImpossible {
                from: EngineVersion::new(1, 0),
                to: version,
                outcome: Outcome::OutOfGas,
            },
            told,
        ),
        (
            ParkReason::NotMoved {
                to: version,
                found: None,
            },
            told,
        ),
        (
            ParkReason::ReceiptsTooLarge {
                version,
                excess: too_large,
            },
            told,
        ),
        (
            ParkReason::ChangesTooLarge {
                version,
                excess: too_large,
            },
            told,
        ),
        (
            ParkReason::AmendedTooLate {
                seq: 7,
                of: 3,
                oldest: 9,
            },
            "amended-too-late",
        ),
        (
            ParkReason::NoSystemCode { code_hash: [1; 32] },
            "no-system-code",
        ),
        (
            ParkReason::ChainUnavailable("it is gone".into()),
            "no-system-code",
        ),
        (ParkReason::State("can't read".into()), "state-or-thread"),
        (
            ParkReason::Thread(IoError::other("a reason")),
            "state-or-thread",
        ),
    ];
    all.extend(engine_errors().into_iter().map(|it| (it.into(), told)));
    all.extend(disorders().into_iter().map(|it| (it.into(), told)));
    all.extend(faults().into_iter().map(|fault| {
        let alone = match fault {
            Fault::NoClusterKey => "no-cluster-key",
            _ => told,
        };
        (ParkReason::Fault { version, fault }, alone)
    }));
    all
}
