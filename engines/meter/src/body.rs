//! One function: what is known of it, and how it is written anew.

use crate::{
    barrier::{precedes_fusion, BARRIER},
    charge::Counters,
    class::Class,
    costs::Costs,
    error::Error,
    rules::{at_least_one, Rules, Stack},
};
use std::collections::BTreeSet;
use wasm_encoder::{Encode, Instruction};
use wasmparser::{
    BinaryReader, FrameKind, FuncValidator, FunctionBody, Operator, ValType, ValidatorResources,
};

/// What one function has, for its frame and its class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    /// Bytes of its body.
    pub(crate) len: u32,
    /// Parameters and locals.
    pub(crate) locals: u32,
    /// Operands, where there are most.
    pub(crate) operands: u32,
    /// Operators.
    pub(crate) operators: u32,
    /// Loops around a loop, and itself.
    pub(crate) loop_depth: u32,
    /// Blocks around a block, and itself.
    pub(crate) block_depth: u32,
    /// Places that control can come to: blocks, loops, conditions and targets.
    pub(crate) blocks: u32,
    /// Targets of a `br_table`.
    pub(crate) targets: u32,
    /// It calls functions of the module, or through a table.
    pub(crate) calls: bool,
    /// Imported functions that it calls, each once.
    pub(crate) imports: u32,
}

/// A function that was read.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) figures: Figures,
    /// The declaration of its locals.
    locals: Vec<u8>,
    /// Its operators, with calls going where their functions are now.
    operators: Vec<u8>,
    /// What blocks cost, by where in `operators` they begin.
    charges: Vec<(usize, u64)>,
    /// The result, as a block's type.
    result: u8,
}

/// What every function of a module is read with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading<'r> {
    pub(crate) rules: &'r Rules,
    /// One of the two tables of the rules.
    pub(crate) costs: &'r Costs,
    pub(crate) counters: Counters,
    /// Functions that the contract imports.
    pub(crate) imported: u32,
    /// The contract may have bulk operators of its own.
    pub(crate) bulk: bool,
}

/// The number that a function has now: the meter's import comes behind the contract's.
pub(crate) fn moved(function: u32, imported: u32) -> u32 {
    if function < imported {
        function
    } else {
        function.saturating_add(1)
    }
}

impl Reading<'_> {
    /// Reads a function that has `params` parameters and is valid, or isn't.
    pub(crate) fn read(
        &self,
        body: &FunctionBody<'_>,
        validator: &mut FuncValidator<ValidatorResources>,
        result: Option<ValType>,
    ) -> Result<Body, Error> {
        let range = body.range();
        let limits = &self.rules.limits;
        Error::at_most("bytes of a function", range.len(), limits.function_body)?;
        let locals = read_locals(body, validator, limits.locals)?;
        let mut walk = Walk {
            reading: self,
            scratch: validator.len_locals(),
            needs_scratch: false,
            out: Vec::with_capacity(range.len()),
            charges: Vec::new(),
            block: None,
            around: Vec::new(),
            loops: 0,
            imports: BTreeSet::new(),
            figures: Figures {
                len: u32::try_from(range.len()).unwrap_or(u32::MAX),
                locals: validator.len_locals(),
                ..Figures::default()
            },
        };
        walk.begin_if(true, true);
        walk.operators(body, validator)?;
        let charges = walk.charges;
        Ok(Body {
            figures: walk.figures,
            locals: locals.written(walk.needs_scratch),
            operators: walk.out,
            charges,
            result: result.map_or(0x40, value_type),
        })
    }
}

/// Groups of locals.
struct Locals(Vec<(u32, u8)>);

impl Locals {
    /// As a body declares them, with one for the meter.
    fn written(mut self, scratch: bool) -> Vec<u8> {
        if scratch {
            self.0.push((1, value_type(ValType::I32)));
        }
        let mut out = Vec::new();
        self.0.len().encode(&mut out);
        for (count, ty) in self.0 {
            count.encode(&mut out);
            out.push(ty);
        }
        out
    }
}

