//! Reads the branches that an update will ask for, on several threads.
//!
//! An update asks for one node after the other and waits for each of them; most of its time goes
//! into that. Which branches lie above the changed keys is known beforehand, though. They are kept
//! until the update ends, as are the nodes that replace them.

use std::collections::HashMap;
use std::panic::resume_unwind;
use std::thread;

use sp_core::{Blake2Hasher, H256};
use sp_trie::{prefixed_key, DBValue, NodeCodec};
use trie_db::node::{Node, NodeHandle};
use trie_db::{NibbleSlice, NodeCodec as _};

use super::nodes::{NodeChanges, RowKey};
use super::stored::StoredNodes;
use super::Change;

/// With fewer changes for a thread than that, starting one takes longer than it helps.
const CHANGES_PER_THREAD: usize = if cfg!(test) { 4 } else { 100 };
/// Threads that read, at most; reading takes a few milliseconds, which more wouldn't make less.
const MAX_THREADS: usize = 4;

/// Branches by their rows' keys.
pub(super) type Ahead = HashMap<RowKey, DBValue>;

/// Reads the branches above the changed keys that are stored and not changed already. What can't
/// be read is left out; the update will come upon it and report it.
pub(super) fn read(
    stored: &StoredNodes<'_>,
    changed: &NodeChanges,
    changes: &[Change<'_>],
    root: &H256,
) -> Ahead {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let threads = cores
        .min(MAX_THREADS)
        .min(changes.len() / CHANGES_PER_THREAD);
    if threads < 2 {
        return Ahead::new();
    }
    let walk = |part: &[Change<'_>]| {
        let mut ahead = Ahead::new();
        for change in part {
            descend(stored, changed, &mut ahead, *root, change.key);
        }
        ahead
    };
    let mut parts = changes.chunks(changes.len().div_ceil(threads));
    let own = parts.next().unwrap_or_default();
    thread::scope(|scope| {
        // Without a thread its part is read when it is asked for.
        let spawn = |part| thread::Builder::new().spawn_scoped(scope, move || walk(part));
        let others: Vec<_> = parts.filter_map(|part| spawn(part).ok()).collect();
        let mut ahead = walk(own);
        for other in others {
            ahead.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        ahead
    })
}

/// Follows a key from the root down to its last branch.
fn descend(
    stored: &StoredNodes<'_>,
    changed: &NodeChanges,
    ahead: &mut Ahead,
    root: H256,
    key: &[u8],
) {
    let (mut hash, mut rest) = (root, NibbleSlice::new(key));
    loop {
        let row = prefixed_key::<Blake2Hasher>(&hash, rest.left());
        let next = match (changed.0.get(&row), ahead.get(&row)) {
            (Some(node), _) => node.as_ref().and_then(|node| child(node, &mut rest)),
            (None, Some(node)) => child(node, &mut rest),
            (None, None) => stored.branch(&row).and_then(|node| {
                let next = child(&node, &mut rest);
                ahead.insert(row, node);
                next
            }),
        };
        match next {
            Some(child) => hash = child,
            None => return,
        }
    }
}

/// The child of a branch in a key's direction, if it is a node of its own; `rest` goes on there.
fn child(node: &[u8], rest: &mut NibbleSlice<'_>) -> Option<H256> {
    let Ok(Node::NibbledBranch(partial, children, _)) = NodeCodec::<Blake2Hasher>::decode(node)
    else {
        return None;
    };
    if !rest.starts_with(&partial) || rest.len() == partial.len() {
        return None;
    }
    let direction = rest.at(partial.len());
    *rest = rest.mid(partial.len() + 1);
    match children.get(usize::from(direction)).copied().flatten()? {
        NodeHandle::Hash(hash) => <[u8; 32]>::try_from(hash).ok().map(H256),
        NodeHandle::Inline(_) => None,
    }
}
