//! A worker that is parked or behind, and a cluster that diverged, on demand. None of it is made up: there is a real
//! cause for each, and whatever chain and worker say of it is what they would say elsewhere.

use super::{
    set_up::{account, announce, as_root, pair, OWNER, WORKER},
    Node, RequestResult, SERVED,
};
use crate::{error::ServeError, order::NotDone};
use fat_contracts_primitives::{
    AccountId, Artefact, Balance, EngineStatus, EngineVersion, Remedy, StateRoot,
};
use pallet_fat_contracts::Call;
use pink_worker_core::{source::ChainSource, InstalledEngine};
use runtime_mock::{
    runtime::{FatContracts, Runtime, UNIT},
    RuntimeCall,
};
use serde_json::json;
use sp_crypto_hashing::blake2_256;

/// What a parked worker can be parked for.
const ENGINE_MISSING: &str = "engine-missing";

/// How far the version of an engine that isn't there is from real ones.
const FAR: u32 = 1_000;

/// What a worker that lies gets for its fees.
const ALLOWANCE: Balance = 10 * UNIT;

/// What is in disorder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Troubles {
    /// The engine that isn't there, to which the cluster was upgraded.
    missing: Option<EngineVersion>,
    /// The member that lies.
    liar: Option<AccountId>,
    /// How many there were of each, so that none has a name twice.
    engines: u32,
    liars: u32,
}

fn refused(words: String) -> RequestResult {
    Ok(Err(NotDone(words)))
}

macro_rules! or_refused {
    ($done:expr) => {
        if let Err(words) = $done {
            return refused(words);
        }
    };
}

impl Node {
    /// Parks the worker: the cluster is upgraded to an engine whose file is nowhere, which the worker announced all the
    /// same. It reports so, and the chain knows that the cluster is stuck.
    pub(super) fn park(&mut self, reason: Option<&str>) -> RequestResult {
        let reason = reason.unwrap_or(ENGINE_MISSING);
        if reason != ENGINE_MISSING {
            return refused(format!(
                "{reason:?} is no reason to park for: {ENGINE_MISSING:?} is"
            ));
        }
        if self.parked.is_some() || self.troubles.missing.is_some() {
            return refused("the worker is parked already: `dev_heal` has it go on".into());
        }
        let Some(InstalledEngine { record, .. }) = self.engines.installed.last() else {
            return refused("there is no engine".into());
        };
        let Some(known) = record.artefacts.first() else {
            return refused("the engine has no file".into());
        };
        let (target, abi) = (known.target.clone(), record.abi);
        let from = self
            .shared
            .chain()
            .query(|| FatContracts::cluster(SERVED).map(|record| record.engine));
        let Some(from) = from.map_err(ServeError::Chain)? else {
            return refused("there is no cluster".into());
        };
        let count = self.troubles.engines;
        self.troubles.engines = count.saturating_add(1);
        let minor = from.minor.saturating_add(FAR).saturating_add(count);
        let version = EngineVersion::new(from.major, minor);
        let hash = blake2_256(format!("an engine that isn't there: {version}").as_bytes()).into();
        let artefacts = vec![Artefact {
            target,
            hash,
            size: 1,
        }];
        let register = Call::<Runtime>::register_engine {
            version,
            abi,
            upgrades_from: vec![from],
            artefacts,
        };
        let (owner, worker) = (pair(OWNER)?, pair(WORKER)?);
        let mut files = self.engines.files();
        files.push(hash);
        let calls = vec![
            (owner.clone(), as_root(register)),
            (worker, announce(files)),
        ];
        or_refused!(self.at_once(calls)?);
        // Counted from the block that it is in.
        let at = self.shared.chain().query(FatContracts::earliest_upgrade);
        let at_block = at.map_err(ServeError::Chain)?.saturating_add(2);
        let upgrade = Call::<Runtime>::upgrade_runtime {
            cluster: SERVED,
            to: version,
            at_block,
        };
        or_refused!(self.at_once(vec![(owner, upgrade.into())])?);
        self.troubles.missing = Some(version);
        while self.shared.chain().best().number < at_block {
            self.block(None, usize::MAX, true)?;
        }
        self.until_final()?;
        // It says so, in a block of its own.
        self.block(None, usize::MAX, true)?;
        self.until_final()?;
        match &self.parked {
            Some(parked) => {
                let text = parked.to_string();
                Ok(Ok(
                    json!({ "parked": text, "block": parked.block, "seq": parked.seq }),
                ))
            }
            None => refused("the worker isn't parked all the same".into()),
        }
    }

