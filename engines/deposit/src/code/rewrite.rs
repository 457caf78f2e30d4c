//! The module as the interpreter gets it: the contract's own, with four changes that its code
//! can't see.
//!
//! * Globals are exported, so that an instance can be used again: whoever has them can set them
//!   back to what they began with.
//! * Calls of a loop that is known byte by byte ([`super::intrinsics`]) go to a function that does the
//!   same natively, at the price that the loop has in the interpreter.
//! * The start function is exported and no start function any more: called like an entry point, it
//!   can be held as one.
//! * Where the interpreter would translate a `select` wrongly, there is a barrier ([`super::barrier`]).
//!
//! The checks see the module before, so that nobody can write such a module himself. Everything
//! else is copied as it is, but for names and the like, which are for people.

use super::{
    barrier::{precedes_fusion, BARRIER},
    intrinsics,
};
use crate::vm::{
    intrinsics::{Intrinsic, MODULE},
    Prepared, START,
};
use std::collections::BTreeMap;
use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection,
    ImportSection, Instruction, Module, RawSection,
};
use wasmparser::{
    BinaryReaderError, DataKind, ElementItems, ElementKind, ElementSectionReader,
    ExportSectionReader, ExternalKind, FunctionBody, ImportSectionReader, Operator, Parser,
    Payload, TypeRef, ValType,
};

type Result<T> = std::result::Result<T, BinaryReaderError>;

/// Rewrites a valid module.
///
/// # Errors
/// It isn't one.
pub(crate) fn rewrite(code: &[u8]) -> Result<Prepared> {
    let found = ModuleFacts::read(code)?;
    let mut module = Module::new();
    let mut bodies = CodeSection::new();
    let mut exported = false;
    for payload in Parser::new(0).parse_all(code) {
        match payload? {
            Payload::ImportSection(section) => {
                module.section(&found.imports(section)?);
            }
            Payload::ExportSection(section) => {
                module.section(&found.exports(Some(section))?);
                exported = true;
            }
            Payload::ElementSection(section) => {
                module.section(&found.elements(code, section)?);
            }
            Payload::CodeSectionEntry(body) => {
                bodies.raw(&found.body(code, &body)?);
                if bodies.len() == found.bodies {
                    module.section(&bodies);
                }
            }
            // The start function is exported instead; its section is the one behind the exports.
            Payload::StartSection { .. } => {
                if !exported {
                    module.section(&found.exports(None)?);
                }
            }
            Payload::CodeSectionStart { .. } | Payload::CustomSection(_) => {}
            other => {
                if let Some((id, range)) = other.as_section() {
                    let data = code.get(range).unwrap_or_default();
                    module.section(&RawSection { id, data });
                }
            }
        }
    }
    Ok(Prepared {
        code: module.finish(),
        has_start: found.start.is_some(),
        globals: found.globals,
        data: found.data,
    })
}

/// What has to be known before the first section is written.
#[derive(Debug, Default)]
struct ModuleFacts {
    imported: u32,
    imported_globals: u32,
    globals: u32,
    bodies: u32,
    start: Option<u32>,
    data: Vec<(u32, Vec<u8>)>,
    /// Intrinsics and the types of their functions, in the order of their imports.
    loops: Vec<(Intrinsic, u32)>,
    /// Position in `loops` by function.
    by_function: BTreeMap<u32, u32>,
}

