//! With whose account a worker speaks.

use super::super::failure::Failure;
use fat_contracts_primitives::{
    AccountId, BlockNumber, Checkpoint, ClusterId, EnvelopeKey, Hash, KeyCommitment, SealedKey,
};
use pink_rpc_source::{Mute, Sender};
use pink_sender::{words, Key, Limits, Said, Sender as ChainSender};
use pink_worker_core::source::{ParkReport, SendError};

/// A worker without a key follows, and says nothing.
pub(super) fn none() -> Box<dyn Sender> {
    Box::new(Mute::new())
}

/// Speaks with a key.
///
/// # Errors
/// No endpoint, or no thread.
pub(super) fn of(
    key: Key,
    endpoints: Vec<String>,
    genesis: Option<Hash>,
) -> Result<Box<dyn Sender>, Failure> {
    let sender = ChainSender::new(endpoints, key, genesis, Limits::default())?;
    Ok(Box::new(Voice(sender)))
}

/// Tells the operator.
fn told(call: &str, said: &Said) {
    tracing::info!(call, ?said, "told the chain");
}

#[derive(Debug)]
struct Voice(ChainSender);

impl Sender for Voice {
    fn account(&self) -> &AccountId {
        self.0.account()
    }

    fn acknowledge(
        &mut self,
        cluster: ClusterId,
        checkpoints: Vec<Checkpoint>,
        read_at: BlockNumber,
    ) -> Result<(), SendError> {
        let said = self.0.acknowledge(cluster, checkpoints, read_at)?;
        told("acknowledge", &said);
        Ok(())
    }

    fn report_parked(
        &mut self,
        cluster: ClusterId,
        report: ParkReport,
        read_at: BlockNumber,
    ) -> Result<(), SendError> {
        let said = self.0.report_parked(cluster, &report, read_at)?;
        told("report_parked", &said);
        Ok(())
    }

    fn announce_engines(
        &mut self,
        files: Vec<Hash>,
        read_at: BlockNumber,
    ) -> Result<(), SendError> {
        let said = self.0.announce_engines(&files, read_at)?;
        told("announce_engines", &said);
        Ok(())
    }

    fn register_worker(&mut self, read_at: BlockNumber) -> Result<(), SendError> {
        let said = self.0.register_worker(read_at)?;
        told("register_worker", &said);
        Ok(())
    }

    fn set_worker_key(&mut self, key: EnvelopeKey, read_at: BlockNumber) -> Result<(), SendError> {
        let said = self.0.say(words::set_worker_key(key), read_at)?;
        told("set_worker_key", &said);
        Ok(())
    }

    fn commit_cluster_key(
        &mut self,
        cluster: ClusterId,
        commitment: KeyCommitment,
        read_at: BlockNumber,
    ) -> Result<(), SendError> {
        let words = words::commit_cluster_key(cluster, commitment);
        let said = self.0.say(words, read_at)?;
        told("commit_cluster_key", &said);
        Ok(())
    }

    fn share_cluster_key(
        &mut self,
        cluster: ClusterId,
        to: AccountId,
        sealed: SealedKey,
        read_at: BlockNumber,
    ) -> Result<(), SendError> {
        let words = words::share_cluster_key(cluster, &to, &sealed);
        let said = self.0.say(words, read_at)?;
        told("share_cluster_key", &said);
        Ok(())
    }
}
