//! What a cluster's blocks are made of, and the blocks made of it.

use crate::{
    keys::{AMENDMENTS, BLOCK_AMENDMENTS, BLOCK_INPUTS, ENGINES, MESSAGES},
    queue::{ClusterState, Remembered},
    state::{pick, unknown},
    stored::{KeptInput, QueueCheckpoint},
};
use fat_contracts_primitives::{
    Amendment, BlockNumber, ClusterBlock, ClusterMessage, EngineRecord, EngineVersion, MessageHash,
    QueuedMessage, Remedy, Seq,
};
use parity_scale_codec::DecodeAll;
use pink_worker_core::source::SourceError;
use std::collections::{BTreeMap, BTreeSet};

/// The most bytes of messages that are read at once, where that is known. An answer has each byte as two
/// digits, and nodes answer with 15 MiB at most.
const READ_BYTES: u64 = 4 * 1024 * 1024;

/// How many messages are read at once, where a block has more bytes than that: the longest message is
/// as long as the chain allows, which is a mebibyte or two.
const LONG_MESSAGES: usize = 3;

/// What blocks are made of.
pub(crate) struct Parts<'s> {
    cluster: &'s ClusterState<'s>,
    inputs: BTreeMap<BlockNumber, KeptInput>,
    checkpoints: BTreeMap<BlockNumber, QueueCheckpoint>,
    messages: BTreeMap<Seq, ClusterMessage>,
    /// Which extrinsic queued a message, where the chain says so.
    extrinsics: BTreeMap<Seq, u32>,
    /// By the block that delivered them.
    amendments: BTreeMap<BlockNumber, Vec<Amendment>>,
    /// The last one of each message, and the block that delivered it.
    last: BTreeMap<Seq, (BlockNumber, Remedy)>,
    engines: BTreeMap<EngineVersion, EngineRecord>,
}

impl<'s> Parts<'s> {
    pub(crate) fn of(cluster: &'s ClusterState<'s>) -> Self {
        Self {
            cluster,
            inputs: BTreeMap::new(),
            checkpoints: BTreeMap::new(),
            messages: BTreeMap::new(),
            extrinsics: BTreeMap::new(),
            amendments: BTreeMap::new(),
            last: BTreeMap::new(),
            engines: BTreeMap::new(),
        }
    }

    pub(crate) fn read(
        cluster: &'s ClusterState<'s>,
        remembered: &mut Remembered,
        touched: &[(BlockNumber, QueueCheckpoint)],
        before: Option<BlockNumber>,
    ) -> Result<Self, SourceError> {
        let mut parts = Self::of(cluster);
        let (id, state) = (cluster.id, cluster.state);
        let blocks = || before.into_iter().chain(touched.iter().map(|(at, _)| *at));
        let inputs = blocks().map(|at| BLOCK_INPUTS.key((id, at)));
        let delivered = touched
            .iter()
            .map(|(at, _)| BLOCK_AMENDMENTS.key((id, *at)));
        let values = state.read_all(&inputs.chain(delivered).collect::<Vec<_>>())?;
        for at in blocks() {
            if let Some(input) = pick(&values, &BLOCK_INPUTS, (id, at))? {
                parts.inputs.insert(at, input);
            }
        }
        for (at, checkpoint) in touched {
            let list = pick(&values, &BLOCK_AMENDMENTS, (id, *at))?.unwrap_or_default();
            parts.amendments.insert(*at, list);
            parts.checkpoints.insert(*at, *checkpoint);
        }
        parts.read_messages(touched)?;
        if let Some((first, _)) = touched.first() {
            let messages: Vec<_> = parts.messages.clone().into_iter().collect();
            parts.read_amendments(remembered, *first, &messages)?;
        }
        let versions = blocks().flat_map(|at| parts.versions(at));
        let versions = versions.chain(parts.brought().into_values());
        let versions: BTreeSet<_> = versions.chain([cluster.record.engine]).collect();
        parts.read_engines(versions)?;
        Ok(parts)
    }

    fn read_messages(
        &mut self,
        touched: &[(BlockNumber, QueueCheckpoint)],
    ) -> Result<(), SourceError> {
        let (mut asked, mut bytes) = (Vec::new(), 0u64);
        for (_, checkpoint) in touched {
            if checkpoint.bytes > READ_BYTES {
                let seqs: Vec<_> = (checkpoint.first..checkpoint.end).collect();
                for seqs in seqs.chunks(LONG_MESSAGES) {
                    self.read_some(seqs)?;
                }
                continue;
            }
            if bytes.saturating_add(checkpoint.bytes) > READ_BYTES {
                self.read_some(&asked)?;
                asked.clear();
                bytes = 0;
            }
            asked.extend(checkpoint.first..checkpoint.end);
            bytes = bytes.saturating_add(checkpoint.bytes);
        }
        self.read_some(&asked)
    }