    /// Has the cluster diverged: a second member joins, and says of the next checkpoint another state root than the
    /// worker.
    pub(super) fn diverge(&mut self) -> RequestResult {
        if self.troubles.liar.is_some() {
            return refused("the cluster has diverged already: `dev_heal` resolves it".into());
        }
        if self.parked.is_some() {
            return refused(
                "the worker is parked, and says nothing of later blocks: `dev_heal` has it go on"
                    .into(),
            );
        }
        let count = self.troubles.liars;
        self.troubles.liars = count.saturating_add(1);
        let liar = pair(&format!("{WORKER}//liar//{count}"))?;
        let who = account(&liar);
        let (owner, worker) = (pair(OWNER)?, pair(WORKER)?);
        let (files, master) = (self.engines.files(), account(&owner));
        let fund = pallet_balances::Call::<Runtime>::transfer_keep_alive {
            dest: who.clone().into(),
            value: ALLOWANCE,
        };
        let admit = Call::<Runtime>::register_worker {
            worker: who.clone(),
        };
        let calls = vec![
            (worker.clone(), fund.into()),
            (owner.clone(), as_root(admit)),
        ];
        or_refused!(self.at_once(calls)?);
        let serve = Call::<Runtime>::serve_owner {
            owner: Some(master),
        };
        let join = Call::<Runtime>::add_worker_to_cluster {
            cluster: SERVED,
            worker: who.clone(),
        };
        let calls = vec![
            (liar.clone(), serve.into()),
            (liar.clone(), announce(files)),
            (owner, join.into()),
        ];
        or_refused!(self.at_once(calls)?);
        self.troubles.liar = Some(who.clone());
        // Something to disagree about.
        let message = Call::<Runtime>::transfer_to_cluster {
            cluster: SERVED,
            dest: account(&worker),
            amount: UNIT,
            max_ordering_fee: Balance::MAX,
        };
        or_refused!(self.at_once(vec![(worker, message.into())])?);
        self.until_final()?;
        let limit = pink_worker_core::source::ChainSource::constants(&self.source);
        let limit = limit.map_or(1, |it| it.max_checkpoints);
        let due = self.source.duties(SERVED, &who, limit);
        let due = due
            .map_err(|error| ServeError::Chain(error.to_string()))?
            .expected;
        let mut lies = Vec::new();
        for block in due {
            if let Some(mut checkpoint) = self.worker.checkpoint(block)? {
                checkpoint.root = StateRoot::from(blake2_256(checkpoint.root.as_bytes()));
                lies.push(checkpoint);
            }
        }
        if lies.is_empty() {
            return refused("there is no checkpoint to disagree about".into());
        }
        let lie = Call::<Runtime>::acknowledge {
            cluster: SERVED,
            checkpoints: lies,
        };
        or_refused!(self.at_once(vec![(liar, lie.into())])?);
        self.block(None, usize::MAX, true)?;
        self.until_final()?;
        let diverged = self
            .shared
            .in_final_state(|| FatContracts::cluster(SERVED).and_then(|record| record.diverged));
        match diverged.map_err(ServeError::Chain)? {
            Some(block) => Ok(Ok(json!({ "diverged": block, "liar": who.to_string() }))),
            None => refused("the members don't disagree all the same".into()),
        }
    }

    /// Has the worker execute each block `blocks` blocks after it is final. The chain makes as many, so that it is behind
    /// at once.
    pub(super) fn fall_behind(&mut self, blocks: u32) -> RequestResult {
        if blocks > super::MOST_BLOCKS {
            return refused(format!(
                "{blocks} blocks are more than {}, the most",
                super::MOST_BLOCKS
            ));
        }
        self.source.hidden = blocks;
        let finalized = self.shared.chain().finalized();
        while self.shared.chain().finalized() < finalized.saturating_add(blocks) {
            self.block(None, usize::MAX, true)?;
        }
        Ok(Ok(json!({ "behind": blocks })))
    }

    /// Has everything be well again, by what an owner and governance would do.
    pub(super) fn heal(&mut self) -> RequestResult {
        if self.source.hidden > 0 {
            self.source.hidden = 0;
            self.settle()?;
        }
        let owner = pair(OWNER)?;
        if let Some(version) = self.troubles.missing {
            if let Some(seq) = self.parked.as_ref().and_then(|parked| parked.seq) {
                let amend = Call::<Runtime>::amend {
                    cluster: SERVED,
                    seq,
                    remedy: Remedy::Skip,
                };
                or_refused!(self.at_once(vec![(owner.clone(), as_root(amend))])?);
                // It takes effect in the next block.
                self.block(None, usize::MAX, true)?;
                self.until_final()?;
                self.block(None, usize::MAX, true)?;
                self.until_final()?;
            }
            if let Some(parked) = &self.parked {
                return refused(format!("the worker stands all the same: {parked}"));
            }
            let revoke = Call::<Runtime>::set_engine_status {
                version,
                status: EngineStatus::Revoked,
                force: true,
            };
            let announce = announce(self.engines.files());
            let calls = vec![(owner.clone(), as_root(revoke)), (pair(WORKER)?, announce)];
            or_refused!(self.at_once(calls)?);
            self.troubles.missing = None;
        }
        if let Some(liar) = self.troubles.liar.clone() {
            // What the worker says has to be on the chain.
            self.block(None, usize::MAX, true)?;
            self.until_final()?;
            let up_to = self.worker.head()?.map_or(0, |(number, _, _)| number);
            let resolve = Call::<Runtime>::resolve_in_favour {
                cluster: SERVED,
                worker: account(&pair(WORKER)?),
                up_to,
            };
            let remove = Call::<Runtime>::remove_worker_from_cluster {
                cluster: SERVED,
                worker: liar,
            };
            let calls: Vec<(_, RuntimeCall)> =
                vec![(owner.clone(), as_root(resolve)), (owner, remove.into())];
            or_refused!(self.at_once(calls)?);
            self.troubles.liar = None;
        }
        self.block(None, usize::MAX, true)?;
        self.until_final()?;
        self.status()
    }

    /// Sends somebody money of the faucet's.
    pub(super) fn fund(&mut self, who: AccountId, amount: Balance) -> RequestResult {
        let give = pallet_balances::Call::<Runtime>::transfer_keep_alive {
            dest: who.into(),
            value: amount,
        };
        or_refused!(self.at_once(vec![(pair(WORKER)?, give.into())])?);
        Ok(Ok(json!(true)))
    }
}
