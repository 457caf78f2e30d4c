//! Code on its way into the state.

use super::{compiled::Compiled, Cache};
use crate::{
    bytes::length,
    error::Error,
    hash::blake2_256,
    ledger::Ledger,
    records,
    state::{code_info_key, code_key, Cluster, CodeInfo, CodeStatus},
    versions::Rules,
};
use pink_engine_sdk::{
    types::{AccountId, Balance, BlockNumber, Determinism, Event, Failure, Hash, Weight},
    Overlay,
};

/// Code that was found fit, before it is stored.
#[derive(Debug)]
pub(crate) struct Stored {
    pub hash: Hash,
    /// What has to be held for it; nothing if it is there already.
    pub deposit: Balance,
    /// What has to be paid for compiling it; nothing if it isn't compiled, or is there already.
    pub compiling: Weight,
    /// Blocks after which it is taken to be compiled, if it is.
    warm_up: Option<u32>,
    /// The code and its checks, unless it is there already.
    new: Option<(Vec<u8>, Compiled)>,
}

impl Stored {
    /// Checks code.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn check(
        rules: &'static Rules,
        state: &mut Overlay<'_>,
        cluster: &Cluster,
        code: Vec<u8>,
        determinism: Determinism,
    ) -> Result<Self, Failure> {
        let rejected = |reason: String| Failure::new("CodeRejected", reason);
        let most = rules.limits.code_len;
        if code.len() > most as usize {
            return Err(Failure::new(
                "CodeTooLarge",
                format!("{} bytes of code, {most} allowed", code.len()),
            ));
        }
        let hash = blake2_256(&code);
        let stored = Self {
            hash,
            deposit: 0,
            compiling: Weight::default(),
            warm_up: None,
            new: None,
        };
        // Of code that wasn't converted it isn't known whether it passes: it is checked, and nothing else
        // would come of it if it were.
        let known = records::unchecked_code(state, &hash);
        // It passed these checks when it was stored, unless less was asked of it than is now.
        if known.as_ref().is_some_and(|known| {
            known.status == CodeStatus::Current
                && (known.determinism == Determinism::Enforced
                    || determinism == Determinism::Relaxed)
        }) {
            return Ok(stored);
        }
        // What is deterministic is stored as such, even if that wasn't asked for: contracts can
        // be made of it.
        let compiled = Compiled::new(rules, &code, Determinism::Enforced)
            .or_else(|reason| match determinism {
                Determinism::Enforced => Err(reason),
                Determinism::Relaxed => Compiled::new(rules, &code, Determinism::Relaxed),
            })
            .map_err(rejected)?;
        if compiled.is_deprecated() {
            return Err(rejected(
                "the module imports a function that only contracts of earlier times may use".into(),
            ));
        }
        if known.is_some() {
            return Ok(stored);
        }
        let quantities = &rules.deposits;
        let bytes = Balance::from(length(&code)).saturating_add(quantities.code_info_bytes.into());
        let deposit = cluster
            .deposit_per_byte
            .saturating_mul(bytes)
            .saturating_add(
                cluster
                    .deposit_per_item
                    .saturating_mul(quantities.code_items.into()),
            );
        let compiling = compiled.compiling().ok();
        let warm_up = rules.metered.as_ref().map(|metered| metered.warm_up);
        Ok(Self {
            hash,
            deposit,
            compiling: compiling.unwrap_or_default(),
            warm_up: compiling.and(warm_up),
            new: Some((code, compiled)),
        })
    }

    /// It isn't there already.
    pub(crate) fn is_new(&self) -> bool {
        self.new.is_some()
    }

    /// The same, to be compiled by nobody: compiling it isn't paid for.
    pub(crate) fn only_interpreted(self) -> Self {
        Self {
            compiling: Weight::default(),
            warm_up: None,
            ..self
        }
    }

    /// Stores the code in this block and holds its deposit on `owner`. Nothing happens if it is there
    /// already.
    ///
    /// # Errors
    /// The owner hasn't got the deposit; nothing is changed then.
    pub(crate) fn store(
        self,
        cache: &Cache,
        state: &mut Overlay<'_>,
        cluster: &Cluster,
        owner: AccountId,
        block: BlockNumber,
        events: &mut Vec<Event>,
    ) -> Result<(), Error> {
        let Some((code, compiled)) = self.new else {
            return Ok(());
        };
        Ledger::new(state, events, cluster).hold_for_code(&owner, self.deposit)?;
        let info = CodeInfo {
            owner,
            deposit: self.deposit,
            refcount: 0,
            determinism: compiled.determinism(),
            code_len: length(&code),
            status: CodeStatus::Current,
            compiled_from: self.warm_up.map(|blocks| block.saturating_add(blocks)),
        };
        state.put_as(&code_info_key(&self.hash), &info);
        state.put(&code_key(&self.hash), code);
        cache.put(self.hash, compiled);
        events.push(Event::CodeStored {
            code_hash: self.hash,
            deposit_held: self.deposit,
            uploader: owner,
        });
        if let Some(compiled_from) = info.compiled_from {
            events.push(Event::CodeActivated {
                code_hash: self.hash,
                compiled_from,
            });
        }
        Ok(())
    }
}
