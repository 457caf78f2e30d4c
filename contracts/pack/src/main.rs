//! The command that `contracts/build.sh` calls; see the library for what each step does.

use anyhow::{bail, Context, Result};
use contract_pack::{bundle, check_module, code_hash, strip, Manifest};
use std::fs;

const USAGE: &str = "usage:
  contract-pack strip IN.wasm OUT.wasm
  contract-pack bundle Cargo.toml CODE.wasm METADATA.json COMPILER OUT.contract
  contract-pack check CODE.wasm...";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["strip", input, output] => write(output, strip(&read(input)?)?),
        ["bundle", manifest, wasm, metadata, compiler, output] => {
            let manifest = Manifest::parse(&text(manifest)?)?;
            write(
                output,
                bundle(&manifest, &read(wasm)?, &text(metadata)?, compiler)?,
            )
        }
        ["check", ref modules @ ..] if !modules.is_empty() => {
            for path in modules {
                let wasm = read(path)?;
                check_module(&wasm).with_context(|| path.to_string())?;
                let hash: String = code_hash(&wasm)
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect();
                println!("{path}: {} bytes, code hash {hash}", wasm.len());
            }
            Ok(())
        }
        _ => bail!(USAGE),
    }
}

fn read(path: &str) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("can't read {path}"))
}

fn text(path: &str) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("can't read {path}"))
}

fn write(path: &str, contents: impl AsRef<[u8]>) -> Result<()> {
    fs::write(path, contents).with_context(|| format!("can't write {path}"))
}
