//! What a caller may get wrong.

use crate::{
    check::{ensure, Abi, Verdict},
    engine::{
        name,
        v2::{self, Instance, V2},
    },
    file::File,
    host::{Session, Settings, State},
    scenario,
};
use pink_capi::{
    calls::ECALLS,
    v2::{
        ffi::{self, Buf, Bytes, ExecRequest, ExecResult, HostCtx, Status},
        Kind,
    },
};
use std::{
    ptr,
    sync::{
        atomic::{AtomicU32, Ordering},
        Arc,
    },
};

/// What memory is filled with that an engine must not write to.
const GUARD: u8 = 0x5A;

pub(super) fn session(kind: Kind) -> &'static Session {
    Session::begin(Arc::new(State::new()), Settings::of(kind))
}

/// Calls `execute` with what may be NULL.
fn execute(
    engine: &V2,
    instance: *mut ffi::Engine,
    request: *const ExecRequest,
    result: *mut ExecResult,
) -> Status {
    // SAFETY: each pointer is NULL or as long as its first field says; the engine refuses NULL.
    unsafe { (engine.execute)(instance, request, result) }
}

pub(super) fn null(file: &File, _: Abi) -> Verdict {
    let engine = V2::open(file)?;
    let instance = engine.instance()?;
    let input = scenario::sample(Kind::View).input();
    let request = v2::request(session(Kind::View), Kind::View as u32, &input);
    let no_ctx = ExecRequest {
        ctx: ptr::null_mut::<HostCtx>(),
        ..request
    };
    let no_input = ExecRequest {
        input: Bytes::ABSENT,
        ..request
    };
    let mut result = v2::EMPTY;
    let out = ptr::from_mut(&mut result);
    let answers = [
        ("instance", execute(&engine, ptr::null_mut(), &request, out)),
        ("request", execute(&engine, instance.raw, ptr::null(), out)),
        (
            "result",
            execute(&engine, instance.raw, &request, ptr::null_mut()),
        ),
        ("context", execute(&engine, instance.raw, &no_ctx, out)),
        ("input", execute(&engine, instance.raw, &no_input, out)),
    ];
    for (what, status) in answers {
        ensure!(
            status == ffi::E_ARGUMENT,
            "{what} is NULL: {}",
            name(status)
        );
    }
    still_works(&instance)
}

/// A refusal leaves the instance as it was.
pub(super) fn still_works(instance: &Instance) -> Verdict {
    let input = scenario::sample(Kind::View).input();
    let done = instance.run(session(Kind::View), Kind::View as u32, &input);
    ensure!(
        done.status == ffi::OK,
        "the call after it: {}",
        done.describe()
    );
    Ok(())
}

pub(super) fn short_structs(file: &File, _: Abi) -> Verdict {
    let engine = V2::open(file)?;
    let instance = engine.instance()?;
    let input = scenario::sample(Kind::View).input();
    let request = v2::request(session(Kind::View), Kind::View as u32, &input);
    for short in [0, 8, 16] {
        let mut result = v2::EMPTY;
        let request = ExecRequest {
            struct_size: short,
            ..request
        };
        let status = execute(&engine, instance.raw, &request, &mut result);
        ensure!(
            status == ffi::E_ARGUMENT,
            "a request of {short} bytes: {}",
            name(status)
        );
    }
    for short in [8_u32, 48, 88] {
        // Everything behind the size is memory of somebody else.
        let mut bytes = [GUARD; size_of::<ExecResult>()];
        bytes[..4].copy_from_slice(&short.to_le_bytes());
        let mut aligned = AlignedResult(bytes);
        let out = ptr::from_mut(&mut aligned).cast();
        let status = execute(&engine, instance.raw, &request, out);
        ensure!(
            status == ffi::E_ARGUMENT,
            "a result of {short} bytes: {}",
            name(status)
        );
        ensure!(
            aligned.0[short as usize..]
                .iter()
                .all(|byte| *byte == GUARD),
            "a result of {short} bytes: what is behind it was written to"
        );
    }
    still_works(&instance)
}

#[repr(C, align(8))]
struct AlignedResult([u8; size_of::<ExecResult>()]);

