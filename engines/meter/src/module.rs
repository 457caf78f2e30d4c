//! A module: what is known of it, and how its sections are written anew.

use crate::{
    body::{body_of, moved, Body, Reading},
    charge::Counters,
    costs::Costs,
    error::Error,
    loops::Loop,
    rules::{Limits, Rules},
    Language, EXPORTS, GAS, HEIGHT, MEMORY, MODULE, OUT_OF_GAS, START,
};
use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, Encode, ExportKind, ExportSection, Module,
    RawSection, SectionId,
};
use wasmparser::{
    DataKind, ElementItems, ElementKind, ExternalKind, FromReader, FuncType,
    FuncValidatorAllocations, Operator, Parser, Payload, SectionLimited, TypeRef, ValidPayload,
    Validator, WasmFeatures,
};

/// A module that was read.
#[derive(Debug, Default)]
pub(crate) struct ParsedModule {
    /// Sections as they were, by number: how many entries, and their bytes.
    raw: [Option<(u32, Vec<u8>)>; 13],
    types: Vec<FuncType>,
    functions: Vec<u32>,
    imported: u32,
    imported_globals: u32,
    /// The memory that the contract imports, as contracts do.
    memory: Option<wasmparser::MemoryType>,
    globals: u32,
    exports: Vec<(String, ExportKind, u32)>,
    start: Option<u32>,
    elements: Vec<(Vec<u8>, Vec<u32>)>,
    pub(crate) data: Vec<(u32, Vec<u8>)>,
    pub(crate) bodies: Vec<Body>,
    pub(crate) loops: Vec<Loop>,
}

const TYPES: usize = SectionId::Type as usize;
const IMPORTS: usize = SectionId::Import as usize;
const GLOBALS: usize = SectionId::Global as usize;

/// What the version's validator is told. Each thing that this lets through and that no contract can
/// have is refused where it is found.
fn features(language: Language) -> WasmFeatures {
    let mut features = WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::MUTABLE_GLOBAL
        // Every reference type and every block type needs this one to be understood at all.
        | WasmFeatures::GC_TYPES
        // What stands for a loop that is known has bulk operators.
        | WasmFeatures::BULK_MEMORY;
    features.set(WasmFeatures::FLOATS, language.floats);
    features
}

impl ParsedModule {
    /// Reads a module that is valid, or isn't.
    pub(crate) fn new(
        code: &[u8],
        language: Language,
        rules: &Rules,
        costs: &Costs,
    ) -> Result<Self, Error> {
        let mut read = Self::default();
        // What the validator doesn't know the parser doesn't either: it reads some numbers as wider
        // ones where memories may be.
        let features = features(language);
        let mut parser = Parser::new(0);
        parser.set_features(features);
        let mut validator = Validator::new_with_features(features);
        let mut allocations = FuncValidatorAllocations::default();
        for payload in parser.parse_all(code) {
            let payload = payload?;
            match validator.payload(&payload)? {
                ValidPayload::Func(function, body) => {
                    let number = read.functions.get(read.bodies.len()).copied();
                    let ty = number.and_then(|ty| read.types.get(ty as usize));
                    let known = ty.and_then(|ty| Loop::find(body.as_bytes(), ty));
                    let result = ty.and_then(|ty| ty.results().first().copied());
                    let replacement = known.map(Loop::replacement);
                    let reading = read.reading(rules, costs, language.bulk || known.is_some());
                    let mut function = function.into_validator(allocations);
                    let body = replacement.as_deref().map_or(body, body_of);
                    let body = reading.read(&body, &mut function, result)?;
                    allocations = function.into_allocations();
                    read.bodies.push(body);
                    read.loops.extend(known);
                }
                ValidPayload::Ok | ValidPayload::End(_) => read.payload(code, payload, rules)?,
                ValidPayload::Parser(_) => return Err(unsupported("a module inside", 0)),
            }
        }
        Ok(read)
    }

    fn reading<'r>(&self, rules: &'r Rules, costs: &'r Costs, bulk: bool) -> Reading<'r> {
        Reading {
            rules,
            costs,
            counters: self.counters(),
            imported: self.imported,
            bulk,
        }
    }

    /// Where the meter's own things lie: behind the contract's.
    pub(crate) fn counters(&self) -> Counters {
        let gas = self.imported_globals.saturating_add(self.globals);
        Counters {
            gas,
            height: gas.saturating_add(1),
            out_of_gas: self.imported,
        }
    }

