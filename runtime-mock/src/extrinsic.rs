use crate::{
    runtime::{
        CouncilInstance, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin, System,
        COUNCIL_THRESHOLD,
    },
    DEV_ACCOUNTS,
};
use fat_contracts_primitives::AccountId;
use frame_support::dispatch::{DispatchResultWithPostInfo, GetDispatchInfo};
use parity_scale_codec::Encode;
use sp_runtime::traits::{Dispatchable, Hash as _};

/// On whose behalf an extrinsic is dispatched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    /// This account signed it.
    Signed(AccountId),
    /// The council carried it as a motion: it is proposed, voted for and closed, each of these
    /// being an extrinsic of a member.
    Governance,
}

/// An extrinsic of the chain in process: a call, and on whose behalf.
#[derive(Clone, PartialEq, Debug)]
pub struct Extrinsic {
    /// On whose behalf.
    pub origin: Origin,
    /// What is called.
    pub call: RuntimeCall,
}

impl Extrinsic {
    /// A call signed by an account.
    pub fn signed(who: AccountId, call: impl Into<RuntimeCall>) -> Self {
        Self {
            origin: Origin::Signed(who),
            call: call.into(),
        }
    }

    /// A call that the council carries.
    pub fn governance(call: impl Into<RuntimeCall>) -> Self {
        Self {
            origin: Origin::Governance,
            call: call.into(),
        }
    }

    /// Dispatches it in the block that is being made. Runs inside the runtime.
    pub(crate) fn apply(self) -> DispatchResultWithPostInfo {
        match self.origin {
            Origin::Signed(who) => dispatch(who, self.call),
            Origin::Governance => carry(self.call),
        }
    }
}

/// What became of an extrinsic.
#[derive(Clone, PartialEq, Debug)]
pub struct Applied {
    /// The call's own result; for a motion, that of the call that the council carried.
    pub result: DispatchResultWithPostInfo,
    /// The events that it left behind, in order.
    pub events: Vec<RuntimeEvent>,
}

/// Dispatches a signed call the way a block does: noted, dispatched, accounted for.
fn dispatch(who: AccountId, call: RuntimeCall) -> DispatchResultWithPostInfo {
    let info = call.get_dispatch_info();
    System::note_extrinsic((&who, &call).encode());
    let result = call.dispatch(RuntimeOrigin::signed(who));
    System::note_applied_extrinsic(&result, info);
    result
}

/// Has the council carry a call: proposed by its first member, voted for by as many as it
/// takes, and closed.
fn carry(call: RuntimeCall) -> DispatchResultWithPostInfo {
    type Motion = pallet_collective::Call<Runtime, CouncilInstance>;
    let members: Vec<_> = DEV_ACCOUNTS
        .iter()
        .map(|(_, key)| AccountId::new(*key))
        .take(COUNCIL_THRESHOLD as usize)
        .collect();
    let Some(first) = members.first().cloned() else {
        return Err(sp_runtime::DispatchError::BadOrigin.into());
    };
    let length_bound = call.encoded_size() as u32;
    let proposal_weight_bound = call.get_dispatch_info().total_weight();
    let proposal_hash = <Runtime as frame_system::Config>::Hashing::hash_of(&call);
    let index = pallet_collective::ProposalCount::<Runtime, CouncilInstance>::get();

    let propose = Motion::propose {
        threshold: COUNCIL_THRESHOLD,
        proposal: Box::new(call),
        length_bound,
    };
    dispatch(first.clone(), propose.into())?;
    for member in members {
        let vote = Motion::vote {
            proposal: proposal_hash,
            index,
            approve: true,
        };
        dispatch(member, vote.into())?;
    }
    let close = Motion::close {
        proposal_hash,
        index,
        proposal_weight_bound,
        length_bound,
    };
    let closed = dispatch(first, close.into())?;
    // The motion was carried, whatever its call then said: that is in the council's event.
    let executed = System::read_events_no_consensus().filter_map(|record| match record.event {
        RuntimeEvent::Council(pallet_collective::Event::Executed {
            proposal_hash: hash,
            result,
        }) if hash == proposal_hash => Some(result),
        _ => None,
    });
    match executed.last() {
        Some(Err(error)) => Err(error.into()),
        _ => Ok(closed),
    }
}
