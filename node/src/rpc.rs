//! What the node answers beside what every Substrate node does.

use crate::{
    consensus::Link,
    sealing::Order,
    service::{Backend, Block, Hash, Parts},
};
use futures::channel::mpsc::Sender;
use jsonrpsee::{core::RegisterMethodError, RpcModule};
use pallet_transaction_payment_rpc::{TransactionPayment, TransactionPaymentApiServer};
use sc_consensus_grandpa::{
    FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState,
};
use sc_consensus_grandpa_rpc::{Grandpa, GrandpaApiServer};
use sc_consensus_manual_seal::rpc::{ManualSeal, ManualSealApiServer};
use sc_rpc::SubscriptionTaskExecutor;
use std::sync::Arc;
use substrate_frame_rpc_system::{System, SystemApiServer};

/// What is told about finality.
pub(crate) struct Finality {
    authority_set: SharedAuthoritySet<Hash, u32>,
    voter_state: SharedVoterState,
    justifications: GrandpaJustificationStream<Block>,
    proofs: Arc<FinalityProofProvider<Backend, Block>>,
}

impl Finality {
    /// Taken before the voter takes the link.
    pub(crate) fn of(link: &Link, parts: &Parts) -> Self {
        let authority_set = link.half.shared_authority_set().clone();
        let known = Some(authority_set.clone());
        Self {
            authority_set,
            voter_state: link.voter_state.clone(),
            justifications: link.half.justification_stream(),
            proofs: FinalityProofProvider::new_for_service(parts.backend.clone(), known),
        }
    }
}

/// The methods: nonces and dry runs, fees, finality or sealing.
///
/// # Errors
/// Two have the same name.
pub(crate) fn create(
    parts: &Parts,
    finality: Option<&Finality>,
    sealing: Option<Sender<Order>>,
    executor: SubscriptionTaskExecutor,
) -> Result<RpcModule<()>, RegisterMethodError> {
    let mut module = RpcModule::new(());
    module.merge(System::new(parts.client.clone(), parts.pool.clone()).into_rpc())?;
    module.merge(TransactionPayment::new(parts.client.clone()).into_rpc())?;
    if let Some(finality) = finality {
        let grandpa = Grandpa::new(
            executor,
            finality.authority_set.clone(),
            finality.voter_state.clone(),
            finality.justifications.clone(),
            finality.proofs.clone(),
        );
        module.merge(grandpa.into_rpc())?;
    }
    if let Some(orders) = sealing {
        module.merge(ManualSeal::new(orders).into_rpc())?;
    }
    Ok(module)
}
