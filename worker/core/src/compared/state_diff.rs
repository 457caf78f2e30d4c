use super::Fork;
use crate::{
    exec::{ParkReason, StateRead},
    store::Snapshot,
};
use std::collections::{BTreeMap, BTreeSet};

/// A key of the state that two engines leave with different values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateDifference {
    /// The key.
    pub key: Vec<u8>,
    /// What is there; none if nothing is.
    pub value: Option<Vec<u8>>,
    /// What is there under the other engine.
    pub other: Option<Vec<u8>>,
}

impl StateDifference {
    /// What the key is about: its part before the first slash, if that is text. Engines name
    /// their keys like that; what comes behind is theirs alone.
    pub fn namespace(&self) -> String {
        let slash = self.key.iter().position(|byte| *byte == b'/');
        let end = slash.unwrap_or(self.key.len());
        let name = self.key.get(..end).unwrap_or_default();
        if name.iter().all(u8::is_ascii_graphic) && !name.is_empty() {
            String::from_utf8_lossy(name).into_owned()
        } else {
            "other".into()
        }
    }
}

/// The state under two engines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StateComparison {
    /// Keys that the upgrade by itself changed, and no message since.
    pub converted: u64,
    /// Keys that differ because of what was executed since, ascending. A key that both sides
    /// wrote, each in its own form, is among them.
    pub differences: Vec<StateDifference>,
}

/// Compares two forks of one base; `after_upgrade` is what lay on top of the other before its
/// first message.
pub(crate) fn compare(
    base: &Snapshot,
    was: &Fork,
    other: &Fork,
    after_upgrade: &BTreeMap<Vec<u8>, Option<Vec<u8>>>,
) -> Result<StateComparison, ParkReason> {
    let keys: BTreeSet<_> = was.changes().keys().chain(other.changes().keys()).collect();
    let mut found = StateComparison::default();
    for key in keys {
        let value = at(base, was, key)?;
        let changed = at(base, other, key)?;
        if value == changed {
            continue;
        }
        let touched = was.changes().contains_key(key);
        if !touched && after_upgrade.get(key) == other.changes().get(key) {
            found.converted = found.converted.saturating_add(1);
            continue;
        }
        found.differences.push(StateDifference {
            key: key.clone(),
            value,
            other: changed,
        });
    }
    Ok(found)
}

fn at(base: &Snapshot, fork: &Fork, key: &Vec<u8>) -> Result<Option<Vec<u8>>, ParkReason> {
    if let Some(value) = fork.changes().get(key) {
        return Ok(value.clone());
    }
    let value = StateRead::get(base, key).map_err(|error| ParkReason::State(error.to_string()))?;
    Ok(value.map(|value| value.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_apart_by_their_first_part() {
        let name = |key: &[u8]| {
            StateDifference {
                key: key.into(),
                value: None,
                other: None,
            }
            .namespace()
        };
        assert_eq!(name(b"account/\0\x01"), "account");
        assert_eq!(name(b":version"), ":version");
        assert_eq!(name(b"\xff\x00"), "other");
        assert_eq!(name(b"/x"), "other");
    }
}
