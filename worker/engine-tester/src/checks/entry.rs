//! The second ABI's entry.

use super::file::read_note;
use crate::{
    check::{ensure, failed, Abi, Stop, Verdict},
    engine::{
        v2::{self, V2},
        Engine,
    },
    file::File,
    host::Heap,
    scenario::Scenario,
};
use pink_capi::v2::ffi::{Allocator, EngineEntry, ABI_MAJOR, ABI_MINOR, MAGIC};
use std::{
    ffi::{c_char, CStr},
    ptr, slice, thread,
};

/// The entry as it comes, whatever it says about itself. Only the frozen prefix may be read of it
/// before the prefix was looked at.
fn raw(file: &File) -> Result<*const EngineEntry, Stop> {
    let (_, enter) = v2::load(file)?;
    let (_, allocator) = Heap::new();
    // SAFETY: the allocator lives for ever.
    let entry = unsafe { enter(ABI_MINOR, allocator) };
    if entry.is_null() {
        Err(failed!("refuses a host of ABI minor {ABI_MINOR}"))
    } else {
        Ok(entry)
    }
}

pub(super) fn answers(file: &File, _: Abi) -> Verdict {
    let entry = raw(file)? as usize;
    ensure!(
        entry.is_multiple_of(align_of::<EngineEntry>()),
        "the entry isn't aligned"
    );
    Ok(())
}

pub(super) fn magic(file: &File, _: Abi) -> Verdict {
    let entry = raw(file)?;
    // SAFETY: a field of the frozen prefix.
    let magic = unsafe { (*entry).magic };
    ensure!(
        magic == MAGIC,
        "the magic is {magic:#018x}, not {MAGIC:#018x}"
    );
    Ok(())
}

pub(super) fn abi(file: &File, _: Abi) -> Verdict {
    let entry = raw(file)?;
    // SAFETY: a field of the frozen prefix.
    let major = unsafe { (*entry).abi_major };
    ensure!(
        major == ABI_MAJOR,
        "the entry's ABI is {major}, not {ABI_MAJOR}"
    );
    Ok(())
}

pub(super) fn size(file: &File, _: Abi) -> Verdict {
    let entry = raw(file)?;
    // SAFETY: a field of the frozen prefix.
    let size = unsafe { (*entry).struct_size } as usize;
    let least = size_of::<EngineEntry>();
    ensure!(
        size >= least,
        "the entry has {size} bytes, this minor has {least}"
    );
    Ok(())
}

pub(super) fn functions(file: &File, _: Abi) -> Verdict {
    // SAFETY: its size was a check before this one.
    let entry = unsafe { &*raw(file)? };
    ensure!(entry.create.is_some(), "create is NULL");
    ensure!(entry.destroy.is_some(), "destroy is NULL");
    ensure!(entry.execute.is_some(), "execute is NULL");
    ensure!(entry.get_extension.is_some(), "get_extension is NULL");
    text("name", entry.name)?;
    text("build", entry.build)
}

/// Checks a text of the entry.
fn text(what: &str, text: *const c_char) -> Verdict {
    ensure!(!text.is_null(), "{what} is NULL");
    // SAFETY: the header says that it ends with a NUL; if not, that shows here.
    let text = unsafe { CStr::from_ptr(text) };
    ensure!(text.to_str().is_ok(), "{what} isn't UTF-8");
    ensure!(
        text.count_bytes() < 4096,
        "{what} has {} bytes",
        text.count_bytes()
    );
    Ok(())
}

pub(super) fn note(file: &File, _: Abi) -> Verdict {
    let (entry, note) = (V2::open(file)?.entry, read_note(file)?);
    ensure!(
        entry.engine_version == note.engine_version,
        "the entry says version {}, the note {}",
        entry.engine_version,
        note.engine_version
    );
    ensure!(
        entry.abi_minor == note.abi_minor,
        "the entry says ABI minor {}, the note {}",
        entry.abi_minor,
        note.abi_minor
    );
    ensure!(
        entry.cost_table_hash == note.cost_table_hash,
        "the hashes of the cost table differ"
    );
    ensure!(
        entry.dep_tree_hash == note.dep_tree_hash,
        "the hashes of the dependency tree differ"
    );
    Ok(())
}

pub(super) fn later_minor(file: &File, _: Abi) -> Verdict {
    let engine = V2::open(file)?;
    for minor in [1, 9, u16::MAX] {
        // SAFETY: the allocator is the one in force.
        let entry = unsafe { (engine.enter)(minor, engine.allocator) };
        ensure!(!entry.is_null(), "a host of minor {minor} is refused");
    }
    Ok(())
}

/// The bytes of a table.
fn bytes(entry: &'static EngineEntry) -> Vec<u8> {
    // SAFETY: the table is static and as long as this type at least; it has no padding.
    unsafe { slice::from_raw_parts(ptr::from_ref(entry).cast(), size_of::<EngineEntry>()) }.to_vec()
}

pub(super) fn constant(file: &File, _: Abi) -> Verdict {
    let engine = V2::open(file)?;
    let before = bytes(engine.entry);
    Scenario::play(&Engine::V2(engine))?;
    // SAFETY: the allocator is the one in force.
    let entry = unsafe { (engine.enter)(ABI_MINOR, engine.allocator) };
    ensure!(
        ptr::eq(entry, engine.entry),
        "a second call gives another table"
    );
    ensure!(bytes(engine.entry) == before, "the table changed");
    Ok(())
}

pub(super) fn other_allocator(file: &File, _: Abi) -> Verdict {
    let engine = V2::open(file)?;
    let (other, table) = Heap::new();
    // SAFETY: the allocator lives for ever.
    let entry = unsafe { (engine.enter)(ABI_MINOR, table) };
    ensure!(entry.is_null(), "another allocator is accepted");
    Engine::V2(engine).describe()?;
    let taken = other.used().allocations;
    ensure!(taken == 0, "the other allocator was used {taken} times");
    Ok(())
}

pub(super) fn no_allocator(file: &File, _: Abi) -> Verdict {
    let (_, enter) = v2::load(file)?;
    // SAFETY: NULL is refused.
    let entry = unsafe { enter(ABI_MINOR, ptr::null()) };
    ensure!(entry.is_null(), "no allocator is accepted");
    let (_, allocator) = Heap::new();
    let short: &'static Allocator = Box::leak(Box::new(Allocator {
        struct_size: 16,
        ..*allocator
    }));
    // SAFETY: the struct is longer than it says, and lives for ever.
    let entry = unsafe { enter(ABI_MINOR, short) };
    ensure!(entry.is_null(), "an allocator of 16 bytes is accepted");
    // Neither of them is in force.
    // SAFETY: the allocator lives for ever.
    let entry = unsafe { enter(ABI_MINOR, allocator) };
    ensure!(
        !entry.is_null(),
        "after such calls a good allocator is refused"
    );
    Ok(())
}

pub(super) fn extension_unknown(file: &File, _: Abi) -> Verdict {
    let get = V2::open(file)?.entry.get_extension;
    let get = get.ok_or_else(|| failed!("get_extension is NULL"))?;
    for id in [c"pink.no-such-thing/1", c""] {
        // SAFETY: the name ends with a NUL.
        let here = unsafe { get(id.as_ptr()) };
        ensure!(here.is_null(), "{id:?} is answered with a table");
        // SAFETY: as above; the function may be called on any thread.
        let there = thread::spawn(move || unsafe { get(id.as_ptr()) }.is_null()).join();
        ensure!(
            there.unwrap_or(false),
            "{id:?} is answered with a table on another thread"
        );
    }
    Ok(())
}