    fn payload(&mut self, code: &[u8], payload: Payload<'_>, rules: &Rules) -> Result<(), Error> {
        match payload {
            Payload::TypeSection(section) => {
                self.keep(TYPES, code, &section);
                // The language has no other types than functions'.
                self.types = section
                    .into_iter_err_on_gc_types()
                    .collect::<Result<_, _>>()?;
            }
            Payload::ImportSection(section) => {
                self.imports(code, section)?;
            }
            Payload::FunctionSection(section) => {
                let count = (section.count() as usize).saturating_add(self.imported as usize);
                Error::at_most("functions", count, rules.limits.functions)?;
                self.keep(SectionId::Function as usize, code, &section);
                self.functions = section.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::TableSection(section) => {
                self.keep(SectionId::Table as usize, code, &section);
            }
            Payload::MemorySection(section) => {
                self.keep(SectionId::Memory as usize, code, &section);
            }
            Payload::GlobalSection(section) => {
                self.globals = section.count();
                self.keep(GLOBALS, code, &section);
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    if export.name.starts_with(EXPORTS) {
                        let name = export.name.to_owned();
                        return Err(Error::Reserved { name });
                    }
                    let kind = match export.kind {
                        ExternalKind::Func => ExportKind::Func,
                        ExternalKind::Table => ExportKind::Table,
                        ExternalKind::Memory => ExportKind::Memory,
                        ExternalKind::Global => ExportKind::Global,
                        ExternalKind::Tag => return Err(unsupported("tags", 0)),
                    };
                    self.exports
                        .push((export.name.to_owned(), kind, export.index));
                }
            }
            Payload::StartSection { func, .. } => self.start = Some(func),
            Payload::ElementSection(section) => {
                for element in section {
                    self.element(code, element?)?;
                }
            }
            Payload::DataSection(section) => {
                self.keep(SectionId::Data as usize, code, &section);
                for data in section {
                    self.data(data?)?;
                }
            }
            // Right by the validator, and for operators that contracts haven't got. Earlier versions take it.
            Payload::DataCountSection { .. }
            | Payload::Version { .. }
            | Payload::CustomSection(_)
            | Payload::CodeSectionStart { .. }
            | Payload::End(_) => {}
            other => {
                let at = other.as_section().map_or(0, |(_, range)| range.start);
                return Err(unsupported("a section of this kind", at));
            }
        }
        Ok(())
    }

    fn keep<'a, T: FromReader<'a>>(
        &mut self,
        id: usize,
        code: &[u8],
        section: &SectionLimited<'a, T>,
    ) {
        let entries = section.original_position()..section.range().end;
        let entries = code.get(entries).unwrap_or_default().to_vec();
        if let Some(slot) = self.raw.get_mut(id) {
            *slot = Some((section.count(), entries));
        }
    }

    /// The memory that contracts import isn't imported any more: it is the module's own, and exported. An executor makes it with
    /// the instance, and code reaches it by one step less.
    fn imports(
        &mut self,
        code: &[u8],
        section: wasmparser::ImportSectionReader<'_>,
    ) -> Result<(), Error> {
        let end = section.range().end;
        let imports = section.into_iter_with_offsets();
        let imports = imports.collect::<Result<Vec<_>, _>>()?;
        let ends = imports.iter().skip(1).map(|(at, _)| *at).chain([end]);
        let mut kept = (0u32, Vec::new());
        for ((at, import), end) in imports.iter().zip(ends) {
            if import.module == MODULE {
                let name = format!("{}.{}", import.module, import.name);
                return Err(Error::Reserved { name });
            }
            match import.ty {
                TypeRef::Func(_) => self.imported = self.imported.saturating_add(1),
                TypeRef::Global(_) => {
                    self.imported_globals = self.imported_globals.saturating_add(1);
                }
                TypeRef::Memory(memory) if (import.module, import.name) == ("env", "memory") => {
                    self.memory = Some(memory);
                    continue;
                }
                _ => {}
            }
            kept.0 = kept.0.saturating_add(1);
            kept.1
                .extend_from_slice(code.get(*at..end).unwrap_or_default());
        }
        if let Some(slot) = self.raw.get_mut(IMPORTS) {
            *slot = Some(kept);
        }
        Ok(())
    }

    /// The entry of what was an imported memory. The validator knows one without a maximum as one that grows for ever;
    /// the rules don't.
    fn own_memory(&self, limits: &Limits) -> Vec<u8> {
        let mut entry = Vec::new();
        if let Some(memory) = self.memory {
            let most = u64::from(limits.memory_pages).max(memory.initial);
            let maximum = memory.maximum.unwrap_or(most);
            entry.push(0x01);
            memory.initial.encode(&mut entry);
            maximum.encode(&mut entry);
        }
        entry
    }

