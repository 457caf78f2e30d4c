//! The node and its runtime: `target/node/pink-node`, with the Wasm beside it.

use crate::{
    error::{Error, OnPath, Result},
    process::{answers, cargo, output, run},
    wasm,
};
use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Where the node lies.
const PLACE: &str = "target/node";

/// What the node is built in. Its dependencies have other features than those of the chain in process, so they can't
/// share a folder.
const BUILD: &str = "target/node-build";

/// What its runtimes are built in.
const RUNTIME_BUILD: &str = "target/wasm";

/// The runtime, and the same under the next number, to which a chain can be upgraded.
const RUNTIMES: [(&str, &[&str]); 2] = [
    ("pink_runtime.wasm", &[]),
    ("pink_runtime.next.wasm", &["--features=next-spec-version"]),
];

/// Cargo in the node's workspace.
pub(crate) fn in_node(root: &Path, args: &[&str]) -> Command {
    let mut cargo = cargo();
    cargo.current_dir(root.join("node")).args(args);
    cargo.env("CARGO_TARGET_DIR", root.join(BUILD));
    cargo
}

const BUILD_NODE: &[&str] = &["build", "--locked"];

/// What is built before anything of it can run: the node, its tests, and the first runtime.
pub(crate) fn builds(root: &Path) -> Vec<Command> {
    if !answers(Command::new("protoc").arg("--version")) {
        return Vec::new();
    }
    let tests = ["test", "--locked", "--no-run"];
    let mut builds = vec![in_node(root, BUILD_NODE), in_node(root, &tests)];
    builds.extend(wasm::compiler(root).map(|rustc| runtime(root, &rustc, &[])));
    builds
}

/// Builds both, and says how large they are.
///
/// # Errors
/// A compiler is missing, or says no.
pub(crate) fn build(root: &Path) -> Result<()> {
    // The crates for the network call it, and fail late and obscurely.
    if !answers(Command::new("protoc").arg("--version")) {
        return Err(Error::NoProtoc);
    }
    run(&mut in_node(root, BUILD_NODE))?;
    let place = root.join(PLACE);
    fs::create_dir_all(&place).on(&place)?;
    let built = root.join(BUILD).join("debug/pink-node");
    put(&place.join("pink-node"), |fresh| {
        fs::copy(&built, fresh).on(&built).map(drop)
    })?;
    for (name, features) in RUNTIMES {
        build_runtime(root, &place.join(name), features)?;
    }
    Ok(())
}

/// What compiles the runtime to Wasm.
fn runtime(root: &Path, rustc: &OsStr, features: &[&str]) -> Command {
    let mut cargo = cargo();
    cargo.current_dir(root).args([
        "rustc",
        "--locked",
        "--release",
        "--package=runtime-mock",
        "--lib",
        // On the command line: a native build links no library that nobody loads.
        "--crate-type=cdylib",
        "--no-default-features",
        "--target",
        wasm::TARGET,
    ]);
    cargo.args(features);
    // Another compiler's output doesn't mix with that of the pinned one, nor one with these flags.
    cargo
        .env("RUSTC", rustc)
        .env("RUSTFLAGS", wasm::FLAGS)
        .env("CARGO_TARGET_DIR", root.join(RUNTIME_BUILD));
    if let Some(linker) = linker(root) {
        cargo.env("CARGO_TARGET_WASM32V1_NONE_LINKER", linker);
    }
    cargo
}

/// Compiles the runtime to Wasm, small if `wasm-opt` is there.
fn build_runtime(root: &Path, place: &Path, features: &[&str]) -> Result<()> {
    let rustc = wasm::compiler(root).ok_or(Error::NoWasm(wasm::TARGET))?;
    run(&mut runtime(root, &rustc, features))?;
    let built = root
        .join(RUNTIME_BUILD)
        .join(wasm::TARGET)
        .join("release/runtime_mock.wasm");
    let plain = fs::metadata(&built).on(&built)?.len();
    if answers(Command::new("wasm-opt").arg("--version")) {
        put(place, |fresh| optimize(&built, fresh))?;
    } else {
        eprintln!("node: there is no wasm-opt (binaryen), so the runtime stays as large as it is");
        put(place, |fresh| fs::copy(&built, fresh).on(&built).map(drop))?;
    }
    let size = fs::metadata(place).on(place)?.len();
    println!("{} {size} bytes, of {plain}", place.display());
    Ok(())
}

/// Only what the first version of WebAssembly has; the sections that a node reads stay.
fn optimize(built: &Path, place: &Path) -> Result<()> {
    run(Command::new("wasm-opt")
        .args([
            "-Os",
            "--strip-debug",
            "--mvp-features",
            "--enable-mutable-globals",
        ])
        .arg(built)
        .arg("-o")
        .arg(place))
}

/// The linker that comes with the pinned compiler: a system's own may have none for Wasm.
fn linker(root: &Path) -> Option<PathBuf> {
    let folder = output(
        Command::new("rustc")
            .current_dir(root)
            .args(["--print", "target-libdir"]),
    );
    let linker = Path::new(folder.ok()?.trim())
        .parent()?
        .join("bin/rust-lld");
    linker.exists().then_some(linker)
}

/// Makes a file and puts it into its place at once: a node may be running.
fn put(place: &Path, make: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let name = place.file_name().unwrap_or(OsStr::new("file"));
    let fresh = place.with_file_name(format!(".{}.new", name.to_string_lossy()));
    make(&fresh)?;
    fs::rename(&fresh, place).on(place)
}

/// Builds, and starts nodes: they make blocks, finalize them, and take transactions.
///
/// # Errors
/// Something fails.
pub(crate) fn test(root: &Path) -> Result<()> {
    build(root)?;
    run(in_node(root, &["test", "--locked"]).env("PINK_NODE_RUNTIMES", root.join(PLACE)))
}
