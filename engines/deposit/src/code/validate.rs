//! What code has to be before it is stored, and what it needs of a frame.
//!
//! The checks come in a fixed order and say what is wrong in words that a contract's author can
//! act on: the detail is part of a receipt. Everything that makes a module expensive to
//! translate or to set up is bounded here, so that the interpreter itself needs no bounds.

use crate::{
    host_fns::{HostFn, Status},
    versions::Rules,
    vm::Shape,
};
use pink_engine_sdk::types::Determinism;
use wasmparser::{
    BinaryReaderError, CompositeInnerType, DataKind, ElementItems, ElementKind, ExternalKind,
    FuncType, FunctionBody, Operator, Parser, Payload, TypeRef, ValType, Validator, WasmFeatures,
};

/// What is known of valid code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Checked {
    /// What the interpreter has to know.
    pub shape: Shape,
    /// Functions, imported ones included.
    pub functions: u32,
    /// It imports functions that no new contract may use.
    pub deprecated: bool,
    /// The functions that it imports, in its order.
    #[cfg_attr(not(feature = "metered"), allow(dead_code))]
    pub imports: Vec<HostFn>,
}

/// Checks code by the rules.
///
/// # Errors
/// Why it is refused.
pub(crate) fn check(
    rules: &Rules,
    code: &[u8],
    determinism: Determinism,
) -> Result<Checked, String> {
    let limits = &rules.limits;
    at_most("bytes of code", code.len(), limits.code_len)?;
    if !code.starts_with(b"\0asm") {
        return Err(format!(
            "not a WebAssembly module: it begins with {:02x?}, not with 00 61 73 6d",
            code.get(..4).unwrap_or(code)
        ));
    }
    let mut features = WasmFeatures::SIGN_EXTENSION;
    // Every reference type and every block type needs this one to be understood at all.
    features.set(WasmFeatures::GC_TYPES, true);
    features.set(WasmFeatures::FLOATS, determinism == Determinism::Relaxed);
    Validator::new_with_features(features)
        .validate_all(code)
        .map_err(|error| invalid(&error))?;
    scan(rules, code, determinism)
}

/// What is known of code that passed [`check`] before: only what it says of itself is read.
///
/// # Errors
/// It isn't such code.
pub(crate) fn scan(
    rules: &Rules,
    code: &[u8],
    determinism: Determinism,
) -> Result<Checked, String> {
    let mut scan = Scan::new(rules, code.len(), determinism);
    for payload in Parser::new(0).parse_all(code) {
        scan.payload(payload.map_err(|error| invalid(&error))?)?;
    }
    scan.finish()
}

fn invalid(error: &BinaryReaderError) -> String {
    match error.message() {
        text if text.contains("floating-point") => format!(
            "floats aren't deterministic, and contracts must be (at byte {})",
            error.offset()
        ),
        text => format!("invalid WebAssembly: {text} (at byte {})", error.offset()),
    }
}

fn at_most(what: &str, found: usize, limit: u32) -> Result<(), String> {
    if found > limit as usize {
        Err(format!("{found} {what}, {limit} allowed"))
    } else {
        Ok(())
    }
}

struct Scan<'r> {
    rules: &'r Rules,
    checked: Checked,
    types: Vec<FuncType>,
    /// Type of each function, imported ones first.
    functions: Vec<u32>,
    imported_functions: usize,
    bodies: usize,
    /// Locals of all functions.
    locals: u64,
    code_len: usize,
    has_memory: bool,
    table: Option<u64>,
    data_end: u64,
    exports: [Option<u32>; 2],
}

/// The entry points, in the order of [`Scan::exports`].
const ENTRIES: [&str; 2] = ["deploy", "call"];

impl<'r> Scan<'r> {
    fn new(rules: &'r Rules, code_len: usize, determinism: Determinism) -> Self {
        Self {
            rules,
            checked: Checked {
                shape: Shape {
                    determinism,
                    initial_pages: 0,
                    maximum_pages: 0,
                    largest_frame: 0,
                },
                functions: 0,
                deprecated: false,
                imports: Vec::new(),
            },
            types: Vec::new(),
            functions: Vec::new(),
            imported_functions: 0,
            bodies: 0,
            locals: 0,
            code_len,
            has_memory: false,
            table: None,
            data_end: 0,
            exports: [None, None],
        }
    }

