//! What versions have whose code is metered, from 2.1 on.

use super::Cost;
use pink_engine_sdk::rules;
#[cfg(feature = "metered")]
use pink_engine_sdk::types::Weight;

#[cfg(feature = "metered")]
pub use pink_engine_meter::Rules as MeterRules;

/// The numbers of a meter, which this build hasn't got: no version can have any.
#[cfg(not(feature = "metered"))]
#[derive(Clone, Debug)]
pub enum MeterRules {}

#[cfg(not(feature = "metered"))]
impl rules::Rule for MeterRules {
    fn add_to(&self, _: &str, _: &mut rules::Table) {
        match *self {}
    }
}

rules! {
    /// How code is metered, and what a unit of its gas and the executors' work cost.
    ///
    /// Prices go by the class of the code and by the block, and never by who executed: code that is
    /// compiled costs what interpreting it takes until every worker has had time to compile it.
    #[derive(Clone, Debug)]
    pub struct Metered {
        /// What code counts, and what is compiled.
        pub meter: MeterRules,
        /// Picoseconds of ref time of a unit of gas, of code that is interpreted. Two at least, so that no
        /// frame has more units than a counter of 64 bits with a sign.
        pub interpreted: u64,
        /// The same of code that is compiled.
        pub compiled: u64,
        /// Blocks after which code that is to be compiled is taken to be: from then on it costs what
        /// compiled code does.
        pub warm_up: u32,
        /// A frame of compiled code, per byte of it: bounds what it takes to load an artefact.
        pub load: Cost,
        /// What an activation costs, besides loading the code to look at it, and compiling.
        pub activate: Cost,
        /// What compiling costs.
        pub compiling: Compiling,
    }
}

rules! {
    /// What compiling costs, in picoseconds of ref time. It is paid once, when code is stored or
    /// activated, by who wants it, and done by every worker, beside the blocks.
    #[derive(Clone, Debug)]
    pub struct Compiling {
        /// Whatever the code.
        pub base: u64,
        /// Each byte of code.
        pub byte: u64,
        /// Each function with a body.
        pub function: u64,
        /// Each cell: of each function, its blocks times its locals and one.
        pub cell: u64,
        /// Each crossing: of each function, its operators times its blocks.
        pub crossing: u64,
    }
}

impl Compiling {
    /// Of code with so much of each.
    #[cfg(feature = "metered")]
    pub(crate) fn of(&self, code: &pink_engine_meter::Shape) -> Weight {
        let time = self
            .base
            .saturating_add(self.byte.saturating_mul(code.code_len.into()))
            .saturating_add(self.function.saturating_mul(code.functions.into()))
            .saturating_add(self.cell.saturating_mul(code.all_cells))
            .saturating_add(self.crossing.saturating_mul(code.all_crossings));
        Weight::new(time, 0)
    }
}
