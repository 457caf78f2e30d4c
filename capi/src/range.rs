//! What a read of a range returns while changes lie on top of a state: an engine merges what its
//! call has written, the worker what its block has.

use crate::types::Pairs;

/// The first `limit` pairs of a range, in ascending order.
///
/// `page` returns the first `limit` pairs of the state below from a key on, and none behind the
/// range's end. `own` are the changes in the range, ascending; `None` removes the key.
///
/// # Errors
/// The first one of `page`.
pub fn merge<'o, E>(
    start: &[u8],
    limit: u32,
    mut page: impl FnMut(&[u8]) -> Result<Pairs, E>,
    own: impl Iterator<Item = (&'o [u8], Option<&'o [u8]>)>,
) -> Result<Pairs, E> {
    let limit = limit as usize;
    let mut own = own.peekable();
    let mut found = Pairs::new();
    let mut from = start.to_vec();
    let mut last_page = false;
    while !last_page && found.len() < limit {
        let below = page(&from)?;
        last_page = below.len() < limit;
        if let Some((last, _)) = below.last() {
            from.clone_from(last);
            from.push(0);
        }
        for (key, value) in below {
            while let Some(before) = own.next_if(|(own_key, _)| *own_key < &*key) {
                push(&mut found, before);
            }
            match own.next_if(|(own_key, _)| *own_key == &*key) {
                Some(instead) => push(&mut found, instead),
                None => found.push((key, value)),
            }
            if found.len() >= limit {
                break;
            }
        }
    }
    while found.len() < limit {
        let Some(behind) = own.next() else { break };
        push(&mut found, behind);
    }
    found.truncate(limit);
    Ok(found)
}

fn push(found: &mut Pairs, (key, value): (&[u8], Option<&[u8]>)) {
    if let Some(value) = value {
        found.push((key.to_vec(), value.to_vec()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        collections::BTreeMap,
        ops::Bound::{Included, Unbounded},
    };

    /// Every start and limit over every choice of keys that are below, written and removed,
    /// against the same done to a plain map.
    #[test]
    fn changes_lie_on_top() {
        const KEYS: u8 = 5;
        for choice in 0..4u32.pow(u32::from(KEYS)) {
            let of = |key: u8| choice / 4u32.pow(u32::from(key)) % 4;
            let keys = || (0..KEYS).map(|key| vec![key]);
            let below: BTreeMap<_, _> = keys()
                .filter(|key| of(key[0]) & 1 != 0)
                .map(|key| (key.clone(), vec![key[0], 0]))
                .collect();
            // Written if nothing or something else is below, and every second one removed.
            let own: BTreeMap<_, _> = keys()
                .filter(|key| of(key[0]) & 2 != 0)
                .map(|key| (key.clone(), (key[0] % 2 == 0).then(|| vec![key[0], 1])))
                .collect();
            let mut model = below.clone();
            for (key, value) in &own {
                match value {
                    Some(value) => model.insert(key.clone(), value.clone()),
                    None => model.remove(key),
                };
            }
            for (start, limit) in (0..KEYS).flat_map(|start| (0..7).map(move |it| (start, it))) {
                let first = |map: &BTreeMap<Vec<u8>, Vec<u8>>, from: &[u8]| -> Pairs {
                    map.range::<[u8], _>((Included(from), Unbounded))
                        .take(limit as usize)
                        .map(|(key, value)| (key.clone(), value.clone()))
                        .collect()
                };
                let changes = own.range::<[u8], _>((Included(&[start][..]), Unbounded));
                let changes = changes.map(|(key, value)| (&key[..], value.as_deref()));
                let found = merge(
                    &[start],
                    limit,
                    |from| Ok::<_, ()>(first(&below, from)),
                    changes,
                );
                assert_eq!(
                    found,
                    Ok(first(&model, &[start])),
                    "{choice} {start} {limit}"
                );
            }
        }
    }
}
