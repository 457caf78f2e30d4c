//! The meter of version 2.1: gas and stack height, written into a contract's code.
//!
//! An engine with two executors can't leave it to either of them to count: what an interpreter
//! charges is its own rule, and so is what a compiler charges. So both run one module, in which what
//! is counted is part of the code. [`meter`] makes that module of a contract's code, the same bytes
//! for the same code and rules for ever. What is counted, when, and why is in
//! `docs/compiled-code.md`.
//!
//! The module has, behind everything of the contract's own, so that no index in its code can mean
//! them: two globals ([`GAS`], [`HEIGHT`]) and the import of a function
//! ([`MODULE`].[`OUT_OF_GAS`]). Neither interpreter nor compiler hands out what isn't exported, so the
//! globals are, under names that a contract can't have.
#![forbid(unsafe_code)]

mod barrier;
mod body;
mod charge;
mod class;
mod costs;
mod error;
mod loops;
mod module;
mod rules;

pub use class::{Class, Shape, TooMuch};
pub use costs::Costs;
pub use error::Error;
pub use loops::Loop;
pub use rules::{Compiled, Limits, Rules, Stack};

use module::ParsedModule;

/// What the meter's exports begin with. A contract exports nothing that does.
pub const EXPORTS: &str = "meter:";
/// The global with the gas that is left, of 64 bits. Below zero: there was too little.
pub const GAS: &str = "meter:gas";
/// The global with the height that is left, of 32 bits. Below zero: there was too little, which is why
/// the code trapped.
pub const HEIGHT: &str = "meter:height";
/// The memory, where the contract imports one: the module has it itself.
pub const MEMORY: &str = "meter:memory";
/// What the start function is exported as, to be called like an entry point.
pub const START: &str = "meter:start";
/// The module that the meter's function is imported from. A contract imports nothing from it.
pub const MODULE: &str = "meter";
/// The function that is called when the gas is below zero. When it returns, the code goes on, so it
/// has made it zero or more.
pub const OUT_OF_GAS: &str = "out_of_gas";

/// What a contract may have besides the first version of WebAssembly with the extension of signs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Language {
    /// Floats, which only queries reach.
    pub floats: bool,
    /// `memory.copy` and `memory.fill`, and nothing else of that extension.
    pub bulk: bool,
}

/// By which of a version's two tables code counts. Which it is is a rule, and never who executes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pricing {
    /// [`Rules::costs`]: an interpreter's steps.
    Interpreted,
    /// [`Rules::compiled_costs`]: what a processor takes.
    Compiled,
}

/// Code that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metered {
    /// The module.
    pub code: Vec<u8>,
    /// How it may be run.
    pub class: Class,
    /// What it has, by which it is of that class.
    pub shape: Shape,
    /// There is a start function, exported as [`START`], which has to be called first.
    pub has_start: bool,
    /// How many globals the contract has; each is exported under [`EXPORTS`] and its number, so that
    /// an instance can be used again.
    pub globals: u32,
    /// What lies in its memory at first, by offset, in the order in which it is written.
    pub data: Vec<(u32, Vec<u8>)>,
    /// Which of its loops are done by bulk operators.
    pub loops: Vec<Loop>,
}

/// Writes gas and stack height into a module, by the prices of code that is interpreted.
///
/// # Errors
/// It isn't valid WebAssembly of this language, or has more of something than the rules allow.
pub fn meter(code: &[u8], language: Language, rules: &Rules) -> Result<Metered, Error> {
    meter_by(code, language, rules, Pricing::Interpreted)
}

/// The same by either prices. Nothing but the numbers of gas differs.
///
/// # Errors
/// As [`meter`].
pub fn meter_by(
    code: &[u8],
    language: Language,
    rules: &Rules,
    pricing: Pricing,
) -> Result<Metered, Error> {
    let costs = match pricing {
        Pricing::Interpreted => &rules.costs,
        Pricing::Compiled => &rules.compiled_costs,
    };
    Error::at_most("bytes of code", code.len(), rules.limits.code_len)?;
    let read = ParsedModule::new(code, language, rules, costs)?;
    let mut shape = Shape {
        code_len: u32::try_from(code.len()).unwrap_or(u32::MAX),
        ..Shape::default()
    };
    for body in &read.bodies {
        shape.add(&body.figures);
    }
    let class = shape.class(&rules.compiled);
    let counters = read.counters();
    let mut bodies = Vec::with_capacity(read.bodies.len());
    for body in &read.bodies {
        let units = body.height(&rules.stack, class);
        shape.largest_frame = shape.largest_frame.max(units);
        let counted = body.figures.calls || units > rules.stack.leaf;
        bodies.push(body.write(costs, &counters, counted.then_some(units)));
    }
    Ok(Metered {
        code: read.write(&rules.limits, &bodies),
        class,
        shape,
        has_start: read.has_start(),
        globals: read.globals(),
        data: read.data,
        loops: read.loops,
    })
}