fn read_locals(
    body: &FunctionBody<'_>,
    validator: &mut FuncValidator<ValidatorResources>,
    limit: u32,
) -> Result<Locals, Error> {
    let mut groups = Vec::new();
    let mut reader = body.get_locals_reader()?;
    for _ in 0..reader.get_count() {
        let offset = reader.original_position();
        let (count, ty) = reader.read()?;
        validator.define_locals(offset, count, ty)?;
        Error::at_most(
            "locals in a function",
            validator.len_locals() as usize,
            limit,
        )?;
        groups.push((count, value_type(ty)));
    }
    Error::at_most(
        "locals in a function",
        validator.len_locals() as usize,
        limit,
    )?;
    Ok(Locals(groups))
}

/// The language has no other types.
fn value_type(ty: ValType) -> u8 {
    match ty {
        ValType::I64 => 0x7E,
        ValType::F32 => 0x7D,
        ValType::F64 => 0x7C,
        _ => 0x7F,
    }
}

/// A block around what is read.
#[derive(Clone, Copy, Debug)]
struct Around {
    kind: FrameKind,
    /// Something comes to where it begins.
    entered: bool,
    /// Something branches to its end.
    targeted: bool,
    /// Something comes to the end of the first arm of a condition.
    first_arm: bool,
}

struct Walk<'r> {
    reading: &'r Reading<'r>,
    scratch: u32,
    needs_scratch: bool,
    out: Vec<u8>,
    charges: Vec<(usize, u64)>,
    /// Position in `charges` of the block that is read. None where nothing ever comes.
    block: Option<usize>,
    /// The function first.
    around: Vec<Around>,
    loops: u32,
    /// Imported functions that were called.
    imports: BTreeSet<u32>,
    figures: Figures,
}

