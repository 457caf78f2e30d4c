//! Tells the crate which target it is built for, so that it can pick the artefact for it.

fn main() {
    let target = std::env::var("TARGET").unwrap_or_default();
    println!("cargo:rustc-env=PINK_TARGET={target}");
    println!("cargo:rerun-if-changed=build.rs");
}
