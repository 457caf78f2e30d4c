//! Which rules this engine runs.

use pink_engine_rent::{RentEngine, V1_1};

/// The engine of this version.
pub type Engine = RentEngine<V1_1>;
