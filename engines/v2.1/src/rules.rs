//! Which rules this engine runs.

use pink_engine_deposit::{DepositEngine, Preparing, Release, Rules};

/// Names the version.
#[derive(Debug)]
pub enum V2_1 {}

impl Release for V2_1 {
    const RULES: Rules = Rules::V2_1;

    fn native() -> Option<&'static Preparing> {
        crate::compiler::preparing()
    }
}

/// The engine of this version.
pub type Engine = DepositEngine<V2_1>;