    fn read_some(&mut self, seqs: &[Seq]) -> Result<(), SourceError> {
        let id = self.cluster.id;
        let keys: Vec<_> = seqs.iter().map(|seq| MESSAGES.key((id, *seq))).collect();
        let values = self.cluster.state.read_all(&keys)?;
        for seq in seqs {
            let bytes = pick(&values, &MESSAGES, (id, *seq))?;
            let bytes = bytes
                .ok_or_else(|| unknown(MESSAGES.name, format!("message {seq} isn't there")))?;
            let queued = QueuedMessage::decode_all(&mut &bytes[..]);
            let queued = queued
                .map_err(|error| unknown(MESSAGES.name, format!("message {seq}: {error}")))?;
            self.messages.insert(*seq, queued.message);
            let extrinsic = queued.extrinsic.map(|extrinsic| (*seq, extrinsic));
            self.extrinsics.extend(extrinsic);
        }
        Ok(())
    }

    /// What was decided since about messages, of which the first is in block `from`; and about any
    /// message, by a block that isn't pruned. Nothing is read if the newest decision is older.
    pub(crate) fn read_amendments(
        &mut self,
        remembered: &mut Remembered,
        from: BlockNumber,
        messages: &[(Seq, ClusterMessage)],
    ) -> Result<(), SourceError> {
        let newest = self.cluster.progress.amended_at;
        if newest <= from {
            return Ok(());
        }
        let id = self.cluster.id;
        let behind = from.saturating_add(1);
        let later = self
            .cluster
            .touched(behind, remembered, |at, _| at <= newest)?;
        let missing = later.blocks.iter().map(|(at, _)| *at);
        let missing: Vec<_> = missing
            .filter(|at| !self.amendments.contains_key(at))
            .collect();
        let delivered = missing.iter().map(|at| BLOCK_AMENDMENTS.key((id, *at)));
        let own = messages.iter().map(|(seq, _)| AMENDMENTS.key((id, *seq)));
        let values = self
            .cluster
            .state
            .read_all(&delivered.chain(own).collect::<Vec<_>>())?;
        for at in missing {
            let list = pick(&values, &BLOCK_AMENDMENTS, (id, at))?.unwrap_or_default();
            self.amendments.insert(at, list);
        }
        for (seq, _) in messages {
            if let Some(last) = pick(&values, &AMENDMENTS, (id, *seq))? {
                self.last.insert(*seq, (last.block, last.remedy));
            }
        }
        Ok(())
    }

    /// The versions that a block's messages may need, without what was decided later.
    fn versions(&self, at: BlockNumber) -> BTreeSet<EngineVersion> {
        let mut versions = BTreeSet::new();
        if let Some(input) = self.inputs.get(&at) {
            versions.insert(input.engine);
            versions.extend(&input.upgrading_to);
        }
        let own = self.amendments.get(&at).into_iter().flatten();
        versions.extend(own.filter_map(|it| version_of(it.remedy)));
        let checkpoint = self.checkpoints.get(&at);
        let seqs = checkpoint.map_or(0..0, |it| it.first..it.end);
        for (_, message) in self.messages.range(seqs) {
            match message {
                ClusterMessage::Setup { engine, .. } => versions.extend([*engine]),
                ClusterMessage::Upgrade { from, to, .. } => versions.extend([*from, *to]),
                _ => {}
            }
        }
        versions
    }

    /// What was decided last about each message, where that is a version, with the block that
    /// delivered it.
    fn brought(&self) -> BTreeMap<(Seq, BlockNumber), EngineVersion> {
        let mut last = self.last.clone();
        for (at, list) in &self.amendments {
            for Amendment { seq, remedy } in list {
                let known = last.entry(*seq).or_insert((*at, *remedy));
                if known.0 <= *at {
                    *known = (*at, *remedy);
                }
            }
        }
        let versions = last.into_iter().filter_map(|(seq, (at, remedy))| {
            version_of(remedy).map(|version| ((seq, at), version))
        });
        versions.collect()
    }

    pub(crate) fn brought_later(&self, block: &ClusterBlock) -> BTreeSet<EngineVersion> {
        let brought = self.brought().into_iter();
        let later = brought.filter(|((_, by), _)| *by > block.number);
        later.map(|(_, version)| version).collect()
    }

    pub(crate) fn read_engines(
        &mut self,
        versions: BTreeSet<EngineVersion>,
    ) -> Result<(), SourceError> {
        let keys: Vec<_> = versions.iter().map(|it| ENGINES.key((*it,))).collect();
        let values = self.cluster.state.read_all(&keys)?;
        for version in versions {
            if let Some(engine) = pick(&values, &ENGINES, (version,))? {
                self.engines.insert(version, engine.into());
            }
        }
        Ok(())
    }

