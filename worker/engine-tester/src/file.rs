//! What a file says about itself before any of its code runs.

use crate::abi::Abi;
use object::{
    elf,
    read::elf::{Dyn, ElfFile64, FileHeader, ProgramHeader, SectionHeader},
    LittleEndian, Object, ObjectSymbol,
};
use pink_capi::note;
use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

const ENDIAN: LittleEndian = LittleEndian;

/// The machine that this program runs on, as ELF numbers it.
#[cfg(target_arch = "x86_64")]
const MACHINE: elf::Machine = elf::EM_X86_64;
/// The machine that this program runs on, as ELF numbers it.
#[cfg(target_arch = "aarch64")]
const MACHINE: elf::Machine = elf::EM_AARCH64;

/// The flag in `DT_FLAGS` that says what `DT_TEXTREL` says.
const DF_TEXTREL: u64 = 4;

/// The file can't be read.
#[derive(Debug, thiserror::Error)]
#[error("can't read {path}: {error}", path = path.display())]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// What the system said.
    pub error: io::Error,
}

/// A file that should be an engine.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) path: PathBuf,
    bytes: Vec<u8>,
}

/// One ELF note of the owner `PINK`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) section: String,
    pub(crate) align: u64,
    pub(crate) kind: u32,
    pub(crate) desc: Vec<u8>,
}

/// What the headers say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EngineHeaders {
    pub(crate) needed: Vec<String>,
    pub(crate) exports: Vec<String>,
    pub(crate) notes: Vec<Note>,
    pub(crate) text_relocations: bool,
    pub(crate) executable_stack: bool,
    /// Why the notes can't be read.
    pub(crate) bad_notes: Option<String>,
}

impl File {
    /// Reads a file, which may be anything.
    pub(crate) fn read(path: &Path) -> Result<Self, FileError> {
        let failed = |error| FileError {
            path: path.into(),
            error,
        };
        // The loader looks names without a slash up elsewhere.
        let path = fs::canonicalize(path).map_err(failed)?;
        let bytes = fs::read(&path).map_err(failed)?;
        Ok(Self { path, bytes })
    }

    /// The ABI, by the exported symbol, or by the note if there are both symbols.
    pub(crate) fn abi(&self) -> Option<Abi> {
        let facts = self.facts().ok()?;
        let exported = |abi: &Abi| facts.exports.iter().any(|name| name == abi.symbol());
        let noted = |abi: &Abi| {
            let kind = facts.notes.first().map(|note| note.kind);
            kind == Some(u32::from(abi.major()))
        };
        let mut abis = [Abi::V1, Abi::V2].into_iter().filter(exported);
        match (abis.next(), abis.next()) {
            (Some(first), Some(second)) => Some([first, second].into_iter().find(noted)?),
            (only, _) => only,
        }
    }

    /// The headers; a sentence if it isn't a library of this machine.
    pub(crate) fn facts(&self) -> Result<EngineHeaders, String> {
        let bytes = self.bytes.as_slice();
        let broken = |error: object::Error| format!("not a 64-bit ELF file, or damaged: {error}");
        let file = ElfFile64::<LittleEndian>::parse(bytes).map_err(broken)?;
        let header = file.elf_header();
        let machine = header.e_machine(ENDIAN);
        if machine != MACHINE {
            return Err(format!(
                "made for ELF machine {}, this is {}",
                machine.0, MACHINE.0
            ));
        }
        let kind = header.e_type(ENDIAN);
        if kind != elf::ET_DYN {
            return Err(format!("ELF type {}, not a shared library", kind.0));
        }
        let mut facts = EngineHeaders::default();
        for segment in file.elf_program_headers() {
            segment
                .data(ENDIAN, bytes)
                .map_err(|()| "a segment lies beyond the end of the file".to_owned())?;
            facts.executable_stack |= segment.p_type(ENDIAN) == elf::PT_GNU_STACK
                && segment.p_flags(ENDIAN).0 & elf::PF_X.0 != 0;
        }
        let mut exports = BTreeSet::new();
        for symbol in file.dynamic_symbols() {
            if symbol.is_definition() && symbol.is_global() {
                exports.insert(symbol.name().map_err(broken)?.to_owned());
            }
        }
        facts.exports = exports.into_iter().collect();
        match notes(&file, bytes) {
            Ok(notes) => facts.notes = notes,
            Err(error) => facts.bad_notes = Some(error.to_string()),
        }
        let sections = file.elf_section_table();
        let dynamic = sections.dynamic(ENDIAN, bytes).map_err(broken)?;
        let (entries, strings) = dynamic.ok_or("no dynamic section")?;
        let strings = sections.strings(ENDIAN, bytes, strings).map_err(broken)?;
        for entry in entries {
            match entry.tag(ENDIAN) {
                elf::DT_NEEDED => {
                    let name = entry.string(ENDIAN, strings).map_err(broken)?;
                    facts
                        .needed
                        .push(String::from_utf8_lossy(name).into_owned());
                }
                elf::DT_TEXTREL => facts.text_relocations = true,
                elf::DT_FLAGS => facts.text_relocations |= entry.d_val(ENDIAN) & DF_TEXTREL != 0,
                _ => {}
            }
        }
        Ok(facts)
    }
}

/// The notes of the owner `PINK`.
fn notes(file: &ElfFile64<'_, LittleEndian>, bytes: &[u8]) -> object::Result<Vec<Note>> {
    let sections = file.elf_section_table();
    let mut found = Vec::new();
    for section in sections.iter() {
        let Some(mut notes) = section.notes(ENDIAN, bytes)? else {
            continue;
        };
        while let Some(note) = notes.next()? {
            if note.name() == note::OWNER.as_bytes() {
                let name = sections.section_name(ENDIAN, section)?;
                found.push(Note {
                    section: String::from_utf8_lossy(name).into_owned(),
                    align: section.sh_addralign(ENDIAN),
                    kind: note.n_type(ENDIAN).0,
                    desc: note.desc().to_vec(),
                });
            }
        }
    }
    Ok(found)
}
