//! Makes a contract's artefacts from what the compiler wrote, and checks them.
//!
//! `contracts/build.sh` is the one caller. A compiler's module exports more than a contract engine
//! accepts, so [`strip`] rewrites it; after `wasm-opt` has made it small, [`check_module`] holds it
//! against what every engine asks of a contract, and [`bundle`] joins code and metadata into the
//! `.contract` file that tools load.
#![warn(missing_debug_implementations)]

use anyhow::{bail, ensure, Context, Result};
use blake2::{digest::consts::U32, Blake2b, Digest};
use contract_metadata::{
    CodeHash, Compiler, Contract, ContractMetadata, Language, Source, SourceCompiler,
    SourceLanguage, SourceWasm,
};
use semver::Version;
use serde::Deserialize;
use serde_json::{Map, Value};
use wasm_encoder::{ExportKind, ExportSection, Module, RawSection};
use wasmparser::{ExternalKind, Parser, Payload, TypeRef, Validator, WasmFeatures};

/// The functions that an engine calls, and the only exports it accepts.
pub const ENTRY_POINTS: [&str; 2] = ["call", "deploy"];

/// The most memory that any engine gives to a contract, in pages of 64 KiB.
pub const MAX_MEMORY_PAGES: u64 = 16;

/// The modules from which a contract may import host functions.
const HOST_MODULES: [&str; 3] = ["seal0", "seal1", "seal2"];

/// The WebAssembly that contract engines run: the first version without floats, with sign extension.
const FEATURES: WasmFeatures = WasmFeatures::MVP
    .difference(WasmFeatures::FLOATS)
    .union(WasmFeatures::SIGN_EXTENSION);

/// The hash under which an engine stores a code: BLAKE2b-256 of its bytes.
pub fn code_hash(wasm: &[u8]) -> [u8; 32] {
    Blake2b::<U32>::digest(wasm).into()
}

/// Removes every export but the entry points, and every custom section.
///
/// All other sections are copied byte by byte.
///
/// # Errors
/// When `wasm` isn't a module.
pub fn strip(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.context("the compiler's output is no WebAssembly module")? {
            Payload::ExportSection(exports) => {
                let mut kept = ExportSection::new();
                for export in exports {
                    let export = export?;
                    if export.kind == ExternalKind::Func && ENTRY_POINTS.contains(&export.name) {
                        kept.export(export.name, ExportKind::Func, export.index);
                    }
                }
                module.section(&kept);
            }
            Payload::CustomSection(_) => {}
            other => {
                if let Some((id, range)) = other.as_section() {
                    let range = range.start.try_into()?..range.end.try_into()?;
                    module.section(&RawSection {
                        id,
                        data: &wasm[range],
                    });
                }
            }
        }
    }
    Ok(module.finish())
}

/// Checks that contract engines accept a module: its features, its imports, its exports, its memory.
///
/// # Errors
/// Says the first rule that the module breaks.
pub fn check_module(wasm: &[u8]) -> Result<()> {
    let types = Validator::new_with_features(FEATURES)
        .validate_all(wasm)
        .context("the module uses more than the first version of WebAssembly without floats, with sign extension")?;
    let types = types.as_ref();

    let mut memory = None;
    let mut entry_points = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import?;
                    match import.ty {
                        TypeRef::Memory(ty)
                            if (import.module, import.name) == ("env", "memory") =>
                        {
                            memory = Some(ty)
                        }
                        TypeRef::Func(_) if HOST_MODULES.contains(&import.module) => {}
                        _ => bail!("an engine provides no `{}.{}`", import.module, import.name),
                    }
                }
            }
            Payload::MemorySection(_) => {
                bail!("the module defines a memory: an engine gives it one, as `env.memory`")
            }
            Payload::StartSection { .. } => bail!("the module has a start function"),
            Payload::CustomSection(section) => {
                bail!("the custom section `{}` is still there", section.name())
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    ensure!(
                        export.kind == ExternalKind::Func && ENTRY_POINTS.contains(&export.name),
                        "the module exports `{}`, which is no entry point",
                        export.name,
                    );
                    let ty = types[types.core_function_at(export.index)].unwrap_func();
                    ensure!(
                        ty.params().is_empty() && ty.results().is_empty(),
                        "`{}` has parameters or results",
                        export.name,
                    );
                    entry_points.push(export.name);
                }
            }
            _ => {}
        }
    }

    entry_points.sort_unstable();
    ensure!(
        entry_points == ENTRY_POINTS,
        "the module exports only {entry_points:?} of {ENTRY_POINTS:?}"
    );
    let memory = memory.context("the module imports no memory")?;
    match memory.maximum {
        Some(pages) if pages <= MAX_MEMORY_PAGES => Ok(()),
        Some(pages) => bail!("the memory may grow to {pages} pages, more than the {MAX_MEMORY_PAGES} that engines give"),
        None => bail!("the memory has no maximum"),
    }
}

