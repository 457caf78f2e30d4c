//! Builds an engine so that its bytes depend on sources, lock file and toolchain alone.

use super::{check, Version};
use crate::{
    error::{OnPath, Result},
    process,
};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Variables by which the builder's surroundings would get into the library.
const MEDDLING: &[&str] = &[
    "CARGO_BUILD_",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_INCREMENTAL",
    "CARGO_PROFILE_",
    "CARGO_TARGET_",
    "RUSTC",
    "RUSTFLAGS",
    "SOURCE_DATE_EPOCH",
];

/// Cargo, deaf to what could change its output.
pub(super) fn cargo(folder: &Path) -> Command {
    let mut cargo = process::cargo();
    cargo.current_dir(folder);
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if MEDDLING.iter().any(|prefix| text.starts_with(prefix)) {
            cargo.env_remove(&name);
        }
    }
    cargo
}

/// Builds the engine of the checkout at `root`, and checks the result.
pub(super) fn build(root: &Path, target_dir: &Path, version: Version) -> Result<PathBuf> {
    let folder = version.folder(root);
    // The registry's folder is only there once something was fetched.
    process::run(cargo(&folder).args(["fetch", "--quiet", "--locked"]))?;
    eprintln!("engine {version}: cargo builds what isn't up to date");
    process::run(
        cargo(&folder)
            .env("CARGO_TARGET_DIR", target_dir)
            .env("CARGO_ENCODED_RUSTFLAGS", remap(root)?.join("\x1f"))
            .args(["rustc", "--quiet", "--locked", "--release", "--lib", "--"])
            .args(["-C", "link-arg=-Wl,--build-id=none,-z,nodelete,-z,now"])
            .arg(format!("-Clink-arg=-Wl,-soname,{}", version.file())),
    )?;
    let name = format!("libpink_engine_v{}_{}.so", version.major, version.minor);
    let built = target_dir.join("release").join(name);
    let bytes = fs::read(&built).on(&built)?;
    check::check(&bytes, version, &[root.to_path_buf(), cargo_home()])?;
    Ok(built)
}

/// Gives the folders that differ from one builder to the next the same names everywhere: messages
/// of panics name source files.
fn remap(root: &Path) -> Result<Vec<String>> {
    let mut flags = vec![format!("--remap-path-prefix={}=/pink", root.display())];
    let sources = cargo_home().join("registry/src");
    let mut registries = Vec::new();
    for entry in fs::read_dir(&sources).on(&sources)? {
        registries.push(entry.on(&sources)?.path());
    }
    registries.sort_unstable();
    flags.extend(
        registries
            .iter()
            .map(|folder| format!("--remap-path-prefix={}=/registry", folder.display())),
    );
    // With the component `rust-src`, the standard library's files have a place on this machine;
    // without it they have the name that they get here.
    let rustc = || Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    let sysroot = process::output(rustc().current_dir(root).args(["--print", "sysroot"]))?;
    let about = process::output(rustc().current_dir(root).arg("-vV"))?;
    if let Some(commit) = about
        .lines()
        .find_map(|line| line.strip_prefix("commit-hash: "))
    {
        let sysroot = sysroot.trim();
        flags.push(format!(
            "--remap-path-prefix={sysroot}/lib/rustlib/src/rust=/rustc/{commit}"
        ));
    }
    Ok(flags)
}

fn cargo_home() -> PathBuf {
    env::var_os("CARGO_HOME").map_or_else(
        || PathBuf::from(env::var_os("HOME").unwrap_or_default()).join(".cargo"),
        PathBuf::from,
    )
}

/// Puts a built engine into its place, and leaves what is there alone if it is the same.
pub(super) fn install(built: &Path, engines_dir: &Path, version: Version) -> Result<()> {
    let place = engines_dir.join(version.file());
    let bytes = fs::read(built).on(built)?;
    if fs::read(&place).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    fs::create_dir_all(engines_dir).on(engines_dir)?;
    // A worker may have the old file mapped: it has to keep that one, so no writing into it.
    let fresh = engines_dir.join(format!(".{}.new", version.file()));
    fs::write(&fresh, bytes).on(&fresh)?;
    fs::rename(&fresh, &place).on(&place)
}
