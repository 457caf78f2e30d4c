use crate::{Changes, Pairs};
use pink_capi::range;
use std::{borrow::Cow, collections::BTreeMap, ops::Bound};

/// The store failed while the state was read.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the state can't be read: {0}")]
pub struct StateError(pub String);

/// A consistent view of a cluster's state.
pub trait StateRead: Send + Sync {
    /// The value under a key.
    ///
    /// # Errors
    /// The store failed.
    fn get(&self, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StateError>;

    /// The first `limit` pairs with `start <= key < end`, ascending; `None`: all that follow.
    ///
    /// # Errors
    /// The store failed.
    fn range(&self, start: &[u8], end: Option<&[u8]>, limit: u32) -> Result<Pairs, StateError>;
}

/// State in memory.
impl StateRead for BTreeMap<Vec<u8>, Vec<u8>> {
    fn get(&self, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StateError> {
        Ok(BTreeMap::get(self, key).map(|value| Cow::Borrowed(value.as_slice())))
    }

    fn range(&self, start: &[u8], end: Option<&[u8]>, limit: u32) -> Result<Pairs, StateError> {
        Ok(bounds(start, end)
            .into_iter()
            .flat_map(|bounds| self.range::<[u8], _>(bounds))
            .take(limit as usize)
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect())
    }
}

type Bounds<'b> = (Bound<&'b [u8]>, Bound<&'b [u8]>);

/// `None` for an empty interval, which a map's `range` doesn't take.
fn bounds<'b>(start: &'b [u8], end: Option<&'b [u8]>) -> Option<Bounds<'b>> {
    match end {
        Some(end) if end <= start => None,
        end => Some((
            Bound::Included(start),
            end.map_or(Bound::Unbounded, Bound::Excluded),
        )),
    }
}

/// A view with changes on top: what a block has done so far.
#[derive(Clone)]
pub struct BlockState<'s> {
    base: &'s dyn StateRead,
    changes: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
}

impl<'s> BlockState<'s> {
    /// The view as it is.
    pub fn new(base: &'s dyn StateRead) -> Self {
        Self {
            base,
            changes: BTreeMap::new(),
        }
    }

    /// Puts changes on top.
    pub fn apply(&mut self, changes: impl IntoIterator<Item = (Vec<u8>, Option<Vec<u8>>)>) {
        self.changes.extend(changes);
    }

    /// All changes, ascending by key.
    pub fn into_changes(self) -> Changes {
        self.changes.into_iter().collect()
    }
}

impl std::fmt::Debug for BlockState<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlockState")
            .field("changes", &self.changes.len())
            .finish_non_exhaustive()
    }
}

impl StateRead for BlockState<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StateError> {
        match self.changes.get(key) {
            Some(value) => Ok(value.as_deref().map(Cow::Borrowed)),
            None => self.base.get(key),
        }
    }

    fn range(&self, start: &[u8], end: Option<&[u8]>, limit: u32) -> Result<Pairs, StateError> {
        let Some(own_bounds) = bounds(start, end) else {
            return Ok(Vec::new());
        };
        let own = self.changes.range::<[u8], _>(own_bounds);
        let own = own.map(|(key, value)| (&key[..], value.as_deref()));
        range::merge(start, limit, |from| self.base.range(from, end, limit), own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(keys: &[u8]) -> BTreeMap<Vec<u8>, Vec<u8>> {
        keys.iter().map(|key| (vec![*key], vec![*key, 0])).collect()
    }

    /// Every interval and limit over a small state with writes, overwrites and removals on top,
    /// against the same applied to a plain map.
    #[test]
    fn ranges_merge_what_is_below_and_on_top() {
        let base = map(&[1, 2, 4, 6, 8, 9]);
        let mut state = BlockState::new(&base);
        let changes = [
            (0, true),
            (2, false),
            (3, true),
            (4, true),
            (8, false),
            (9, false),
        ];
        let mut model = base.clone();
        for (key, put) in changes {
            state.apply([(vec![key], put.then(|| vec![key, 1]))]);
            if put {
                model.insert(vec![key], vec![key, 1]);
            } else {
                model.remove(&vec![key]);
            }
        }
        for start in 0..12u8 {
            for end in (0..12u8).map(|end| Some(vec![end])).chain([None]) {
                for limit in 0..8 {
                    let expected = StateRead::range(&model, &[start], end.as_deref(), limit);
                    let found = state.range(&[start], end.as_deref(), limit);
                    assert_eq!(found.ok(), expected.ok(), "{start} {end:?} {limit}");
                }
            }
        }
    }
}