    fn element(&mut self, code: &[u8], element: wasmparser::Element<'_>) -> Result<(), Error> {
        let at = element.range.start;
        match (element.kind, element.items) {
            (
                ElementKind::Active {
                    table_index: None | Some(0),
                    offset_expr,
                },
                ElementItems::Functions(items),
            ) => {
                let offset = offset_expr.get_binary_reader().range();
                // Without the `end` that the encoder adds.
                let offset = offset.start..offset.end.saturating_sub(1);
                let offset = code.get(offset).unwrap_or_default().to_vec();
                let items = items.into_iter().collect::<Result<_, _>>()?;
                self.elements.push((offset, items));
                Ok(())
            }
            _ => Err(unsupported("elements that aren't put into the table", at)),
        }
    }

    fn data(&mut self, data: wasmparser::Data<'_>) -> Result<(), Error> {
        let DataKind::Active { offset_expr, .. } = data.kind else {
            let at = data.range.start;
            return Err(unsupported("data that isn't put into the memory", at));
        };
        // Contracts can't import globals, and there is nothing else.
        if let Operator::I32Const { value } = offset_expr.get_operators_reader().read()? {
            self.data.push((value as u32, data.data.to_vec()));
        }
        Ok(())
    }

    /// The start function, which is exported instead.
    pub(crate) fn has_start(&self) -> bool {
        self.start.is_some()
    }

    /// The contract's own globals.
    pub(crate) fn globals(&self) -> u32 {
        self.globals
    }

    /// Writes the module around its functions.
    pub(crate) fn write(&self, limits: &Limits, bodies: &[Vec<u8>]) -> Vec<u8> {
        let moved = |function| moved(function, self.imported);
        let counters = self.counters();
        let mut module = Module::new();
        let mut section = |id: usize, more: u32, bytes: &[u8]| {
            let none = (0, Vec::new());
            let (count, entries) = self.raw.get(id).and_then(Option::as_ref).unwrap_or(&none);
            let count = count.saturating_add(more);
            if count > 0 {
                let mut data = Vec::with_capacity(entries.len().saturating_add(bytes.len() + 5));
                count.encode(&mut data);
                data.extend_from_slice(entries);
                data.extend_from_slice(bytes);
                // Sections have numbers below 13.
                let id = id as u8;
                module.section(&RawSection { id, data: &data });
            }
        };
        // () -> ()
        section(TYPES, 1, &[0x60, 0, 0]);
        let mut import = Vec::new();
        MODULE.encode(&mut import);
        OUT_OF_GAS.encode(&mut import);
        import.push(0x00);
        (self.types.len() as u32).encode(&mut import);
        section(IMPORTS, 1, &import);
        section(SectionId::Function as usize, 0, &[]);
        section(SectionId::Table as usize, 0, &[]);
        let own = self.own_memory(limits);
        section(
            SectionId::Memory as usize,
            self.memory.is_some().into(),
            &own,
        );
        // Mutable, of 64 and of 32 bits, nothing in them.
        section(
            GLOBALS,
            2,
            &[0x7E, 1, 0x42, 0, 0x0B, 0x7F, 1, 0x41, 0, 0x0B],
        );
        let mut exports = ExportSection::new();
        for (name, kind, index) in &self.exports {
            let index = match kind {
                ExportKind::Func => moved(*index),
                _ => *index,
            };
            exports.export(name, *kind, index);
        }
        exports.export(GAS, ExportKind::Global, counters.gas);
        exports.export(HEIGHT, ExportKind::Global, counters.height);
        if self.memory.is_some() {
            exports.export(MEMORY, ExportKind::Memory, 0);
        }
        if let Some(start) = self.start {
            exports.export(START, ExportKind::Func, moved(start));
        }
        for global in 0..self.globals {
            let index = self.imported_globals.saturating_add(global);
            exports.export(&format!("{EXPORTS}{global}"), ExportKind::Global, index);
        }
        module.section(&exports);
        if !self.elements.is_empty() {
            let mut elements = ElementSection::new();
            for (offset, items) in &self.elements {
                let items: Vec<u32> = items.iter().map(|item| moved(*item)).collect();
                let offset = ConstExpr::raw(offset.clone());
                elements.active(None, &offset, Elements::Functions(items.into()));
            }
            module.section(&elements);
        }
        if !bodies.is_empty() {
            let mut code = CodeSection::new();
            for body in bodies {
                code.raw(body);
            }
            module.section(&code);
        }
        if let Some(Some((count, entries))) = self.raw.get(SectionId::Data as usize) {
            let mut data = Vec::with_capacity(entries.len().saturating_add(5));
            count.encode(&mut data);
            data.extend_from_slice(entries);
            let id = SectionId::Data as u8;
            module.section(&RawSection { id, data: &data });
        }
        module.finish()
    }
}

fn unsupported(what: &str, offset: usize) -> Error {
    Error::Unsupported {
        what: what.to_owned(),
        offset,
    }
}
