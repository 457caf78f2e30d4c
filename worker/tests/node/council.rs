//! The council moves things on a real chain: by motions, votes and closing.

use crate::{
    chain,
    process::Upstream,
    programs::until,
    signing::{pair, submit},
};
use fat_contracts_primitives::Hash;
use frame_support::dispatch::GetDispatchInfo;
use parity_scale_codec::Encode;
use runtime_mock::{
    runtime::{CouncilInstance, Runtime, COUNCIL_THRESHOLD},
    RuntimeCall, RuntimeEvent,
};
use sp_core::Pair;
use sp_runtime::DispatchResult;

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

    fn hash(&self) -> Hash {
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

/// Has the council of a chain carry a call; what the call said, once that is final.
pub(crate) fn carry(node: &Upstream, call: impl Into<RuntimeCall>) -> DispatchResult {
    let motion = Motion::new(call.into(), chain::motions(node));
    let mut next = chain::number(node);
    submit(node, "//Alice", &motion.propose().encode());
    until("the motion", || {
        (chain::motions(node) > motion.index).then_some(())
    });
    let members = ["//Alice", "//Bob"];
    for member in members {
        submit(node, member, &motion.vote().encode());
    }
    let voted = members.map(|member| pair(member).public().0.into());
    until("the votes", || {
        let ayes = chain::ayes(node, motion.hash())?;
        voted.iter().all(|it| ayes.contains(it)).then_some(())
    });
    submit(node, "//Charlie", &motion.close().encode());
    until("the council's decision", || {
        while next <= chain::number(node) {
            for event in chain::events(node, next) {
                match event {
                    RuntimeEvent::Council(pallet_collective::Event::Executed {
                        proposal_hash,
                        result,
                    }) if proposal_hash == motion.hash() => return Some(result),
                    _ => {}
                }
            }
            next += 1;
        }
        None
    })
}
