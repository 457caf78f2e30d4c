//! What the file says, before any of its code runs.

use crate::{
    check::{ensure, failed, Abi, Verdict},
    engine::Symbol,
    file::{EngineHeaders, File},
};
use pink_capi::note::{EngineNote, SECTION};

/// Libraries that an engine may need: the C library, the unwinder, the loader itself.
const ALLOWED_LIBRARIES: &[&str] = &[
    "libc.so.6",
    "libgcc_s.so.1",
    "libm.so.6",
    "ld-linux-x86-64.so.2",
    "ld-linux-aarch64.so.1",
];

fn facts(file: &File) -> Result<EngineHeaders, crate::check::Stop> {
    file.facts().map_err(crate::check::Stop::Failed)
}

pub(super) fn elf(file: &File, _: Abi) -> Verdict {
    let facts = facts(file)?;
    ensure!(!facts.text_relocations, "has text relocations");
    ensure!(!facts.executable_stack, "wants an executable stack");
    Ok(())
}

pub(super) fn needed_libraries(file: &File, _: Abi) -> Verdict {
    for library in facts(file)?.needed {
        ensure!(
            ALLOWED_LIBRARIES.contains(&library.as_str()),
            "needs {library}; an engine may need {}",
            ALLOWED_LIBRARIES.join(", ")
        );
    }
    Ok(())
}

pub(super) fn exported_symbols(file: &File, _: Abi) -> Verdict {
    let exports = facts(file)?.exports;
    let symbols = [Abi::V1.symbol(), Abi::V2.symbol()];
    ensure!(
        matches!(exports.as_slice(), [only] if symbols.contains(&only.as_str())),
        "exports [{}], an engine exports one of {}",
        exports.join(", "),
        symbols.join(" and ")
    );
    Ok(())
}

pub(super) fn note(file: &File, abi: Abi) -> Verdict {
    let note = read_note(file)?;
    ensure!(
        note.abi_major == abi.major(),
        "names ABI {}, the exported symbol is that of ABI {abi}",
        note.abi_major
    );
    ensure!(
        note.reserved == 0,
        "the reserved field is {:#x}",
        note.reserved
    );
    Ok(())
}

/// The file's one note, if it is in order.
pub(super) fn read_note(file: &File) -> Result<EngineNote, crate::check::Stop> {
    let facts = facts(file)?;
    if let Some(error) = facts.bad_notes {
        return Err(failed!("the notes can't be read: {error}"));
    }
    let [note] = facts.notes.as_slice() else {
        return Err(failed!(
            "{} PINK notes, there has to be one",
            facts.notes.len()
        ));
    };
    ensure!(
        note.section == SECTION,
        "in section {}, not {SECTION}",
        note.section
    );
    ensure!(note.align == 4, "aligned to {} bytes, not 4", note.align);
    EngineNote::read(note.kind, &note.desc).map_err(|error| failed!("{error}"))
}

pub(super) fn loads(file: &File, abi: Abi) -> Verdict {
    Symbol::load(file, abi).map(|_| ())
}
