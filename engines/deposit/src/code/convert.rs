//! Code of the rent era, converted when it is first used.

use super::Cache;
use crate::{
    records,
    state::{code_info_key, code_key, Cluster, CodeInfo, CodeStatus},
    versions::Rules,
};
use pink_engine_sdk::{
    types::{Determinism, Event, Hash},
    Overlay,
};

/// A code's record. One of the rent era is checked by these rules and converted, which has to be
/// paid for: it takes as long as loading it. It belongs to the cluster's owner now, with nothing
/// held for it. What the rent era knew of it goes when its turn comes, so that whoever uses it first
/// writes one key. `to_be_run`: it is compiled for more than its check.
pub(crate) fn info(
    rules: &'static Rules,
    cache: &Cache,
    state: &mut Overlay<'_>,
    hash: &Hash,
    to_be_run: bool,
    events: &mut Vec<Event>,
) -> Option<CodeInfo> {
    let key = code_info_key(hash);
    if let Some(info) = state.get_as(&key) {
        return Some(info);
    }
    let prefab = records::prefab(state, hash)?;
    let owner = Cluster::load(state)?.owner;
    let checked = match (cache.known(hash), state.get(&code_key(hash))) {
        (Some(deprecated), _) => Ok(deprecated),
        (None, Some(code)) => cache.check(rules, hash, code, to_be_run),
        (None, None) => Err("the code isn't there".into()),
    };
    let status = match checked {
        Ok(true) => CodeStatus::Old,
        Ok(false) => CodeStatus::Current,
        Err(reason) => {
            events.push(Event::CodeDisabled {
                code_hash: *hash,
                reason,
            });
            CodeStatus::Disabled
        }
    };
    let info = CodeInfo {
        owner,
        deposit: 0,
        refcount: prefab.users(),
        determinism: Determinism::Enforced,
        code_len: prefab.original_len,
        status,
        compiled_from: None,
    };
    state.put_as(&key, &info);
    Some(info)
}
