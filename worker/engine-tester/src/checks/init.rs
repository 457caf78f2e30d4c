//! The first ABI: how an engine is started, and what its one function promises.

use super::file::read_note;
use crate::{
    check::{ensure, failed, Abi, Verdict},
    engine::{
        v1::{self, V1},
        Engine,
    },
    file::File,
    host::{Heap, Session, Settings, State},
    scenario::Scenario,
};
use pink_capi::{
    calls::{ECALLS, OCALLS},
    v1::ffi::{self, Allocator, Config, Entry},
    v2::Kind,
    Fault,
};
use std::{mem::MaybeUninit, ptr, sync::Arc};

/// What memory is filled with that an engine must not write to.
const GUARD: u8 = 0x5A;

pub(super) fn answers(file: &File, _: Abi) -> Verdict {
    V1::open(file).map(|_| ())
}

pub(super) fn abi(file: &File, _: Abi) -> Verdict {
    let engine = V1::open(file)?;
    let (_, entry) = start(&engine, &v1::config(engine.allocator));
    ensure!(
        entry.abi_major == ffi::ABI_MAJOR,
        "the entry's ABI is {}",
        entry.abi_major
    );
    Ok(())
}

pub(super) fn note(file: &File, _: Abi) -> Verdict {
    let (engine, note) = (V1::open(file)?, read_note(file)?);
    ensure!(
        engine.version == note.engine_version,
        "the entry says {}, the note {}",
        engine.version,
        note.engine_version
    );
    let described = Engine::V1(engine).describe()?.cost_table_hash;
    ensure!(
        described == note.cost_table_hash,
        "describes another cost table than the note"
    );
    Ok(())
}

/// Starts an engine once more.
fn start(engine: &V1, config: &Config) -> (i32, Entry) {
    let mut entry = v1::EMPTY;
    // SAFETY: both structs are what the header asks for.
    let status = unsafe { (engine.init)(config, &mut entry) };
    (status, entry)
}

pub(super) fn null(file: &File, _: Abi) -> Verdict {
    let init = v1::load(file)?;
    let (_, allocator) = Heap::new();
    let mut entry = v1::EMPTY;
    let config = v1::config(allocator);
    let lacking = Config {
        allocator: ptr::null(),
        ..config
    };
    // SAFETY: NULL is refused, the rest is what the header asks for.
    let answers = unsafe {
        [
            ("config", init(ptr::null(), &mut entry)),
            ("entry", init(&config, ptr::null_mut())),
            ("allocator", init(&lacking, &mut entry)),
        ]
    };
    for (what, status) in answers {
        ensure!(
            status == ffi::STATUS_ARGUMENT,
            "{what} is NULL: status {status}, not {}",
            ffi::STATUS_ARGUMENT
        );
    }
    Ok(())
}

pub(super) fn short_structs(file: &File, _: Abi) -> Verdict {
    let init = v1::load(file)?;
    let (_, allocator) = Heap::new();
    let short: &'static Allocator = Box::leak(Box::new(Allocator {
        struct_size: 8,
        ..*allocator
    }));
    let config = v1::config(allocator);
    let cases = [
        (
            "the config",
            Config {
                struct_size: 8,
                ..config
            },
            v1::EMPTY,
        ),
        (
            "the entry",
            config,
            Entry {
                struct_size: 8,
                ..v1::EMPTY
            },
        ),
        (
            "the allocator",
            Config {
                allocator: short,
                ..config
            },
            v1::EMPTY,
        ),
    ];
    for (what, config, mut entry) in cases {
        // SAFETY: the structs are longer than they say.
        let status = unsafe { init(&config, &mut entry) };
        ensure!(
            status == ffi::STATUS_ARGUMENT,
            "{what} has 8 bytes: status {status}, not {}",
            ffi::STATUS_ARGUMENT
        );
        let untouched = entry.ecall.is_none() && entry.engine_major == 0 && entry.engine_minor == 0;
        ensure!(untouched, "{what} has 8 bytes: the entry was written to");
    }
    Ok(())
}