impl Walk<'_> {
    fn operators(
        &mut self,
        body: &FunctionBody<'_>,
        validator: &mut FuncValidator<ValidatorResources>,
    ) -> Result<(), Error> {
        let mut reader = body.get_operators_reader()?;
        let (source, start) = (body.as_bytes(), body.range().start);
        let mut exposed = false;
        self.enter(FrameKind::Block);
        while !reader.eof() {
            let (operator, at) = reader.read_with_offset()?;
            validator.op(at, &operator)?;
            let bytes = at.saturating_sub(start)..reader.original_position().saturating_sub(start);
            let bytes = source.get(bytes).unwrap_or_default();
            self.count(&operator);
            self.cost(&operator, at)?;
            if matches!(operator, Operator::Select) && exposed {
                self.out.extend_from_slice(&BARRIER);
            }
            self.copy(&operator, bytes);
            let begun = self.charges.len();
            self.control(&operator)?;
            // A `select` is charged for in the block that it begins.
            let charged = self.charges.len() > begun && self.reading.costs.select > 0;
            exposed = precedes_fusion(&operator) && !charged;
            let operands = validator.operand_stack_height();
            self.figures.operands = self.figures.operands.max(operands);
        }
        validator.finish(reader.original_position())?;
        // A block whose charge is nothing is none.
        self.charges.retain(|(_, units)| *units > 0);
        Ok(())
    }

    /// What the function's figures are made of.
    fn count(&mut self, operator: &Operator<'_>) {
        let figures = &mut self.figures;
        figures.operators = figures.operators.saturating_add(1);
        let more = match operator {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::BrIf { .. } => 1,
            Operator::If { .. } => 2,
            Operator::BrTable { targets } => {
                figures.targets = figures.targets.max(targets.len());
                targets.len()
            }
            Operator::Call { function_index } if *function_index < self.reading.imported => {
                let new = self.imports.insert(*function_index);
                figures.imports = figures.imports.saturating_add(new.into());
                0
            }
            Operator::Call { .. } => {
                figures.calls = true;
                0
            }
            Operator::CallIndirect { .. } => {
                figures.calls = true;
                0
            }
            _ => 0,
        };
        figures.blocks = figures.blocks.saturating_add(more);
    }

    fn cost(&mut self, operator: &Operator<'_>, offset: usize) -> Result<(), Error> {
        let costs = self.reading.costs;
        let bulk = matches!(
            operator,
            Operator::MemoryCopy { .. } | Operator::MemoryFill { .. }
        );
        let units = costs.of(operator).filter(|_| !bulk || self.reading.bulk);
        let Some(units) = units else {
            let mut what = format!("{operator:?}");
            what.truncate(what.find([' ', '{', '(']).unwrap_or(what.len()));
            return Err(Error::Unsupported { what, offset });
        };
        let charge = self.block.and_then(|block| self.charges.get_mut(block));
        if let (Some((_, sum)), true) = (charge, units > 0) {
            if *sum == 0 {
                *sum = costs.block.into();
            }
            *sum = sum.saturating_add(units.into());
        }
        Ok(())
    }

    /// Writes an operator, with what has to come before it.
    fn copy(&mut self, operator: &Operator<'_>, bytes: &[u8]) {
        let (rules, costs) = (self.reading.rules, self.reading.costs);
        let counters = self.reading.counters;
        let reached = self.block.is_some();
        match operator {
            Operator::Call { function_index } => {
                let function = moved(*function_index, self.reading.imported);
                Instruction::Call(function).encode(&mut self.out);
                return;
            }
            // To the end of the function, where its height is given back. A function has no more
            // blocks than bytes.
            Operator::Return => {
                let outermost = self.around.len().saturating_sub(1) as u32;
                Instruction::Br(outermost).encode(&mut self.out);
                return;
            }
            Operator::MemoryGrow { .. } if reached => {
                self.needs_scratch = true;
                let (units, most) = (costs.memory_page, rules.limits.memory_pages);
                counters.take_for_pages(&mut self.out, self.scratch, units, most);
            }
            Operator::MemoryCopy { .. } | Operator::MemoryFill { .. } if reached => {
                self.needs_scratch = true;
                let bytes = at_least_one(costs.bytes_per_unit);
                counters.take_for_bytes(&mut self.out, self.scratch, bytes);
            }
            _ => {}
        }
        self.out.extend_from_slice(bytes);
    }

    /// Ends blocks and begins them.
    fn control(&mut self, operator: &Operator<'_>) -> Result<(), Error> {
        match operator {
            Operator::Block { .. } => self.enter(FrameKind::Block),
            Operator::Loop { .. } => {
                self.enter(FrameKind::Loop);
                self.begin_if(self.block.is_some(), true);
            }
            Operator::If { .. } => {
                self.enter(FrameKind::If);
                self.begin_if(self.block.is_some(), false);
            }
            Operator::Else => {
                let first_arm = self.block.is_some();
                let Some(around) = self.around.last_mut() else {
                    return Ok(());
                };
                around.kind = FrameKind::Else;
                around.first_arm = first_arm;
                let entered = around.entered;
                self.begin_if(entered, false);
            }
            Operator::End => self.leave(),
            Operator::Br { relative_depth } => {
                self.branch(*relative_depth);
                self.block = None;
            }
            Operator::BrIf { relative_depth } => {
                self.branch(*relative_depth);
                self.begin_if(self.block.is_some(), false);
            }
            Operator::BrTable { targets } => {
                self.branch(targets.default());
                for target in targets.targets() {
                    self.branch(target?);
                }
                self.block = None;
            }
            Operator::Return | Operator::Unreachable => self.block = None,
            _ => {}
        }
        Ok(())
    }

    fn enter(&mut self, kind: FrameKind) {
        self.around.push(Around {
            kind,
            entered: self.block.is_some(),
            targeted: false,
            first_arm: false,
        });
        let figures = &mut self.figures;
        // The function isn't one.
        let depth = self.around.len().saturating_sub(1) as u32;
        figures.block_depth = figures.block_depth.max(depth);
        if kind == FrameKind::Loop {
            self.loops = self.loops.saturating_add(1);
            figures.loop_depth = figures.loop_depth.max(self.loops);
        }
    }

    /// What comes behind an `end` is a block of its own where control comes together.
    fn leave(&mut self) {
        let Some(left) = self.around.pop() else {
            return;
        };
        let falls = self.block.is_some();
        let (joins, reached) = match left.kind {
            FrameKind::Loop => {
                self.loops = self.loops.saturating_sub(1);
                (false, falls)
            }
            // Without another arm, who doesn't take the first comes here.
            FrameKind::If => (true, left.entered),
            FrameKind::Else => (true, falls || left.first_arm || left.targeted),
            _ => (left.targeted, falls || left.targeted),
        };
        if self.around.is_empty() {
            self.block = None;
        } else if joins || !reached {
            self.begin_if(reached, false);
        }
    }

    fn branch(&mut self, depth: u32) {
        let outer = self.around.len().checked_sub(depth as usize);
        let outer = outer.and_then(|outer| outer.checked_sub(1));
        let target = outer.and_then(|at| self.around.get_mut(at));
        if let (true, Some(target)) = (self.block.is_some(), target) {
            target.targeted = true;
        }
    }

    /// Begins a block here, if something comes here. What begins a function or a loop is one
    /// whatever it has.
    fn begin_if(&mut self, reached: bool, always: bool) {
        self.block = reached.then_some(self.charges.len());
        if reached {
            let costs = self.reading.costs;
            let least = if always { costs.block } else { 0 };
            self.charges.push((self.out.len(), least.into()));
        }
    }
}

