//! What a worker says to the contracts pallet.

use crate::{call::Call, topic::Topic};
use fat_contracts_primitives::{AccountId, Checkpoint, ClusterId, Hash};
use parity_scale_codec::Encode;
use pink_worker_core::source::ParkReport;
use sp_crypto_hashing::blake2_256;

/// Something to be said once: a call, and what it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Words {
    /// What it is about. While any of it is on its way, the words aren't sent.
    pub topics: Vec<Topic>,
    /// The call.
    pub call: Call,
}

/// What the state of a cluster is after checkpoints, in order and without gaps.
pub fn acknowledge(cluster: ClusterId, checkpoints: &[Checkpoint]) -> Words {
    let topics = checkpoints.iter().map(|it| checkpoint(cluster, it));
    Words {
        topics: topics.collect(),
        call: Call::contracts("acknowledge")
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
pub fn report_parked(cluster: ClusterId, report: &ParkReport) -> Words {
    let ParkReport {
        block,
        seq,
        cause,
        as_of,
    } = *report;
    Words {
        topics: vec![Topic::Parked {
            cluster,
            block,
            seq,
            cause,
            as_of,
        }],
        call: Call::contracts("report_parked")
            .with("cluster", &cluster)
            .with("block", &block)
            .with("seq", &seq)
            .with("cause", &cause)
            .with("as_of", &as_of),
    }
}

/// Which engine files the worker has, instead of what it said before.
pub fn announce_engines(files: &[Hash]) -> Words {
    let files = files.to_vec();
    Words {
        topics: vec![Topic::Engines(Hash::from(blake2_256(&files.encode())))],
        call: Call::contracts("announce_engines").with("engines", &files),
    }
}

/// That an account is to be admitted as a worker.
pub fn register_worker(worker: &AccountId) -> Words {
    Words {
        topics: vec![Topic::Worker(worker.clone())],
        call: Call::contracts("register_worker").with("worker", worker),
    }
}