pub(super) fn longer_structs(file: &File, _: Abi) -> Verdict {
    /// A struct of a later minor: the known fields and 64 bytes more.
    #[repr(C)]
    struct Longer<T> {
        known: T,
        more: [u8; 64],
    }
    let init = v1::load(file)?;
    let (_, allocator) = Heap::new();
    let config = Longer {
        known: Config {
            struct_size: size_of::<Longer<Config>>() as u32,
            abi_minor: 9,
            ..v1::config(allocator)
        },
        more: [GUARD; 64],
    };
    let mut entry = Longer {
        known: Entry {
            struct_size: size_of::<Longer<Entry>>() as u32,
            ..v1::EMPTY
        },
        more: [GUARD; 64],
    };
    let entry_at = ptr::from_mut(&mut entry);
    // SAFETY: both structs are as long as they say.
    let status = unsafe { init(ptr::from_ref(&config).cast(), entry_at.cast()) };
    ensure!(status == ffi::STATUS_OK, "status {status}");
    // SAFETY: `entry` is there until the end of this function.
    let more = unsafe { (*entry_at).more };
    ensure!(
        more == [GUARD; 64],
        "bytes that this minor doesn't know were written to"
    );
    Ok(())
}

pub(super) fn earlier_minor(file: &File, _: Abi) -> Verdict {
    for minor in 0..ffi::ABI_MINOR {
        let later = OCALLS.iter().filter(|row| row.v1_minor > minor);
        let later: Vec<_> = later.map(|row| row.id).collect();
        let engine = Engine::V1(V1::open_for(file, minor)?);
        for step in &Scenario::play(&engine)?.steps {
            let ocalls = step.done.session.ocalls();
            let early = ocalls.iter().find(|id| later.contains(id));
            ensure!(
                early.is_none(),
                "{}: makes ocall {} to a host of minor {minor}",
                step.name,
                early.unwrap_or(&0)
            );
        }
    }
    Ok(())
}

pub(super) fn future_major(file: &File, _: Abi) -> Verdict {
    let init = v1::load(file)?;
    let (_, allocator) = Heap::new();
    for abi_major in [0, 2, 7] {
        let config = Config {
            abi_major,
            ..v1::config(allocator)
        };
        let mut entry = MaybeUninit::new(v1::EMPTY);
        // SAFETY: both structs are what the header asks for.
        let status = unsafe { init(&config, entry.as_mut_ptr()) };
        ensure!(
            status == ffi::STATUS_UNSUPPORTED,
            "a host of ABI {abi_major}: status {status}, not {}",
            ffi::STATUS_UNSUPPORTED
        );
    }
    Ok(())
}

pub(super) fn again(file: &File, _: Abi) -> Verdict {
    let engine = V1::open(file)?;
    let (status, entry) = start(&engine, &v1::config(engine.allocator));
    ensure!(
        status == ffi::STATUS_OK,
        "the same config again: status {status}"
    );
    let same = entry
        .ecall
        .is_some_and(|ecall| std::ptr::fn_addr_eq(ecall, engine.ecall));
    ensure!(same, "the same config again: another ecall");
    let (_, other) = Heap::new();
    let (status, _) = start(&engine, &v1::config(other));
    ensure!(
        status == ffi::STATUS_REINITIALISED,
        "another allocator: status {status}, not {}",
        ffi::STATUS_REINITIALISED
    );
    // The first one is still in force.
    Engine::V1(engine).describe().map(|_| ())
}

pub(super) fn ecall_unknown(file: &File, _: Abi) -> Verdict {
    let engine = V1::open(file)?;
    let known = |id: &u32| ECALLS.iter().any(|row| row.id == *id);
    let unknown = (0..100).chain([1 << 16, u32::MAX]);
    for id in unknown.filter(|id| !known(id)) {
        let session = Session::begin(Arc::new(State::new()), Settings::of(Kind::View));
        let replies = engine.cross(session, id, Some(&[1, 2, 3]));
        ensure!(
            replies.fault() == Some(Fault::UnknownCall { id }),
            "call {id}: {:?}, {} replies",
            replies.fault(),
            replies.count
        );
    }
    Ok(())
}

pub(super) fn ecall_replies_once(file: &File, _: Abi) -> Verdict {
    let engine = V1::open(file)?;
    let scenario = Scenario::play(&Engine::V1(engine))?;
    for step in &scenario.steps {
        let (id, args) = (step.work.id(), step.work.args());
        // Arguments that are cut off get one reply as well.
        for args in [&args[..], &args[..args.len() / 2]] {
            // NULL may stand for no arguments.
            let data = (!args.is_empty()).then_some(args);
            let settings = Settings::of(step.work.kind());
            let session = Session::begin(step.before.clone(), settings);
            let replies = engine.cross(session, id, data);
            session.end();
            let name = step.name;
            ensure!(replies.count == 1, "{name}: {} replies", replies.count);
            ensure!(!replies.null, "{name}: the reply is NULL");
            ensure!(
                !replies.strange_thread,
                "{name}: a reply from another thread"
            );
            if replies.bytes.is_empty() {
                return Err(failed!(
                    "{name}: an empty reply, a SCALE result has a byte at least"
                ));
            }
        }
    }
    Ok(())
}
