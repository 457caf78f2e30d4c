//! The extension `pink.prepare/1`, of engines that compile.

use super::threads::same_as_alone;
use crate::{
    check::{ensure, failed, Abi, Stop, Verdict},
    child::STACK_BYTES,
    engine::{
        name,
        prepare::{ask, Prepared},
        Engine,
    },
    file::File,
    host::threads,
    scenario::{code, Scenario},
};
use pink_capi::v2::{
    ffi::{self, Buf, Bytes},
    prepare::{Wanted, INTERPRETED, MAGIC, NATIVE},
};
use std::{ptr, slice, thread};

/// The bytes of a table.
fn bytes(prepared: &Prepared) -> Vec<u8> {
    let table = ptr::from_ref(prepared.table);
    // SAFETY: the table is static and as long as this type at least; it has no padding.
    unsafe { slice::from_raw_parts(table.cast(), size_of_val(prepared.table)) }.to_vec()
}

pub(super) fn table(file: &File, _: Abi) -> Verdict {
    let prepared = Prepared::open(file)?;
    let (here, before) = (ptr::from_ref(prepared.table) as usize, bytes(&prepared));
    Scenario::play(&Engine::V2(prepared.engine))?;
    // What comes of it is another check's.
    let _ = prepared.compile(code(prepared.engine.entry.engine_version));
    let there = thread::spawn(move || ask(&prepared.engine).map(|table| table as usize))
        .join()
        .map_err(|_| failed!("a thread panicked"))??;
    ensure!(there == here, "another call gives another table");
    ensure!(bytes(&prepared) == before, "the table changed");
    Ok(())
}

pub(super) fn null(file: &File, _: Abi) -> Verdict {
    let prepared = Prepared::open(file)?;
    let Prepared {
        compiler,
        compile,
        install,
        wanted,
        ..
    } = prepared;
    let (code, hash) = (Bytes::of(b"code"), [0; 32]);
    let (mut name_of, mut n) = ([0; 32], 0);
    let (mut one, mut other) = (Buf::ABSENT, Buf::ABSENT);
    let mut room = Wanted {
        code_hash: [0; 32],
        count: 0,
    };
    // SAFETY: NULL and absent bytes are refused; what isn't NULL is valid for the call.
    let answers = unsafe {
        [
            ("compiler(NULL, …)", compiler(ptr::null_mut(), &mut one)),
            ("compiler(…, NULL)", compiler(&mut name_of, ptr::null_mut())),
            (
                "compile(absent, …)",
                compile(Bytes::ABSENT, &mut one, &mut other),
            ),
            (
                "compile(…, NULL, …)",
                compile(code, ptr::null_mut(), &mut other),
            ),
            (
                "compile(…, …, NULL)",
                compile(code, &mut one, ptr::null_mut()),
            ),
            ("install(NULL, …)", install(ptr::null_mut(), code, &mut one)),
            (
                "install(…, absent, …)",
                install(&hash, Bytes::ABSENT, &mut one),
            ),
            ("install(…, …, NULL)", install(&hash, code, ptr::null_mut())),
            ("wanted(NULL, 1, …)", wanted(ptr::null_mut(), 1, &mut n)),
            ("wanted(…, NULL)", wanted(&mut room, 1, ptr::null_mut())),
        ]
    };
    for (call, status) in answers {
        ensure!(status == ffi::E_ARGUMENT, "{call}: {}", name(status));
    }
    Ok(())
}

pub(super) fn compiler(file: &File, _: Abi) -> Verdict {
    let prepared = Prepared::open(file)?;
    let first = prepared.name()?;
    Scenario::play(&Engine::V2(prepared.engine))?;
    let there = thread::spawn(move || prepared.name())
        .join()
        .map_err(|_| failed!("a thread panicked"))??;
    ensure!(there == first, "its compiler changes its name");
    Ok(())
}

