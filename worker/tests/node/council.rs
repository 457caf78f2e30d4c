//! The council moves things on a real chain: by motions, votes and closing.

use frame_support::dispatch::GetDispatchInfo;
use parity_scale_codec::Encode;
use runtime_mock::{
    runtime::{CouncilInstance, Runtime, COUNCIL_THRESHOLD},
    RuntimeCall,
};

type Call = pallet_collective::Call<Runtime, CouncilInstance>;

/// A motion of the council, and its number.
pub(crate) struct Motion {
    call: RuntimeCall,
    index: u32,
}

impl Motion {
    pub(crate) fn new(call: RuntimeCall, index: u32) -> Self {
        Self { call, index }
    }

    fn length(&self) -> u32 {
        self.call.encoded_size() as u32
    }

    fn hash(&self) -> fat_contracts_primitives::Hash {
        sp_crypto_hashing::blake2_256(&self.call.encode()).into()
    }

    pub(crate) fn propose(&self) -> RuntimeCall {
        let propose = Call::propose {
            threshold: COUNCIL_THRESHOLD,
            proposal: Box::new(self.call.clone()),
            length_bound: self.length(),
        };
        propose.into()
    }

    pub(crate) fn vote(&self) -> RuntimeCall {
        let vote = Call::vote {
            proposal: self.hash(),
            index: self.index,
            approve: true,
        };
        vote.into()
    }

    pub(crate) fn close(&self) -> RuntimeCall {
        let close = Call::close {
            proposal_hash: self.hash(),
            index: self.index,
            proposal_weight_bound: self.call.get_dispatch_info().total_weight(),
            length_bound: self.length(),
        };
        close.into()
    }
}