impl ModuleFacts {
    fn read(code: &[u8]) -> Result<Self> {
        let mut found = Self::default();
        let mut types = Vec::new();
        let mut functions = Vec::new();
        for payload in Parser::new(0).parse_all(code) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section {
                        match import?.ty {
                            TypeRef::Func(_) => found.imported = found.imported.saturating_add(1),
                            TypeRef::Global(_) => {
                                found.imported_globals = found.imported_globals.saturating_add(1);
                            }
                            _ => {}
                        }
                    }
                }
                Payload::TypeSection(section) => {
                    // The version's WebAssembly has no other types than functions'.
                    types = section.into_iter_err_on_gc_types().collect::<Result<_>>()?;
                }
                Payload::FunctionSection(section) => {
                    functions = section.into_iter().collect::<Result<_>>()?;
                }
                Payload::GlobalSection(section) => found.globals = section.count(),
                Payload::StartSection { func, .. } => found.start = Some(func),
                Payload::DataSection(section) => {
                    for data in section {
                        let data = data?;
                        if let DataKind::Active { offset_expr, .. } = data.kind {
                            // Imported globals are refused, and there is nothing else.
                            if let Operator::I32Const { value } =
                                offset_expr.get_operators_reader().read()?
                            {
                                found.data.push((value as u32, data.data.to_vec()));
                            }
                        }
                    }
                }
                Payload::CodeSectionEntry(body) => {
                    let number: Option<u32> = functions.get(found.bodies as usize).copied();
                    let ty = number.and_then(|ty| types.get(ty as usize));
                    let body = code.get(body.range());
                    let intrinsic = body
                        .zip(ty)
                        .and_then(|(body, ty)| intrinsics::find(body, ty));
                    if let (Some(intrinsic), Some(ty)) = (intrinsic, number) {
                        let function = found.imported.saturating_add(found.bodies);
                        // As many as there are functions, at most.
                        let position = found.loops.len() as u32;
                        found.by_function.insert(function, position);
                        found.loops.push((intrinsic, ty));
                    }
                    found.bodies = found.bodies.saturating_add(1);
                }
                _ => {}
            }
        }
        Ok(found)
    }

    /// The number that a function has now: the intrinsics are imported after the host functions.
    fn function(&self, function: u32) -> u32 {
        match self.by_function.get(&function) {
            Some(position) => self.imported.saturating_add(*position),
            None if function < self.imported => function,
            None => function.saturating_add(self.loops.len() as u32),
        }
    }

    fn imports(&self, section: ImportSectionReader<'_>) -> Result<ImportSection> {
        let mut imports = ImportSection::new();
        for import in section {
            let import = import?;
            let ty = match import.ty {
                TypeRef::Func(ty) => EntityType::Function(ty),
                TypeRef::Memory(memory) => EntityType::Memory(wasm_encoder::MemoryType {
                    minimum: memory.initial,
                    maximum: memory.maximum,
                    memory64: false,
                    shared: false,
                    page_size_log2: None,
                }),
                // Contracts import neither; the specification's tests do.
                TypeRef::Table(table) => EntityType::Table(wasm_encoder::TableType {
                    element_type: wasm_encoder::RefType::FUNCREF,
                    table64: false,
                    minimum: table.initial,
                    maximum: table.maximum,
                    shared: false,
                }),
                TypeRef::Global(global) => EntityType::Global(wasm_encoder::GlobalType {
                    val_type: value_type(global.content_type),
                    mutable: global.mutable,
                    shared: false,
                }),
                // The version's WebAssembly hasn't got it.
                TypeRef::Tag(_) => continue,
            };
            imports.import(import.module, import.name, ty);
        }
        for (intrinsic, ty) in &self.loops {
            imports.import(MODULE, intrinsic.name(), EntityType::Function(*ty));
        }
        Ok(imports)
    }

    fn exports(&self, section: Option<ExportSectionReader<'_>>) -> Result<ExportSection> {
        let mut exports = ExportSection::new();
        for export in section.into_iter().flatten() {
            let export = export?;
            // Contracts export functions alone; the specification's tests don't.
            match export.kind {
                ExternalKind::Func => {
                    exports.export(export.name, ExportKind::Func, self.function(export.index));
                }
                ExternalKind::Table => {
                    exports.export(export.name, ExportKind::Table, export.index);
                }
                ExternalKind::Memory => {
                    exports.export(export.name, ExportKind::Memory, export.index);
                }
                ExternalKind::Global => {
                    exports.export(export.name, ExportKind::Global, export.index);
                }
                // The version's WebAssembly hasn't got it.
                ExternalKind::Tag => {}
            }
        }
        if let Some(start) = self.start {
            exports.export(START, ExportKind::Func, self.function(start));
        }
        for global in 0..self.globals {
            let index = self.imported_globals.saturating_add(global);
            exports.export(&global.to_string(), ExportKind::Global, index);
        }
        Ok(exports)
    }

    fn elements(&self, code: &[u8], section: ElementSectionReader<'_>) -> Result<ElementSection> {
        let mut elements = ElementSection::new();
        for element in section {
            let element = element?;
            // The version's WebAssembly has no other kind.
            if let (ElementKind::Active { offset_expr, .. }, ElementItems::Functions(items)) =
                (element.kind, element.items)
            {
                let offset = offset_expr.get_binary_reader().range();
                // Without the `end` that the encoder adds.
                let offset = offset.start..offset.end.saturating_sub(1);
                let offset = ConstExpr::raw(code.get(offset).unwrap_or_default().to_vec());
                let functions: Vec<u32> = items
                    .into_iter()
                    .map(|function| Ok(self.function(function?)))
                    .collect::<Result<_>>()?;
                elements.active(None, &offset, Elements::Functions(functions.into()));
            }
        }
        Ok(elements)
    }

    /// A body with the calls in it going where their functions are now, and with its barriers.
    fn body(&self, code: &[u8], body: &FunctionBody<'_>) -> Result<Vec<u8>> {
        let range = body.range();
        let copy = |from, to| code.get(from..to).unwrap_or_default();
        let mut new = Vec::with_capacity(range.len().saturating_add(16));
        let mut copied = range.start;
        let mut operators = body.get_operators_reader()?;
        let mut exposed = false;
        while !operators.eof() {
            let (operator, at) = operators.read_with_offset()?;
            match operator {
                Operator::Call { function_index } if !self.loops.is_empty() => {
                    new.extend_from_slice(copy(copied, at));
                    let call = Instruction::Call(self.function(function_index));
                    wasm_encoder::Encode::encode(&call, &mut new);
                    copied = operators.original_position();
                }
                Operator::Select if exposed => {
                    new.extend_from_slice(copy(copied, at));
                    new.extend_from_slice(&BARRIER);
                    copied = at;
                }
                _ => {}
            }
            exposed = precedes_fusion(&operator);
        }
        new.extend_from_slice(copy(copied, range.end));
        Ok(new)
    }
}

/// Types of the version's WebAssembly; it has no others.
fn value_type(ty: ValType) -> wasm_encoder::ValType {
    match ty {
        ValType::I64 => wasm_encoder::ValType::I64,
        ValType::F32 => wasm_encoder::ValType::F32,
        ValType::F64 => wasm_encoder::ValType::F64,
        _ => wasm_encoder::ValType::I32,
    }
}