impl Body {
    /// Cells that the function's frame has in an interpreter.
    pub(crate) fn cells(&self) -> u32 {
        self.figures.locals.saturating_add(self.figures.operands)
    }

    /// Units of height that its frame takes.
    pub(crate) fn height(&self, stack: &Stack, class: Class) -> u32 {
        let figures = &self.figures;
        let compiled = match class {
            Class::Compiled => figures
                .operators
                .div_ceil(at_least_one(stack.operators_per_unit))
                .saturating_add(stack.import.saturating_mul(figures.imports)),
            Class::Interpreted => 0,
        };
        stack
            .frame
            .saturating_add(stack.local.saturating_mul(figures.locals))
            .saturating_add(stack.operand.saturating_mul(figures.operands))
            .saturating_add(compiled)
    }

    /// Writes the function. `height` is what its frame takes, if it is counted.
    pub(crate) fn write(&self, costs: &Costs, counters: &Counters, height: Option<u32>) -> Vec<u8> {
        let charge = 24;
        let len = self.charges.len().saturating_mul(charge);
        let mut out = Vec::with_capacity(self.operators.len().saturating_add(len));
        out.extend_from_slice(&self.locals);
        if let Some(units) = height {
            counters.take_height(&mut out, units);
            out.extend_from_slice(&[0x02, self.result]);
        }
        let mut copied = 0;
        let mut entry = costs.entry(self.cells());
        for (at, units) in &self.charges {
            let units = units.saturating_add(std::mem::take(&mut entry));
            out.extend_from_slice(self.operators.get(copied..*at).unwrap_or_default());
            counters.take_gas(&mut out, units);
            copied = *at;
        }
        out.extend_from_slice(self.operators.get(copied..).unwrap_or_default());
        if let Some(units) = height {
            counters.give_height(&mut out, units);
            out.push(0x0B);
        }
        out
    }
}

/// A reader of the operators of bytes that stand for a body.
pub(crate) fn body_of(bytes: &[u8]) -> FunctionBody<'_> {
    FunctionBody::new(BinaryReader::new(bytes, 0))
}