/// What a contract's manifest says about it.
#[derive(Debug, Deserialize)]
pub struct Manifest {
    package: Package,
    dependencies: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
struct Package {
    name: String,
    version: Version,
    authors: Vec<String>,
    description: String,
    license: String,
}

impl Manifest {
    /// Reads a manifest's text.
    ///
    /// # Errors
    /// When it isn't TOML, or lacks a field that the bundle needs.
    pub fn parse(text: &str) -> Result<Self> {
        toml::from_str(text).context("the contract's manifest")
    }

    /// The version of ink! that the manifest pins.
    fn ink_version(&self) -> Result<Version> {
        let ink = self
            .dependencies
            .get("ink")
            // Up to ink! 3 there was no crate of that name.
            .or_else(|| self.dependencies.get("ink_lang"))
            .context("the contract doesn't depend on ink!")?;
        let requirement = ink
            .get("version")
            .unwrap_or(ink)
            .as_str()
            .context("ink! has no version")?;
        let exact = requirement
            .strip_prefix('=')
            .context("the version of ink! must be pinned with `=`")?;
        Ok(exact.trim().parse()?)
    }
}

/// Joins a contract's code with its metadata into the JSON of a `.contract` file.
///
/// `project` is the JSON of ink!'s `InkProject`, `compiler` what `rustc --version` says.
///
/// # Errors
/// When the metadata or the compiler's version can't be read.
pub fn bundle(manifest: &Manifest, wasm: &[u8], project: &str, compiler: &str) -> Result<String> {
    let abi: Map<String, Value> =
        serde_json::from_str(project).context("the contract's metadata")?;
    let compiler = compiler
        .split_whitespace()
        .nth(1)
        .context("the compiler's version")?
        .parse()?;
    let source = Source::new(
        Some(SourceWasm::new(wasm.to_vec())),
        CodeHash(code_hash(wasm)),
        SourceLanguage::new(Language::Ink, manifest.ink_version()?),
        SourceCompiler::new(Compiler::RustC, compiler),
        None,
    );
    let package = &manifest.package;
    let contract = Contract::builder()
        .name(&package.name)
        .version(package.version.clone())
        .authors(&package.authors)
        .description(&package.description)
        .license(&package.license)
        .build()
        .map_err(anyhow::Error::msg)?;
    let mut text =
        serde_json::to_string_pretty(&ContractMetadata::new(source, contract, None, None, abi))?;
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(body: &str) -> Vec<u8> {
        wat::parse_str(format!("(module {body})")).expect("the test's module is well-formed")
    }

    const MEMORY: &str = r#"(import "env" "memory" (memory 2 16))"#;
    const ENTRIES: &str = r#"(func (export "call")) (func (export "deploy"))"#;

    #[test]
    fn strip_leaves_the_entry_points_alone() {
        let raw = module(&format!(
            r#"{MEMORY} {ENTRIES} (func $f (export "memcpy")) (global (export "__heap_base") i32 (i32.const 0))
               (@custom "producers" "rustc")"#
        ));
        assert!(check_module(&raw).is_err());
        check_module(&strip(&raw).unwrap()).unwrap();
    }

    #[test]
    fn check_names_the_rule_that_is_broken() {
        let broken = [
            (ENTRIES.to_string(), "imports no memory"),
            (
                format!(r#"(import "env" "memory" (memory 2)) {ENTRIES}"#),
                "no maximum",
            ),
            (
                format!(r#"(import "env" "memory" (memory 2 17)) {ENTRIES}"#),
                "17 pages",
            ),
            (format!("(memory 2 16) {ENTRIES}"), "defines a memory"),
            (
                format!(r#"{MEMORY} (func (export "call"))"#),
                "exports only",
            ),
            (
                format!(r#"{MEMORY} {ENTRIES} (func (export "other"))"#),
                "`other`",
            ),
            (
                format!(r#"{MEMORY} (func (export "call") (param i32)) (func (export "deploy"))"#),
                "has parameters",
            ),
            (
                format!(r#"{MEMORY} {ENTRIES} (func $s) (start $s)"#),
                "start function",
            ),
            (
                format!(r#"{MEMORY} (import "env" "abort" (func)) {ENTRIES}"#),
                "`env.abort`",
            ),
            (
                format!(r#"{MEMORY} {ENTRIES} (func (result f64) f64.const 1)"#),
                "without floats",
            ),
            (
                format!(
                    r#"{MEMORY} {ENTRIES} (func i32.const 0 i32.const 0 i32.const 0 memory.fill)"#
                ),
                "without floats",
            ),
        ];
        for (body, rule) in broken {
            let error = check_module(&module(&body)).expect_err(rule);
            assert!(
                format!("{error:#}").contains(rule),
                "`{error:#}` doesn't say `{rule}`"
            );
        }
        check_module(&module(&format!("{MEMORY} {ENTRIES}"))).unwrap();
    }
}