/// The artefact of the scenario's code.
fn artefact(prepared: &Prepared) -> Result<Vec<u8>, Stop> {
    let given = prepared.compile(code(prepared.engine.entry.engine_version))?;
    match (given.status, &given.bytes) {
        (ffi::OK, Some(_)) => {}
        (ffi::OK, None) => return Err(failed!("compile answers OK and gives no artefact")),
        (ffi::NONE, _) => {
            let text = "the scenario's code is only ever interpreted";
            return Err(Stop::NotApplicable(text.into()));
        }
        _ => return Err(failed!("compile: {}", given.describe())),
    }
    Ok(given.bytes.unwrap_or_default())
}

pub(super) fn compile(file: &File, _: Abi) -> Verdict {
    let prepared = Prepared::open(file)?;
    let refused = |what: &str, code: &[u8]| {
        let given = prepared.compile(code)?;
        let says = given.describe();
        ensure!(given.status == ffi::E_ARGUMENT, "{what}: {says}");
        Ok(())
    };
    refused("no byte", b"")?;
    refused("what is no code", b"not code")?;
    let begin = [MAGIC.as_slice(), &prepared.name()?].concat();
    // The second, after refusals.
    for turn in ["once", "twice"] {
        let made = artefact(&prepared)?;
        ensure!(
            made.starts_with(&begin),
            "{turn}: an artefact doesn't begin with the magic and the compiler's name"
        );
        refused("what is no code", b"not code")?;
    }
    Ok(())
}

pub(super) fn memory(file: &File, _: Abi) -> Verdict {
    const ROUNDS: usize = 3;
    let prepared = Prepared::open(file)?;
    let heap = prepared.engine.heap;
    let round = || {
        for _ in 0..ROUNDS {
            artefact(&prepared)?;
        }
        Ok(heap.used())
    };
    let (first, second) = (round()?, round()?);
    ensure!(
        second.bytes <= first.bytes && second.blocks <= first.blocks,
        "{} bytes in {} blocks after {ROUNDS} compilations, {} in {} after {}",
        first.bytes,
        first.blocks,
        second.bytes,
        second.blocks,
        2 * ROUNDS
    );
    Ok(())
}

/// The hash of the scenario's code.
fn code_hash(prepared: &Prepared) -> [u8; 32] {
    let code = code(prepared.engine.entry.engine_version);
    let digest = blake2b_simd::Params::new().hash_length(32).hash(code);
    let mut hash = [0; 32];
    hash.copy_from_slice(digest.as_bytes());
    hash
}

pub(super) fn install(file: &File, _: Abi) -> Verdict {
    let prepared = Prepared::open(file)?;
    let made = artefact(&prepared)?;
    let hash = code_hash(&prepared);
    let installed = |what: &str, artefact: &[u8], expected| {
        let given = prepared.install(&hash, artefact)?;
        let says = given.describe();
        ensure!(given.status == expected, "{what}: {says}");
        Ok(())
    };
    installed("no byte", b"", ffi::E_ARGUMENT)?;
    let begin = MAGIC.len() + 32;
    for len in [1, MAGIC.len(), begin - 1] {
        let what = format!("its first {len} bytes");
        installed(&what, &made[..len], ffi::E_ARGUMENT)?;
    }
    for at in 0..begin {
        let mut changed = made.clone();
        changed[at] ^= 1;
        let expected = match at {
            0..8 => ffi::E_ARGUMENT,
            _ => ffi::E_UNSUPPORTED,
        };
        installed(&format!("another byte {at}"), &changed, expected)?;
    }
    installed("what compile made", &made, ffi::OK)?;
    installed("the same again", &made, ffi::OK)
}

