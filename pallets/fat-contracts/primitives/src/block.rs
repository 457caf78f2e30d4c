use crate::{
    appended::appended, fold_amendment, fold_input, fold_message, Amendment, BlockNumber,
    ClusterId, ClusterMessage, CodeHash, EngineRecord, EngineVersion, Hash, MessageHash, Seq,
};
use alloc::vec::Vec;
use parity_scale_codec::{Decode, Encode, Error, Input};
use scale_info::TypeInfo;

/// What a block gives to an engine beside its messages. All of it is the block's post-state, and
/// it is folded into the running hash of every cluster that the block touched: whoever knows the
/// hash knows everything that may influence execution.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct BlockInput {
    /// The block's number.
    pub number: BlockNumber,
    /// `Timestamp::now` of the block, in milliseconds of the Unix epoch.
    pub now_ms: u64,
    /// BLAKE2b-256(the chain's randomness ‖ parent hash).
    pub entropy: Hash,
    /// Versions that the cluster may ask to be upgraded to: Active, newer, with a supported path.
    pub upgrade_targets: Vec<EngineVersion>,
    /// Hash of the current system contract code; its bytes are fetched by hash.
    pub system_code: Option<CodeHash>,
}

/// Everything of one chain block that concerns one cluster: what a worker needs to execute it,
/// and all that may influence the result. All of it is the block's post-state.
#[derive(Clone, PartialEq, Eq, Debug, Encode, TypeInfo)]
pub struct ClusterBlock {
    /// The cluster.
    pub cluster: ClusterId,
    /// The block's number.
    pub number: BlockNumber,
    /// `Timestamp::now` of the block, in milliseconds of the Unix epoch.
    pub now_ms: u64,
    /// BLAKE2b-256(the chain's randomness ‖ parent hash).
    pub entropy: Hash,
    /// Versions that the cluster may ask to be upgraded to: Active, newer, with a supported path.
    pub upgrade_targets: Vec<EngineVersion>,
    /// Hash of the current system contract code; its bytes are fetched by hash.
    pub system_code: Option<CodeHash>,
    /// The engine records that this block's messages need, by version.
    pub engines: Vec<(EngineVersion, EngineRecord)>,
    /// Amendments that took effect at the start of this block, in order; each is folded into the
    /// running hash here, ahead of the messages, whichever block its message is of.
    pub amendments: Vec<Amendment>,
    /// Amendments of messages of this block that later blocks delivered, with the block that
    /// did, in that order. They are obeyed here and folded there.
    pub amended_later: Vec<(BlockNumber, Amendment)>,
    /// The messages of this block, in order.
    pub messages: Vec<(Seq, ClusterMessage)>,
    /// The running hash after the block, as the chain has it. A worker computes its own with
    /// [`ClusterBlock::fold`] and compares; it never takes this one over.
    pub message_hash: MessageHash,
    /// The chain's block in whose state this was read: this one, or a later one. Whoever gives the
    /// block says with it how much it knows of later amendments: those of `amended_later` were
    /// delivered by then, and no others. It is no part of the running hash, as they are none.
    pub read_at: BlockNumber,
    /// Which extrinsic of the block queued a message, in the order of the messages, by the extrinsic's index in the
    /// block. What isn't here was queued by a hook, or before anybody kept this. As `read_at`, it is no part of the
    /// running hash, and no engine is told of it.
    pub extrinsics: Vec<(Seq, u32)>,
}

impl Decode for ClusterBlock {
    fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
        Ok(Self {
            cluster: Decode::decode(input)?,
            number: Decode::decode(input)?,
            now_ms: Decode::decode(input)?,
            entropy: Decode::decode(input)?,
            upgrade_targets: Decode::decode(input)?,
            system_code: Decode::decode(input)?,
            engines: Decode::decode(input)?,
            amendments: Decode::decode(input)?,
            amended_later: Decode::decode(input)?,
            messages: Decode::decode(input)?,
            message_hash: Decode::decode(input)?,
            read_at: Decode::decode(input)?,
            extrinsics: appended(input)?,
        })
    }
}

impl ClusterBlock {
    /// The messages that an extrinsic of this block is known to have queued, in order.
    pub fn queued_by(&self, extrinsic: u32) -> impl Iterator<Item = Seq> + '_ {
        let of_it = self
            .extrinsics
            .iter()
            .filter(move |(_, by)| *by == extrinsic);
        of_it.map(|(seq, _)| *seq)
    }

    /// The index of the extrinsic that queued a message of this block, if that is known.
    pub fn extrinsic_of(&self, seq: Seq) -> Option<u32> {
        let found = self.extrinsics.iter().find(|(of, _)| *of == seq);
        found.map(|(_, extrinsic)| *extrinsic)
    }

    /// The record of an engine version, if the block names one.
    pub fn engine_record(&self, version: EngineVersion) -> Option<&EngineRecord> {
        let mut engines = self.engines.iter();
        engines
            .find(|(named, _)| *named == version)
            .map(|(_, record)| record)
    }

    /// The part that is the same for all messages of the block.
    pub fn block_input(&self) -> BlockInput {
        BlockInput {
            number: self.number,
            now_ms: self.now_ms,
            entropy: self.entropy,
            upgrade_targets: self.upgrade_targets.clone(),
            system_code: self.system_code,
        }
    }

    /// Whether the block had a message or an amendment for the cluster: whether it is in the
    /// running hash. (A runtime upgrade is a message.)
    pub fn touched(&self) -> bool {
        !self.messages.is_empty() || !self.amendments.is_empty()
    }

    /// The running hash after this block, from the one before it: the amendments that it
    /// delivered, its messages, then its input if it was touched.
    pub fn fold(&self, before: &MessageHash) -> MessageHash {
        let mut hash = *before;
        for amendment in &self.amendments {
            hash = fold_amendment(&hash, self.cluster, self.number, amendment);
        }
        for (seq, message) in &self.messages {
            hash = fold_message(&hash, self.cluster, self.number, *seq, message);
        }
        if self.touched() {
            hash = fold_input(&hash, &self.block_input());
        }
        hash
    }
}
