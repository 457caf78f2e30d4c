//! What a worker says to the contracts pallet.

use crate::{call::Call, topic::Topic};
use fat_contracts_primitives::{
    AccountId, Checkpoint, ClusterId, EnvelopeKey, Hash, KeyCommitment, SealedKey,
};
use parity_scale_codec::Encode;
use pink_worker_core::source::ParkReport;
use sp_crypto_hashing::blake2_256;

/// Something to be said once: a call, and what it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Submission {
    /// What it is about. While any of it is on its way, the words aren't sent.
    pub topics: Vec<Topic>,
    /// The call.
    pub call: Call,
}

/// What the state of a cluster is after checkpoints, in order and without gaps.
pub fn acknowledge(cluster: ClusterId, checkpoints: &[Checkpoint]) -> Submission {
    let topics = checkpoints.iter().map(|it| checkpoint(cluster, it));
    Submission {
        topics: topics.collect(),
        call: Call::words("acknowledge")
            .with("cluster", &cluster)
            .with("checkpoints", &checkpoints.to_vec()),
    }
}

/// The topic of a checkpoint.
pub fn checkpoint(cluster: ClusterId, checkpoint: &Checkpoint) -> Topic {
    Topic::Checkpoint {
        cluster,
        block: checkpoint.block,
        tuple: Hash::from(blake2_256(&checkpoint.encode())),
    }
}

/// At which message the worker can't go on.
pub fn report_parked(cluster: ClusterId, report: &ParkReport) -> Submission {
    let ParkReport {
        block,
        seq,
        cause,
        as_of,
    } = *report;
    Submission {
        topics: vec![Topic::Parked {
            cluster,
            block,
            seq,
            cause,
            as_of,
        }],
        call: Call::words("report_parked")
            .with("cluster", &cluster)
            .with("block", &block)
            .with("seq", &seq)
            .with("cause", &cause)
            .with("as_of", &as_of),
    }
}

/// Which engine files the worker has, instead of what it said before.
pub fn announce_engines(files: &[Hash]) -> Submission {
    let files = files.to_vec();
    Submission {
        topics: vec![Topic::Engines(Hash::from(blake2_256(&files.encode())))],
        call: Call::words("announce_engines").with("engines", &files),
    }
}

/// That an account is to be admitted as a worker.
pub fn register_worker(worker: &AccountId) -> Submission {
    Submission {
        topics: vec![Topic::Worker(worker.clone())],
        call: Call::words("register_worker").with("worker", worker),
    }
}

/// The worker's X25519 key, to which others seal their cluster's.
pub fn set_worker_key(key: EnvelopeKey) -> Submission {
    Submission {
        topics: vec![other(("set_worker_key", key))],
        call: Call::words("set_worker_key").with("key", &key),
    }
}

/// The commitment to a cluster's key.
pub fn commit_cluster_key(cluster: ClusterId, commitment: KeyCommitment) -> Submission {
    Submission {
        topics: vec![other(("commit_cluster_key", cluster))],
        call: Call::words("commit_cluster_key")
            .with("cluster", &cluster)
            .with("commitment", &commitment),
    }
}

/// A cluster's key for another member. Whoever seals it again gets other bytes, so those don't make it another topic.
pub fn share_cluster_key(cluster: ClusterId, to: &AccountId, sealed: &SealedKey) -> Submission {
    Submission {
        topics: vec![other(("share_cluster_key", cluster, to))],
        call: Call::words("share_cluster_key")
            .with("cluster", &cluster)
            .with("to", to)
            .with("sealed", sealed),
    }
}

fn other(what: impl Encode) -> Topic {
    Topic::Other(Hash::from(blake2_256(&what.encode())))
}