pub(super) fn longer_structs(file: &File, _: Abi) -> Verdict {
    /// A struct of a later minor: the known fields and 64 bytes more.
    #[repr(C)]
    struct Longer<T> {
        known: T,
        more: [u8; 64],
    }
    let engine = V2::open(file)?;
    let instance = engine.instance()?;
    let input = scenario::sample(Kind::View).input();
    let session = session(Kind::View);
    let request = Longer {
        known: ExecRequest {
            struct_size: size_of::<Longer<ExecRequest>>() as u32,
            ..v2::request(session, Kind::View as u32, &input)
        },
        more: [GUARD; 64],
    };
    let mut result = Longer {
        known: ExecResult {
            struct_size: size_of::<Longer<ExecResult>>() as u32,
            ..v2::EMPTY
        },
        more: [GUARD; 64],
    };
    let out = ptr::from_mut(&mut result);
    let status = execute(
        &engine,
        instance.raw,
        ptr::from_ref(&request).cast(),
        out.cast(),
    );
    // SAFETY: `result` is there until the end of this function.
    let result = unsafe { out.read() };
    let done = instance.finish(session, status, result.known);
    ensure!(done.status == ffi::OK, "{}", done.describe());
    ensure!(
        result.more == [GUARD; 64],
        "bytes that this minor doesn't know were written to"
    );
    Ok(())
}

pub(super) fn unknown_kind(file: &File, _: Abi) -> Verdict {
    let engine = V2::open(file)?;
    let instance = engine.instance()?;
    for kind in [0, 8, 9, 256 + Kind::View as u32, u32::MAX] {
        let input = scenario::sample(Kind::View).input();
        let done = instance.run(session(Kind::View), kind, &input);
        ensure!(
            done.status == ffi::E_UNSUPPORTED,
            "kind {kind}: {}",
            done.describe()
        );
    }
    // A view of a later table, whatever arguments it would have.
    let known = |index: &u8| ECALLS.iter().any(|row| row.id == u32::from(*index));
    let unknown = (0..=u8::MAX).filter(|index| !known(index));
    for input in unknown.flat_map(|index| [vec![index], vec![index, 1, 2, 3]]) {
        let done = instance.run(session(Kind::View), Kind::View as u32, &input);
        ensure!(
            done.status == ffi::E_UNSUPPORTED,
            "view {}: {}",
            input.first().unwrap_or(&0),
            done.describe()
        );
    }
    still_works(&instance)
}

/// How often the host's own garbage was released.
static GARBAGE_RELEASED: AtomicU32 = AtomicU32::new(0);

unsafe extern "C" fn release_garbage(_: *mut Buf) {
    GARBAGE_RELEASED.fetch_add(1, Ordering::SeqCst);
}

pub(super) fn out_params_written(file: &File, _: Abi) -> Verdict {
    let engine = V2::open(file)?;
    let instance = engine.instance()?;
    let mut rubbish = [GUARD; 16];
    let good = scenario::sample(Kind::View).input();
    let cases = [
        ("done", Kind::View as u32, good.as_slice()),
        ("undecodable input", Kind::View as u32, &[0xFF, 0xFF]),
        ("an unknown kind", 77, good.as_slice()),
    ];
    for (what, kind, input) in cases {
        let at = rubbish.as_mut_ptr();
        let garbage = || Buf {
            ptr: at,
            len: 16,
            cap: 16,
            owner: at.cast(),
            release: Some(release_garbage),
        };
        let mut result = ExecResult {
            output: garbage(),
            diagnostic: garbage(),
            host_calls: u64::MAX,
            ..v2::EMPTY
        };
        let session = session(Kind::View);
        let request = v2::request(session, kind, input);
        let status = execute(&engine, instance.raw, &request, &mut result);
        let left = [
            ("output", result.output.ptr == at),
            ("diagnostic", result.diagnostic.ptr == at),
            ("host_calls", result.host_calls == u64::MAX),
        ];
        for (field, left) in left {
            ensure!(
                !left,
                "{what}, {}: {field} is what it was before",
                name(status)
            );
        }
        instance.finish(session, status, result);
    }
    let released = GARBAGE_RELEASED.load(Ordering::SeqCst);
    ensure!(
        released == 0,
        "a buffer that was in the result before the call was released"
    );
    Ok(())
}
