#!/usr/bin/env bash
# Builds the contracts: their WebAssembly, their metadata, and the lock that says which sources they came from.
#
#   contracts/build.sh                 builds all contracts
#   contracts/build.sh flipper token   builds these; those of examples/ by examples/NAME
#
# Writes artifacts/NAME.wasm, artifacts/NAME.contract and artifacts/SOURCES.lock. Needs wasm-opt (binaryen) and a
# compiler for `wasm32v1-none`: either one that rustup has given that target (`rustup target add wasm32v1-none`), or
# any other one that has the target's core library. What is found can be overridden:
#
#   RUSTC                                the compiler for WebAssembly (default: the first of `rustc`, `/usr/bin/rustc`
#                                        that has the target); the host's programs are always built by cargo's own
#   CARGO_TARGET_WASM32V1_NONE_LINKER    its linker (default: `rust-lld` where the PATH has one, else the compiler's)
#   CARGO_TARGET_DIR                     where cargo builds (default: contracts/target)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
contracts=$PWD
target=wasm32v1-none
all=(
    flipper flipper-ink3 flipper-ink4 token factory bench signed-feed outside system system-next
    examples/ballot examples/price-oracle examples/counter examples/counter-next
)

fail() { echo "build.sh: $*" >&2; exit 1; }

has_target() { # whether compiler $1 has the core library of the target
    local lib
    lib=$("$1" --print target-libdir --target "$target" 2>/dev/null) || return 1
    compgen -G "$lib/libcore-*.rlib" >/dev/null
}

wasm_rustc=
candidates=(rustc /usr/bin/rustc)
if [ -n "${RUSTC:-}" ]; then candidates=("$RUSTC"); fi
for candidate in "${candidates[@]}"; do
    if has_target "$candidate"; then wasm_rustc=$candidate; break; fi
done
[ -n "$wasm_rustc" ] || fail "no compiler for $target: run 'rustup target add $target', or set RUSTC to one that has it"
unset RUSTC # the host's programs are built by cargo's own compiler
command -v wasm-opt >/dev/null || fail "wasm-opt is missing: install binaryen"

if [ -z "${CARGO_TARGET_WASM32V1_NONE_LINKER:-}" ] && command -v rust-lld >/dev/null; then
    export CARGO_TARGET_WASM32V1_NONE_LINKER=rust-lld
fi
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$contracts/target}

wasm_flags() { # what the compiler is told, in cargo's encoding, which allows spaces
    # Engines give a contract its memory, at most sixteen pages of it.
    local registry flags=(
        -C link-arg=-zstack-size=65536 -C link-arg=--import-memory -C link-arg=--max-memory=1048576 -C strip=symbols
    )
    # No path of this machine may reach the artefact: messages of panics name source files.
    flags+=("--remap-path-prefix=$contracts=contracts")
    flags+=("--remap-path-prefix=$("$wasm_rustc" --print sysroot)/lib/rustlib/src/rust=rust")
    for registry in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/; do
        flags+=("--remap-path-prefix=${registry%/}=registry")
    done
    local IFS=$'\x1f'
    echo "${flags[*]}"
}

pack() { cargo run --quiet --locked --manifest-path pack/Cargo.toml -- "$@"; }

build() { # contract $1
    local name=$1 file=${1##*/} scratch=$CARGO_TARGET_DIR/pack/${1##*/}
    mkdir -p "$scratch" artifacts
    echo "building $name"
    local settings=() wasm_folder=$CARGO_TARGET_DIR
    case $name in
        # ink! 3 was written for nightly compilers: this lets a stable one accept what has meanwhile become of that.
        *-ink3) settings=(RUSTC_BOOTSTRAP=1) ;;
        # ink! decodes out of a buffer of 16 KiB, in which 16 KiB of JSON have no room. Its own folder, since cargo doesn't
        # see that this changes a crate that the others are built from.
        signed-feed) settings=(INK_STATIC_BUFFER_SIZE=32768) wasm_folder=$CARGO_TARGET_DIR/large-input ;;
    esac
    cargo fetch --quiet --locked --manifest-path "$name/Cargo.toml" # so that the registry's folder is there
    # `--crate-type`: as an rlib as well, the library would get no link-time optimisation.
    env "${settings[@]}" CARGO_TARGET_DIR="$wasm_folder" PINK_CONTRACTS="$contracts" \
        RUSTC_WRAPPER="$contracts/pack/rustc.sh" RUSTC="$wasm_rustc" \
        CARGO_ENCODED_RUSTFLAGS="$(wasm_flags)" cargo rustc --quiet --locked --release --lib \
        --crate-type cdylib --no-default-features --target "$target" --manifest-path "$name/Cargo.toml"
    pack strip "$wasm_folder/$target/release/${file//-/_}.wasm" "$scratch/stripped.wasm"
    # `--zero-filled-memory`: every call gets a fresh memory, so zeros need no data segment.
    wasm-opt -Oz --mvp-features --zero-filled-memory "$scratch/stripped.wasm" -o "artifacts/$file.wasm"
    pack check "artifacts/$file.wasm"
    cargo run --quiet --locked --manifest-path "$name/Cargo.toml" --example metadata >"$scratch/metadata.json"
    pack bundle "$name/Cargo.toml" "artifacts/$file.wasm" "$scratch/metadata.json" "$("$wasm_rustc" --version)" \
        "artifacts/$file.contract"
}

[ $# -gt 0 ] || set -- "${all[@]}"
for name in "$@"; do
    [ -d "$name/examples" ] || fail "there is no contract '$name'; there are: ${all[*]}"
    build "$name"
done
./check.sh --write "$@"
