//! Looks at a built engine without running it: what a worker will ask of the file, and that
//! nothing of this machine is in it.

use super::Version;
use crate::error::{Error, Result};
use object::{
    elf,
    read::elf::{Dyn, ElfFile64, NoteIterator, ProgramHeader, SectionHeader},
    LittleEndian, Object, ObjectSymbol,
};
use pink_capi::{
    note::{EngineNote, OWNER, SECTION},
    v1, v2,
};
use std::path::PathBuf;

/// Libraries that an engine may need.
const ALLOWED: &[&str] = &[
    "libc.so.6",
    "libgcc_s.so.1",
    "libm.so.6",
    "ld-linux-x86-64.so.2",
    "ld-linux-aarch64.so.1",
];

const DF_TEXTREL: u64 = 4;
const DF_1_NOW: u64 = 1;
const DF_1_NODELETE: u64 = 8;

type Elf<'b> = ElfFile64<'b, LittleEndian>;

/// Refuses an engine that a worker would refuse, or that names one of `folders`.
pub(super) fn check(bytes: &[u8], version: Version, folders: &[PathBuf]) -> Result<EngineNote> {
    let fault = |reason: String| version.fault(reason);
    let damaged = |error: object::Error| fault(error.to_string());
    let file = Elf::parse(bytes).map_err(damaged)?;

    let note = note(&file, version)?;
    let found = note.engine_version;
    if (found.major, found.minor) != (version.major, version.minor) {
        return Err(fault(format!("its note names version {found}")));
    }
    let symbol = match note.abi_major {
        v1::ffi::ABI_MAJOR => v1::ffi::INIT_SYMBOL,
        v2::ffi::ABI_MAJOR => v2::ffi::ENTRY_SYMBOL,
        other => return Err(fault(format!("its note names ABI {other}"))),
    };
    let mut exports = Vec::new();
    for found in file.dynamic_symbols() {
        if found.is_definition() && found.is_global() {
            exports.push(found.name_bytes().map_err(damaged)?);
        }
    }
    if exports != [symbol.to_bytes()] {
        let names: Vec<_> = exports
            .iter()
            .map(|name| String::from_utf8_lossy(name))
            .collect();
        return Err(fault(format!(
            "it exports [{}] instead of {} alone",
            names.join(", "),
            symbol.to_string_lossy()
        )));
    }
    dynamic(&file, bytes, version)?;
    for segment in file.elf_program_headers() {
        let flags = segment.p_flags(LittleEndian).0;
        if segment.p_type(LittleEndian) == elf::PT_GNU_STACK && flags & elf::PF_X.0 != 0 {
            return Err(fault("it wants an executable stack".into()));
        }
    }
    for folder in folders {
        let name = folder.as_os_str().as_encoded_bytes();
        // A folder like `/w` would be found by chance.
        if name.len() > 3 && bytes.windows(name.len()).any(|window| window == name) {
            let folder = folder.display();
            return Err(fault(format!(
                "the folder {folder} of this machine is in it"
            )));
        }
    }
    Ok(note)
}

/// Reads the one note of owner `PINK`.
pub(super) fn note(file: &Elf<'_>, version: Version) -> Result<EngineNote> {
    let damaged = |error: object::Error| version.fault(error.to_string());
    let section = file
        .section_by_name(SECTION)
        .ok_or_else(|| version.fault(format!("it has no section {SECTION}")))?;
    let mut notes = section
        .elf_section_header()
        .notes(LittleEndian, file.data())
        .map_err(damaged)?
        .ok_or_else(|| version.fault(format!("section {SECTION} holds no notes")))?;
    read_one(&mut notes).map_err(|reason| version.fault(reason))
}

fn read_one(
    notes: &mut NoteIterator<'_, elf::FileHeader64<LittleEndian>>,
) -> std::result::Result<EngineNote, String> {
    let note = notes
        .next()
        .map_err(|error| error.to_string())?
        .ok_or("its section of notes is empty")?;
    if note.name() != OWNER.as_bytes() {
        return Err(format!(
            "its note belongs to '{}'",
            String::from_utf8_lossy(note.name())
        ));
    }
    let read = EngineNote::read(note.n_type(LittleEndian).0, note.desc());
    if notes.next().map_err(|error| error.to_string())?.is_some() {
        return Err("it has more than one note".into());
    }
    read.map_err(|error| error.to_string())
}

/// Checks the table that the loader goes by.
fn dynamic(file: &Elf<'_>, bytes: &[u8], version: Version) -> Result<()> {
    let fault = |reason: &str| -> Error { version.fault(reason) };
    let damaged = |error: object::Error| version.fault(error.to_string());
    let sections = file.elf_section_table();
    let (entries, link) = sections
        .dynamic(LittleEndian, bytes)
        .map_err(damaged)?
        .ok_or_else(|| fault("it has no dynamic section"))?;
    let strings = sections
        .strings(LittleEndian, bytes, link)
        .map_err(damaged)?;
    let (mut soname, mut flags_1) = (None, 0);
    for entry in entries {
        let value = entry.d_val(LittleEndian);
        match entry.d_tag(LittleEndian) {
            elf::DT_NEEDED => {
                let name = entry.string(LittleEndian, strings).map_err(damaged)?;
                if !ALLOWED.iter().any(|allowed| allowed.as_bytes() == name) {
                    let name = String::from_utf8_lossy(name);
                    return Err(version.fault(format!("it needs {name}")));
                }
            }
            elf::DT_SONAME => {
                soname = Some(entry.string(LittleEndian, strings).map_err(damaged)?);
            }
            elf::DT_TEXTREL => return Err(fault("it has text relocations")),
            elf::DT_FLAGS if value & DF_TEXTREL != 0 => {
                return Err(fault("it has text relocations"));
            }
            elf::DT_FLAGS_1 => flags_1 = value,
            _ => {}
        }
    }
    if soname != Some(version.file().as_bytes()) {
        return Err(fault("it doesn't bear its own name"));
    }
    if flags_1 & (DF_1_NOW | DF_1_NODELETE) != DF_1_NOW | DF_1_NODELETE {
        return Err(fault("it was linked without `-z now -z nodelete`"));
    }
    Ok(())
}
