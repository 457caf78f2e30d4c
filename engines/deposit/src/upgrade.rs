//! Taking over the state of an older version.
//!
//! Not written yet: the first versions whose state there is to take over are those of the rent
//! era, and what becomes of their records is decided with them (rent records become deposit
//! records with nothing held, tombstones go with an event, code is checked again). Until then
//! every move is refused, with the state as it was.

use pink_engine_sdk::types::{Effect, Failure, Receipt, Upgrade};

/// Refuses the move, and says so to the chain.
pub(crate) fn execute(message: &Upgrade) -> Receipt {
    Receipt {
        effects: vec![Effect::UpgradeFailed],
        ..Receipt::rejected(Failure::new(
            "Unsupported",
            format!("a state of version {} can't be taken over", message.from),
        ))
    }
}
