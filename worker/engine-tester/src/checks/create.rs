//! The second ABI's instances.

use crate::{
    check::{ensure, failed, Abi, Verdict},
    engine::{name, v2::V2},
    file::File,
    host::tables::{ENV, HOST, STORAGE},
};
use pink_capi::v2::ffi::{self, Env, Host, Storage};
use std::{ptr, thread};

pub(super) fn instance(file: &File, _: Abi) -> Verdict {
    let engine = V2::open(file)?;
    let (first, second) = (engine.instance()?, engine.instance()?);
    ensure!(first.raw != second.raw, "two instances are one");
    Ok(())
}

pub(super) fn null(file: &File, _: Abi) -> Verdict {
    let engine = V2::open(file)?;
    let mut raw = ptr::null_mut();
    // SAFETY: NULL is refused, the rest is what the header asks for.
    let answers = unsafe {
        [
            (
                "create without a host",
                (engine.create)(ptr::null(), &mut raw),
            ),
            (
                "create without an out",
                (engine.create)(&HOST, ptr::null_mut()),
            ),
            ("destroy of NULL", (engine.destroy)(ptr::null_mut())),
        ]
    };
    for (what, status) in answers {
        ensure!(status == ffi::E_ARGUMENT, "{what} answers {}", name(status));
    }
    Ok(())
}

pub(super) fn future_major(file: &File, _: Abi) -> Verdict {
    let engine = V2::open(file)?;
    for abi_major in [0, 1, 3, 9] {
        let host = lasting(Host { abi_major, ..HOST });
        let (status, _) = engine.create_for(host);
        // The header doesn't say with which status.
        ensure!(
            status < 0,
            "a host of ABI {abi_major} is answered with {}",
            name(status)
        );
    }
    Ok(())
}

pub(super) fn short_structs(file: &File, _: Abi) -> Verdict {
    let engine = V2::open(file)?;
    let (storage, env) = (
        lasting(Storage {
            struct_size: 16,
            ..STORAGE
        }),
        lasting(Env {
            struct_size: 16,
            ..ENV
        }),
    );
    let cases = [
        (
            "a host of 16 bytes",
            Host {
                struct_size: 16,
                ..HOST
            },
        ),
        ("storage of 16 bytes", Host { storage, ..HOST }),
        ("an env of 16 bytes", Host { env, ..HOST }),
        (
            "no storage",
            Host {
                storage: ptr::null(),
                ..HOST
            },
        ),
        (
            "no env",
            Host {
                env: ptr::null(),
                ..HOST
            },
        ),
    ];
    for (what, host) in cases {
        let (status, _) = engine.create_for(lasting(host));
        ensure!(
            status == ffi::E_ARGUMENT,
            "{what}: create answers {}",
            name(status)
        );
    }
    Ok(())
}

pub(super) fn longer_structs(file: &File, _: Abi) -> Verdict {
    let engine = V2::open(file)?;
    // Tables of a later minor: what is beyond the known fields, the engine can't look at.
    let storage = lasting(Storage {
        struct_size: STORAGE.struct_size + 64,
        ..STORAGE
    });
    let env = lasting(Env {
        struct_size: ENV.struct_size + 64,
        ..ENV
    });
    let host = lasting(Host {
        struct_size: HOST.struct_size + 64,
        abi_minor: 9,
        storage,
        env,
        ..HOST
    });
    let (status, raw) = engine.create_for(host);
    ensure!(
        status == ffi::OK && !raw.is_null(),
        "create answers {}",
        name(status)
    );
    Ok(())
}

/// Puts a table where it lives as long as the process.
fn lasting<T>(table: T) -> &'static T {
    Box::leak(Box::new(table))
}

pub(super) fn destroy(file: &File, _: Abi) -> Verdict {
    let engine = V2::open(file)?;
    let status = engine.instance()?.destroy();
    ensure!(status == ffi::OK, "destroy answers {}", name(status));
    let instance = engine.instance()?;
    let status = thread::spawn(move || instance.destroy())
        .join()
        .map_err(|_| failed!("destroy on another thread panicked"))?;
    ensure!(
        status == ffi::OK,
        "destroy on another thread answers {}",
        name(status)
    );
    Ok(())
}