    fn payload(&mut self, payload: Payload<'_>) -> Result<(), String> {
        let limits = &self.rules.limits;
        match payload {
            Payload::TypeSection(section) => {
                at_most("function types", section.count() as usize, limits.types)?;
                for group in section {
                    for ty in group.map_err(|error| invalid(&error))?.into_types() {
                        if let CompositeInnerType::Func(ty) = ty.composite_type.inner {
                            let count = ty.params().len();
                            at_most("parameters of a function", count, limits.parameters)?;
                            self.types.push(ty);
                        }
                    }
                }
            }
            Payload::ImportSection(section) => {
                at_most("imports", section.count() as usize, limits.imports)?;
                for import in section {
                    let import = import.map_err(|error| invalid(&error))?;
                    self.import(import.module, import.name, import.ty)?;
                }
            }
            Payload::FunctionSection(section) => {
                let count = self
                    .functions
                    .len()
                    .saturating_add(section.count() as usize);
                at_most("functions", count, limits.functions)?;
                for ty in section {
                    self.functions.push(ty.map_err(|error| invalid(&error))?);
                }
            }
            Payload::TableSection(section) => {
                for table in section {
                    let table = table.map_err(|error| invalid(&error))?;
                    self.table = Some(table.ty.initial);
                    let elements = usize::try_from(table.ty.initial).unwrap_or(usize::MAX);
                    at_most("elements of the table", elements, limits.table_elements)?;
                }
            }
            Payload::MemorySection(section) if section.count() > 0 => {
                return Err(
                    "the module has a memory of its own; it has to import env.memory".into(),
                );
            }
            Payload::GlobalSection(section) => {
                at_most("globals", section.count() as usize, limits.globals)?;
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export.map_err(|error| invalid(&error))?;
                    self.export(export.name, export.kind, export.index)?;
                }
            }
            Payload::ElementSection(section) => {
                let count = section.count() as usize;
                at_most("element segments", count, limits.element_segments)?;
                for element in section {
                    let element = element.map_err(|error| invalid(&error))?;
                    let ElementKind::Active { offset_expr, .. } = element.kind else {
                        continue;
                    };
                    let count = match element.items {
                        ElementItems::Functions(items) => items.count(),
                        ElementItems::Expressions(_, items) => items.count(),
                    };
                    let end = constant(&offset_expr)?.saturating_add(u64::from(count));
                    if end > self.table.unwrap_or(0) {
                        return Err("an element segment lies outside of the table".into());
                    }
                }
            }
            Payload::DataSection(section) => {
                let count = section.count() as usize;
                at_most("data segments", count, limits.data_segments)?;
                for data in section {
                    let data = data.map_err(|error| invalid(&error))?;
                    if let DataKind::Active { offset_expr, .. } = data.kind {
                        let end = constant(&offset_expr)?.saturating_add(data.data.len() as u64);
                        self.data_end = self.data_end.max(end);
                    }
                }
            }
            Payload::CodeSectionEntry(body) => self.body(&body)?,
            _ => {}
        }
        Ok(())
    }

    fn import(&mut self, module: &str, name: &str, ty: TypeRef) -> Result<(), String> {
        match ty {
            TypeRef::Func(ty) => {
                self.functions.push(ty);
                self.imported_functions = self.imported_functions.saturating_add(1);
                self.function_import(module, name, ty)
            }
            TypeRef::Memory(memory) => {
                if (module, name) != ("env", "memory") {
                    return Err(format!(
                        "the memory has to be imported as env.memory, not {module}.{name}"
                    ));
                }
                if std::mem::replace(&mut self.has_memory, true) {
                    return Err("the memory is imported twice".into());
                }
                let most = u64::from(self.rules.limits.memory_pages);
                let maximum = memory.maximum.unwrap_or(most);
                if memory.initial.max(maximum) > most {
                    return Err(format!(
                        "the memory may have {} pages, {most} are allowed",
                        memory.initial.max(maximum)
                    ));
                }
                // Both are at most the limit.
                self.checked.shape.initial_pages = memory.initial as u32;
                self.checked.shape.maximum_pages = maximum as u32;
                Ok(())
            }
            TypeRef::Table(_) => Err(format!("tables can't be imported ({module}.{name})")),
            TypeRef::Global(_) => Err(format!("globals can't be imported ({module}.{name})")),
            TypeRef::Tag(_) => Err(format!("tags can't be imported ({module}.{name})")),
        }
    }

    fn function_import(&mut self, module: &str, name: &str, ty: u32) -> Result<(), String> {
        let Some(function) = HostFn::find(self.rules.version, module, name) else {
            return Err(format!("there is no function {module}.{name} to import"));
        };
        self.checked.imports.push(function);
        let def = function.definition();
        match def.status {
            Status::Stable => {}
            Status::Deprecated => self.checked.deprecated = true,
            Status::Unstable if self.rules.limits.unstable_functions => {}
            Status::Unstable => {
                return Err(format!("the function {module}.{name} isn't stable yet"));
            }
        }
        let same = self.types.get(ty as usize).is_some_and(|ty| {
            ty.params()
                .iter()
                .copied()
                .eq(def.params.iter().map(|ty| ty.wasm()))
                && ty
                    .results()
                    .iter()
                    .copied()
                    .eq(def.result.iter().map(|ty| ty.wasm()))
        });
        if !same {
            return Err(format!(
                "the function {module}.{name} is imported with another signature than {}",
                def.signature()
            ));
        }
        Ok(())
    }

    fn export(&mut self, name: &str, kind: ExternalKind, index: u32) -> Result<(), String> {
        let entry = ENTRIES.iter().position(|entry| *entry == name);
        match (kind, entry) {
            (ExternalKind::Func, Some(entry)) => {
                let slot = self.exports.get_mut(entry);
                if let Some(slot) = slot {
                    *slot = Some(index);
                }
                Ok(())
            }
            (ExternalKind::Func, None) => Err(format!(
                "the module exports the function {name}; only deploy and call can be exported"
            )),
            (_, Some(_)) => Err(format!("{name} is exported, but not as a function")),
            (_, None) => Err(format!("only functions can be exported, not {name}")),
        }
    }

    fn body(&mut self, body: &FunctionBody<'_>) -> Result<(), String> {
        let limits = &self.rules.limits;
        let index = self.imported_functions.saturating_add(self.bodies);
        self.bodies = self.bodies.saturating_add(1);
        at_most(
            "bytes of a function",
            body.range().len(),
            limits.function_body,
        )?;
        let params = self
            .functions
            .get(index)
            .and_then(|ty| self.types.get(*ty as usize))
            .map_or(0, |ty| ty.params().len());
        let mut cells = u64::try_from(params).unwrap_or(u64::MAX);
        for group in body.get_locals_reader().map_err(|error| invalid(&error))? {
            let (count, _) = group.map_err(|error| invalid(&error))?;
            cells = cells.saturating_add(u64::from(count));
        }
        if cells > u64::from(limits.locals) {
            return Err(format!(
                "{cells} locals in a function, {} allowed",
                limits.locals
            ));
        }
        self.locals = self.locals.saturating_add(cells);
        self.checked.shape.largest_frame = self.checked.shape.largest_frame.max(cells as u32);
        let mut depth = 0u32;
        let mut reader = body
            .get_operators_reader()
            .map_err(|error| invalid(&error))?;
        while !reader.eof() {
            match reader.read().map_err(|error| invalid(&error))? {
                Operator::BrTable { targets } => {
                    let count = targets.len() as usize;
                    at_most("targets of a br_table", count, limits.br_table_targets)?;
                }
                Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                    depth = depth.saturating_add(1);
                    at_most("nested blocks", depth as usize, limits.block_depth)?;
                }
                Operator::End => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        Ok(())
    }

    /// Translation takes time by functions and by locals as well as by bytes, and only bytes are
    /// paid for.
    fn proportions(&self) -> Result<(), String> {
        let limits = &self.rules.limits;
        let len = u64::try_from(self.code_len).unwrap_or(u64::MAX);
        let part = |bytes: u32| len.checked_div(u64::from(bytes)).unwrap_or(u64::MAX);
        let functions = u64::try_from(self.bodies).unwrap_or(u64::MAX);
        let most = part(limits.bytes_per_function).saturating_add(limits.free_functions.into());
        if functions > most {
            return Err(format!(
                "{functions} functions in {len} bytes of code, {most} allowed"
            ));
        }
        let most = part(limits.bytes_per_local).saturating_add(limits.locals.into());
        if self.locals > most {
            return Err(format!(
                "{} locals in {len} bytes of code, {most} allowed",
                self.locals
            ));
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Checked, String> {
        self.checked.functions = u32::try_from(self.functions.len()).unwrap_or(u32::MAX);
        self.proportions()?;
        if !self.has_memory {
            return Err("the module imports no memory; it has to import env.memory".into());
        }
        if self.data_end > u64::from(self.checked.shape.initial_pages) << 16 {
            return Err("a data segment lies outside of the initial memory".into());
        }
        for (entry, index) in ENTRIES.iter().zip(self.exports) {
            let Some(index) = index else {
                return Err(format!("the module doesn't export {entry}"));
            };
            let ty = self
                .functions
                .get(index as usize)
                .and_then(|ty| self.types.get(*ty as usize));
            let fits = ty.is_some_and(|ty| {
                ty.params().is_empty() && matches!(ty.results(), [] | [ValType::I32])
            });
            if !fits {
                return Err(format!(
                    "{entry} has another signature than () -> () or () -> i32"
                ));
            }
        }
        Ok(self.checked)
    }
}

/// The value of an offset. Globals can't be imported, so it is a constant.
fn constant(expr: &wasmparser::ConstExpr<'_>) -> Result<u64, String> {
    let mut reader = expr.get_operators_reader();
    match reader.read().map_err(|error| invalid(&error))? {
        Operator::I32Const { value } => Ok(u64::from(value as u32)),
        _ => Err("the offset of a segment isn't a constant".into()),
    }
}
