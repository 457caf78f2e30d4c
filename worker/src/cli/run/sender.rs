//! With whose account a worker speaks.

use super::super::failure::Failure;
use fat_contracts_primitives::{
    AccountId, Checkpoint, ClusterId, EnvelopeKey, Hash, KeyCommitment, SealedKey,
};
use pink_rpc_source::{ChainView, Sender, Signal};
use pink_sender::{submissions, Key, Limits, Sender as ChainSender, SubmitOutcome};
use pink_worker_core::source::{ParkReport, SendError};

/// Speaks with a key, and waits for nobody once the signal stops.
///
/// # Errors
/// No endpoint, or no thread.
pub(super) fn of(
    key: Key,
    endpoints: Vec<String>,
    genesis: Option<Hash>,
    signal: &Signal,
) -> Result<Box<dyn Sender>, Failure> {
    let sender = ChainSender::new(endpoints, key, genesis, Limits::default())?;
    let signal = signal.clone();
    let sender = sender.with_stop(move || signal.is_stopped());
    Ok(Box::new(LoggingSender(sender)))
}

/// The same in the sender's own words.
fn known(seen: &ChainView) -> pink_sender::ChainView {
    let ChainView {
        block,
        genesis,
        nonce,
        metadata,
    } = *seen;
    pink_sender::ChainView {
        block,
        genesis: Some(genesis),
        nonce,
        metadata,
    }
}

/// Tells the operator.
fn told(call: &str, said: &SubmitOutcome) {
    tracing::info!(call, ?said, "told the chain");
}

#[derive(Debug)]
struct LoggingSender(ChainSender);

impl Sender for LoggingSender {
    fn account(&self) -> &AccountId {
        self.0.account()
    }

    fn acknowledge(
        &mut self,
        cluster: ClusterId,
        checkpoints: Vec<Checkpoint>,
        seen: &ChainView,
    ) -> Result<(), SendError> {
        let said = self.0.acknowledge(cluster, checkpoints, known(seen))?;
        told("acknowledge", &said);
        Ok(())
    }

    fn report_parked(
        &mut self,
        cluster: ClusterId,
        report: ParkReport,
        seen: &ChainView,
    ) -> Result<(), SendError> {
        let said = self.0.report_parked(cluster, &report, known(seen))?;
        told("report_parked", &said);
        Ok(())
    }

    fn announce_engines(&mut self, files: Vec<Hash>, seen: &ChainView) -> Result<(), SendError> {
        let said = self.0.announce_engines(&files, known(seen))?;
        told("announce_engines", &said);
        Ok(())
    }

    fn register_worker(&mut self, seen: &ChainView) -> Result<(), SendError> {
        let said = self.0.register_worker(known(seen))?;
        told("register_worker", &said);
        Ok(())
    }

    fn set_worker_key(&mut self, key: EnvelopeKey, seen: &ChainView) -> Result<(), SendError> {
        let said = self.0.say(submissions::set_worker_key(key), known(seen))?;
        told("set_worker_key", &said);
        Ok(())
    }

    fn commit_cluster_key(
        &mut self,
        cluster: ClusterId,
        commitment: KeyCommitment,
        seen: &ChainView,
    ) -> Result<(), SendError> {
        let words = submissions::commit_cluster_key(cluster, commitment);
        let said = self.0.say(words, known(seen))?;
        told("commit_cluster_key", &said);
        Ok(())
    }

    fn share_cluster_key(
        &mut self,
        cluster: ClusterId,
        to: AccountId,
        sealed: SealedKey,
        seen: &ChainView,
    ) -> Result<(), SendError> {
        let words = submissions::share_cluster_key(cluster, &to, &sealed);
        let said = self.0.say(words, known(seen))?;
        told("share_cluster_key", &said);
        Ok(())
    }
}
