//! The runtime, in process, on one state.

use super::nodes::Nodes;
use fat_contracts_primitives::Hash;
use sp_core::Blake2Hasher;
use sp_state_machine::{Ext, OverlayedChanges, TrieBackend, TrieBackendBuilder};
use std::{
    any::Any,
    cell::Cell,
    panic::{catch_unwind, set_hook, take_hook, AssertUnwindSafe},
    sync::Once,
};

/// A state.
pub(crate) type State<'n> = TrieBackend<&'n Nodes, Blake2Hasher>;

/// The state under a root.
pub(crate) fn state(nodes: &Nodes, root: Hash) -> State<'_> {
    TrieBackendBuilder::new(nodes, root).build()
}

/// Runs something of the runtime on a state. What it changes is dropped.
///
/// # Errors
/// It panicked, as runtimes do when they are asked for what can't be: with which words.
pub(crate) fn run<R>(nodes: &Nodes, root: Hash, what: impl FnOnce() -> R) -> Result<R, String> {
    let state = state(nodes, root);
    let mut overlay = OverlayedChanges::<Blake2Hasher>::default();
    let mut ext = Ext::new(&mut overlay, &state, None);
    caught(|| sp_externalities::set_and_run_with_externalities(&mut ext, what))
}

thread_local! {
    static IN_RUNTIME: Cell<bool> = const { Cell::new(false) };
}

/// A panic of the runtime is an answer, and not one of the program's.
pub(crate) fn caught<R>(what: impl FnOnce() -> R) -> Result<R, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |info| {
            if !IN_RUNTIME.get() {
                usual(info);
            }
        }));
    });
    let before = IN_RUNTIME.replace(true);
    let done = catch_unwind(AssertUnwindSafe(what));
    IN_RUNTIME.set(before);
    done.map_err(words)
}

fn words(panic: Box<dyn Any + Send>) -> String {
    let text = panic.downcast_ref::<&str>().map(|it| (*it).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "the runtime panicked".into())
}
