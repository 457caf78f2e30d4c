//! What is compiled, and what stays interpreted.

use crate::{body::Figures, rules::Compiled};

/// How code may be run. Whether it is, is never part of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// By either executor.
    Compiled,
    /// By the interpreter alone: compiling it may take longer than in proportion to its length.
    Interpreted,
}

/// What a module has, by which it is of a class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// Bytes of its code.
    pub code_len: u32,
    /// Functions with a body.
    pub functions: u32,
    /// Bytes of the largest body.
    pub function_body: u32,
    /// Locals of the function that has most, parameters included.
    pub locals: u32,
    /// The most operands that lie there at once.
    pub operands: u32,
    /// The most loops around each other.
    pub loop_depth: u32,
    /// The most blocks around each other.
    pub block_depth: u32,
    /// The most targets of a `br_table`.
    pub br_table_targets: u32,
    /// Blocks times locals and one, of the function that has most.
    pub cells: u64,
    /// The same, of all functions.
    pub all_cells: u64,
    /// Operators times blocks, of the function that has most: what a compiler keeps comes of an operator, and may be
    /// kept through each block.
    pub crossings: u64,
    /// The same, of all functions.
    pub all_crossings: u64,
    /// The most imported functions that one function calls.
    pub imports: u32,
    /// Units of height of the largest frame.
    pub largest_frame: u32,
}

impl Shape {
    pub(crate) fn add(&mut self, figures: &Figures) {
        let locals = u64::from(figures.locals).saturating_add(1);
        let cells = u64::from(figures.blocks).saturating_mul(locals);
        self.functions = self.functions.saturating_add(1);
        self.function_body = self.function_body.max(figures.len);
        self.locals = self.locals.max(figures.locals);
        self.operands = self.operands.max(figures.operands);
        self.loop_depth = self.loop_depth.max(figures.loop_depth);
        self.block_depth = self.block_depth.max(figures.block_depth);
        self.br_table_targets = self.br_table_targets.max(figures.targets);
        let crossings = u64::from(figures.operators).saturating_mul(figures.blocks.into());
        self.crossings = self.crossings.max(crossings);
        self.all_crossings = self.all_crossings.saturating_add(crossings);
        self.imports = self.imports.max(figures.imports);
        self.cells = self.cells.max(cells);
        self.all_cells = self.all_cells.saturating_add(cells);
    }

    /// The class of code of this shape.
    pub fn class(&self, limits: &Compiled) -> Class {
        match self.exceeds(limits) {
            None => Class::Compiled,
            Some(_) => Class::Interpreted,
        }
    }

    /// What there is too much of for a compiler, if anything: the first of the limits' order.
    pub fn exceeds(&self, limits: &Compiled) -> Option<TooMuch> {
        let len = u64::from(self.code_len);
        let all_cells = len.saturating_mul(limits.cells_per_byte.into());
        let functions = len.checked_div(limits.bytes_per_function.into());
        let functions = functions
            .unwrap_or(u64::MAX)
            .saturating_add(limits.free_functions.into());
        let all = [
            (
                "bytes of code",
                self.code_len.into(),
                limits.code_len.into(),
            ),
            (
                "bytes of a function's body",
                self.function_body.into(),
                limits.function_body.into(),
            ),
            (
                "locals of a function",
                self.locals.into(),
                limits.locals.into(),
            ),
            (
                "operands at once",
                self.operands.into(),
                limits.operands.into(),
            ),
            (
                "loops in loops",
                self.loop_depth.into(),
                limits.loop_depth.into(),
            ),
            (
                "blocks in blocks",
                self.block_depth.into(),
                limits.block_depth.into(),
            ),
            (
                "targets of a br_table",
                self.br_table_targets.into(),
                limits.br_table_targets.into(),
            ),
            (
                "imported functions called by one",
                self.imports.into(),
                limits.imports.into(),
            ),
            ("cells of a function", self.cells, limits.cells.into()),
            (
                "operators of a function times its blocks",
                self.crossings,
                limits.crossings.into(),
            ),
            ("cells of all functions", self.all_cells, all_cells),
            ("functions", self.functions.into(), functions),
        ];
        let mut all = all.into_iter();
        let (what, found, limit) = all.find(|(_, found, limit)| found > limit)?;
        Some(TooMuch { what, found, limit })
    }
}

/// What keeps code from being compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMuch {
    /// Of what.
    pub what: &'static str,
    /// How many there are.
    pub found: u64,
    /// How many there may be.
    pub limit: u64,
}

impl std::fmt::Display for TooMuch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { what, found, limit } = self;
        write!(f, "{found} {what}, {limit} are compiled")
    }
}