    fn add_records(
        &self,
        block: &mut ClusterBlock,
        versions: impl IntoIterator<Item = EngineVersion>,
    ) {
        for version in versions {
            let known = block.engine_record(version).is_some();
            if let (false, Some(record)) = (known, self.engines.get(&version)) {
                block.engines.push((version, record.clone()));
            }
        }
        block.engines.sort_by_key(|(version, _)| *version);
    }

    /// Adds what was decided later about a block's messages, and the engines that this brought.
    pub(crate) fn amend(&self, block: &mut ClusterBlock) {
        let number = block.number;
        let here = |seq: Seq| block.messages.iter().any(|(own, _)| *own == seq);
        let behind = self.amendments.range(number.saturating_add(1)..);
        let mut later: Vec<_> = behind
            .flat_map(|(by, list)| list.iter().map(|it| (*by, *it)))
            .filter(|(_, it)| here(it.seq))
            .collect();
        // The block that delivered it may be pruned: what was decided last is known for ever.
        for (seq, _) in &block.messages {
            let told = later.iter().any(|(_, it)| it.seq == *seq);
            let last = self.last.get(seq).filter(|(by, _)| *by > number);
            if let (Some((by, remedy)), false) = (last, told) {
                let (seq, remedy) = (*seq, *remedy);
                later.push((*by, Amendment { seq, remedy }));
            }
        }
        later.sort_by_key(|(by, _)| *by);
        block.amended_later = later;
        self.add_records(block, self.brought_later(block));
    }

    /// The blocks of a range, of which this has everything; `hash`: the running hash before them.
    pub(crate) fn blocks(
        &self,
        range: std::ops::RangeInclusive<BlockNumber>,
        mut hash: MessageHash,
    ) -> Result<Vec<ClusterBlock>, SourceError> {
        let mut blocks = Vec::new();
        // Where nothing happens, the engine of before goes on.
        let before = self.inputs.keys().next().copied();
        let mut versions = before.map_or(BTreeSet::new(), |at| self.versions(at));
        versions.insert(self.cluster.record.engine);
        for number in range {
            let block = match self.checkpoints.get(&number) {
                Some(checkpoint) => {
                    versions = self.versions(number);
                    hash = checkpoint.message_hash;
                    let mut block = self.touched(number, checkpoint)?;
                    self.add_records(&mut block, versions.iter().copied());
                    self.amend(&mut block);
                    block
                }
                None => {
                    let mut block = self.idle(number, hash);
                    self.add_records(&mut block, versions.iter().copied());
                    self.add_records(&mut block, self.brought().into_values());
                    block
                }
            };
            blocks.push(block);
        }
        Ok(blocks)
    }

    fn touched(
        &self,
        number: BlockNumber,
        checkpoint: &QueueCheckpoint,
    ) -> Result<ClusterBlock, SourceError> {
        let input = self.inputs.get(&number).ok_or_else(|| {
            let reason = format!("that of block {number} isn't there");
            unknown(BLOCK_INPUTS.name, reason)
        })?;
        let messages = self.messages.range(checkpoint.first..checkpoint.end);
        let extrinsics = self.extrinsics.range(checkpoint.first..checkpoint.end);
        Ok(ClusterBlock {
            now_ms: input.now_ms,
            entropy: input.entropy,
            upgrade_targets: input.upgrade_targets.clone(),
            system_code: input.system_code,
            amendments: self.amendments.get(&number).cloned().unwrap_or_default(),
            messages: messages.map(|(seq, it)| (*seq, it.clone())).collect(),
            extrinsics: extrinsics.map(|(seq, it)| (*seq, *it)).collect(),
            ..self.idle(input.number, checkpoint.message_hash)
        })
    }

    /// A block in which nothing happened.
    fn idle(&self, number: BlockNumber, message_hash: MessageHash) -> ClusterBlock {
        ClusterBlock {
            cluster: self.cluster.id,
            number,
            now_ms: 0,
            entropy: Default::default(),
            upgrade_targets: Vec::new(),
            system_code: None,
            engines: Vec::new(),
            amendments: Vec::new(),
            amended_later: Vec::new(),
            messages: Vec::new(),
            message_hash,
            read_at: self.cluster.state.number(),
            extrinsics: Vec::new(),
        }
    }
}

fn version_of(remedy: Remedy) -> Option<EngineVersion> {
    match remedy {
        Remedy::ExecuteFrom(version) => Some(version),
        Remedy::Skip => None,
    }
}