pub(super) fn wanted(file: &File, _: Abi) -> Verdict {
    let prepared = Prepared::open(file)?;
    Scenario::play(&Engine::V2(prepared.engine))?;
    let first = prepared.wanted(64)?;
    for pair in first.windows(2) {
        ensure!(
            pair[0].count >= pair[1].count,
            "what was run {} times comes before what was run {} times",
            pair[0].count,
            pair[1].count
        );
    }
    for (at, one) in first.iter().enumerate() {
        ensure!(one.count > 0, "code that was never run is wanted");
        ensure!(
            first[..at].iter().all(|it| it.code_hash != one.code_hash),
            "the same code is wanted twice"
        );
    }
    let again = prepared.wanted(64)?;
    ensure!(
        again.is_empty(),
        "what was told once is told again: {} of {}",
        again.len(),
        first.len()
    );
    prepared.wanted(0)?;
    let hash = code_hash(&prepared);
    if first.iter().any(|it| it.code_hash == hash) {
        let given = prepared.compile(code(prepared.engine.entry.engine_version))?;
        ensure!(
            given.status == ffi::OK,
            "code is wanted that isn't compiled: {}",
            given.describe()
        );
    }
    Ok(())
}

pub(super) fn mode(file: &File, _: Abi) -> Verdict {
    let prepared = Prepared::open(file)?;
    for (mode, expected) in [
        (0, ffi::E_UNSUPPORTED),
        (NATIVE, ffi::OK),
        (INTERPRETED, ffi::OK),
        (INTERPRETED, ffi::OK),
        (3, ffi::E_UNSUPPORTED),
        (u32::MAX, ffi::E_UNSUPPORTED),
        (NATIVE, ffi::OK),
    ] {
        let status = prepared.set_mode(mode);
        ensure!(status == expected, "set_mode({mode}): {}", name(status));
    }
    Ok(())
}

/// Installs the scenario's code.
fn install_all(prepared: &Prepared) -> Verdict {
    let given = prepared.install(&code_hash(prepared), &artefact(prepared)?)?;
    ensure!(given.status == ffi::OK, "install: {}", given.describe());
    Ok(())
}

pub(super) fn results(file: &File, _: Abi) -> Verdict {
    let prepared = Prepared::open(file)?;
    let engine = Engine::V2(prepared.engine);
    let alone = Scenario::play(&engine)?;
    install_all(&prepared)?;
    let instance = engine.instance()?;
    for mode in [NATIVE, INTERPRETED, NATIVE] {
        let status = prepared.set_mode(mode);
        ensure!(status == ffi::OK, "set_mode({mode}): {}", name(status));
        same_as_alone(&alone, &instance)
            .and_then(|()| same_as_alone(&alone, &engine.instance()?))
            .map_err(|stop| in_mode(mode, stop))?;
    }
    Ok(())
}

fn in_mode(mode: u32, stop: Stop) -> Stop {
    match stop {
        Stop::Failed(reason) => failed!("installed, in mode {mode}: {reason}"),
        stop => stop,
    }
}

pub(super) fn concurrent(file: &File, _: Abi) -> Verdict {
    const THREADS: usize = 4;
    let before = threads();
    let prepared = Prepared::open(file)?;
    let engine = Engine::V2(prepared.engine);
    let alone = Scenario::play(&engine)?;
    artefact(&prepared)?;
    let compiling: Vec<_> = (0..THREADS)
        .map(|_| {
            thread::Builder::new()
                .stack_size(STACK_BYTES)
                .spawn(move || {
                    artefact(&prepared)?;
                    prepared.wanted(8)?;
                    prepared.name().map(|_| ())
                })
                .map_err(|error| failed!("can't start a thread: {error}"))
        })
        .collect::<Result<_, Stop>>()?;
    let instance = engine.instance()?;
    for turn in 0..4 {
        if turn == 2 {
            install_all(&prepared)?;
        }
        same_as_alone(&alone, &instance)?;
    }
    for thread in compiling {
        thread.join().map_err(|_| failed!("a thread panicked"))??;
    }
    // A thread that was waited for may be listed for a moment still.
    let left = (0..1000).find(|_| {
        thread::yield_now();
        threads() == before
    });
    let after = threads();
    ensure!(
        left.is_some(),
        "{after} threads, {before} before the engine was loaded"
    );
    Ok(())
}
