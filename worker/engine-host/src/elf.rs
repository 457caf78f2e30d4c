//! Looks at an engine's file before any of its code runs.
//!
//! `dlopen` runs constructors, so everything that can be known without executing the file is
//! checked first.

use crate::load::Abi;
use object::{
    elf,
    read::elf::{Dyn, ElfFile64, FileHeader, ProgramHeader, SectionHeader},
    LittleEndian, Object, ObjectSymbol,
};
use pink_capi::note::{EngineNote, NoteError, OWNER, SECTION};
use std::collections::BTreeSet;

/// Libraries that an engine may need: the C library, the unwinder, the loader itself.
const ALLOWED_LIBRARIES: &[&str] = &[
    "libc.so.6",
    "libgcc_s.so.1",
    "libm.so.6",
    "ld-linux-x86-64.so.2",
    "ld-linux-aarch64.so.1",
];

/// The machine that this worker runs on, as ELF numbers it.
#[cfg(target_arch = "x86_64")]
const MACHINE: elf::Machine = elf::EM_X86_64;
/// The machine that this worker runs on, as ELF numbers it.
#[cfg(target_arch = "aarch64")]
const MACHINE: elf::Machine = elf::EM_AARCH64;

/// The flag in `DT_FLAGS` that says what `DT_TEXTREL` says.
const DF_TEXTREL: u64 = 4;

/// What is wrong with a file that should be an engine.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ElfError {
    /// It isn't an ELF file of this kind of machine at all, or is cut off.
    #[error("not a 64-bit little-endian ELF file, or damaged: {reason}")]
    NotElf {
        /// What the parser said.
        reason: String,
    },
    /// It is for another machine.
    #[error("built for ELF machine {found}, this is {expected}")]
    Machine {
        /// This machine.
        expected: u16,
        /// By the file.
        found: u16,
    },
    /// It isn't a shared library.
    #[error("ELF type {found}, a shared library has {expected}", expected = elf::ET_DYN.0)]
    NotShared {
        /// By the file.
        found: u16,
    },
    /// It needs a library that an engine has no use for.
    #[error("needs {library}; an engine may need {allowed}", allowed = ALLOWED_LIBRARIES.join(", "))]
    Library {
        /// The library.
        library: String,
    },
    /// It doesn't export exactly the symbol of its ABI.
    #[error("exports [{found}], an engine exports {expected}", found = found.join(", "))]
    Symbols {
        /// The ABI's symbol.
        expected: String,
        /// By the file.
        found: Vec<String>,
    },
    /// Its code is changed when it is loaded, so it can't be mapped as it was hashed.
    #[error("has text relocations")]
    TextRelocations,
    /// Its stack may be executed.
    #[error("wants an executable stack")]
    ExecutableStack,
    /// It doesn't carry one `PINK` note where an engine has it.
    #[error("carries {found} PINK notes in {SECTION}, an engine carries one")]
    Notes {
        /// By the file.
        found: usize,
    },
    /// Its note isn't an engine's.
    #[error("{0}")]
    Note(NoteError),
    /// Its note and its symbol belong to different ABIs.
    #[error("its note names ABI {found}, what it exports is that of ABI {expected}")]
    NoteAbi {
        /// By the symbol.
        expected: u16,
        /// By the note.
        found: u16,
    },
}

/// What is known of a file without executing it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElfFacts {
    /// The libraries that it needs.
    pub needed: Vec<String>,
    /// The symbols that it exports.
    pub exports: Vec<String>,
    /// What it says about itself.
    pub note: EngineNote,
}

/// Reads a file and refuses what can't be an engine of this ABI, or of any that is spoken.
///
/// # Errors
/// The first thing that is wrong.
pub(crate) fn check(bytes: &[u8], abi: Option<Abi>) -> Result<ElfFacts, ElfError> {
    let Headers {
        needed,
        exports,
        notes,
    } = read(bytes)?;
    for library in &needed {
        if !ALLOWED_LIBRARIES.contains(&library.as_str()) {
            return Err(ElfError::Library {
                library: library.clone(),
            });
        }
    }
    let spoken = match &abi {
        Some(abi) => std::slice::from_ref(abi),
        None => Abi::ALL,
    };
    let Some(abi) = spoken.iter().find(|abi| exports == [abi.symbol()]) else {
        let symbols: Vec<_> = spoken.iter().map(|abi| abi.symbol()).collect();
        return Err(ElfError::Symbols {
            expected: symbols.join(" or "),
            found: exports,
        });
    };
    let major = abi.major();
    let [(kind, desc)] = notes.as_slice() else {
        return Err(ElfError::Notes { found: notes.len() });
    };
    let note = EngineNote::read(*kind, desc).map_err(ElfError::Note)?;
    if note.abi_major != major {
        return Err(ElfError::NoteAbi {
            expected: major,
            found: note.abi_major,
        });
    }
    Ok(ElfFacts {
        needed,
        exports,
        note,
    })
}

