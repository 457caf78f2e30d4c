//! What a runtime does once when it takes a newer version of the pallet.

use crate::Pallet;
use frame_support::{migrations::VersionedMigration, traits::UncheckedOnRuntimeUpgrade};

/// From version 1 of the storage to 2, in which a queued message says which extrinsic queued it.
///
/// A queue may hold more than a block can rewrite, so nothing is rewritten: a message that was queued before ends
/// ahead of the index, is read as one of which no extrinsic is known, and goes when it is pruned. What remains is to
/// note the version. Workers take the new entries only if they know of them: they are updated before the runtime.
pub type MigrateV1ToV2<T> =
    VersionedMigration<1, 2, NothingToRewrite, Pallet<T>, <T as frame_system::Config>::DbWeight>;

/// Both forms of an entry can be read.
#[derive(Debug)]
pub struct NothingToRewrite;

impl UncheckedOnRuntimeUpgrade for NothingToRewrite {}