/// What the headers say, before it is judged.
struct Headers {
    needed: Vec<String>,
    exports: Vec<String>,
    /// Type and descriptor of each note that could be an engine's.
    notes: Vec<(u32, Vec<u8>)>,
}

fn not_elf(error: object::Error) -> ElfError {
    ElfError::NotElf {
        reason: error.to_string(),
    }
}

fn read(bytes: &[u8]) -> Result<Headers, ElfError> {
    let file = ElfFile64::<LittleEndian>::parse(bytes).map_err(not_elf)?;
    let header = file.elf_header();
    let machine = header.e_machine(LittleEndian);
    if machine != MACHINE {
        return Err(ElfError::Machine {
            expected: MACHINE.0,
            found: machine.0,
        });
    }
    let kind = header.e_type(LittleEndian);
    if kind != elf::ET_DYN {
        return Err(ElfError::NotShared { found: kind.0 });
    }
    for segment in file.elf_program_headers() {
        let flags = segment.p_flags(LittleEndian);
        if segment.p_type(LittleEndian) == elf::PT_GNU_STACK && flags.0 & elf::PF_X.0 != 0 {
            return Err(ElfError::ExecutableStack);
        }
        // A part of the file that isn't there would only be noticed by a bus error.
        segment
            .data(LittleEndian, bytes)
            .map_err(|()| ElfError::NotElf {
                reason: "a segment lies beyond the end of the file".into(),
            })?;
    }
    let mut exports = BTreeSet::new();
    for symbol in file.dynamic_symbols() {
        if symbol.is_definition() && symbol.is_global() {
            exports.insert(symbol.name().map_err(not_elf)?.to_owned());
        }
    }
    Ok(Headers {
        needed: needed(&file, bytes)?,
        exports: exports.into_iter().collect(),
        notes: notes(&file, bytes)?,
    })
}

/// The notes of the engines' owner in the engines' section.
fn notes(
    file: &ElfFile64<'_, LittleEndian>,
    bytes: &[u8],
) -> Result<Vec<(u32, Vec<u8>)>, ElfError> {
    let sections = file.elf_section_table();
    let mut found = Vec::new();
    for section in sections.iter() {
        let name = sections
            .section_name(LittleEndian, section)
            .map_err(not_elf)?;
        if name != SECTION.as_bytes() {
            continue;
        }
        let notes = section.notes(LittleEndian, bytes).map_err(not_elf)?;
        let Some(mut notes) = notes else {
            continue;
        };
        while let Some(note) = notes.next().map_err(not_elf)? {
            if note.name() == OWNER.as_bytes() {
                found.push((note.n_type(LittleEndian).0, note.desc().to_vec()));
            }
        }
    }
    Ok(found)
}

fn needed(file: &ElfFile64<'_, LittleEndian>, bytes: &[u8]) -> Result<Vec<String>, ElfError> {
    let sections = file.elf_section_table();
    let Some((entries, strings)) = sections.dynamic(LittleEndian, bytes).map_err(not_elf)? else {
        return Err(ElfError::NotElf {
            reason: "no dynamic section".into(),
        });
    };
    let strings = sections
        .strings(LittleEndian, bytes, strings)
        .map_err(not_elf)?;
    let mut needed = Vec::new();
    for entry in entries {
        let value = entry.d_val(LittleEndian);
        match entry.tag(LittleEndian) {
            elf::DT_NEEDED => {
                let name = entry.string(LittleEndian, strings).map_err(not_elf)?;
                needed.push(String::from_utf8_lossy(name).into_owned());
            }
            elf::DT_TEXTREL => return Err(ElfError::TextRelocations),
            elf::DT_FLAGS if value & DF_TEXTREL != 0 => {
                return Err(ElfError::TextRelocations);
            }
            _ => {}
        }
    }
    Ok(needed)
}
