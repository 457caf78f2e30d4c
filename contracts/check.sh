#!/usr/bin/env bash
# Checks, without any compiler, that the committed artefacts were built from the committed sources.
#
#   contracts/check.sh                  checks every contract in artifacts/SOURCES.lock
#   contracts/check.sh --write NAME...  what build.sh calls: records these contracts as they are now
#
# A line of the lock is: the contract, and the BLAKE2b-256 of its sources, of its .wasm (which is its code hash on a
# chain) and of its .contract. Sources are the contract's lock file, and the Rust files and the manifests of the
# contract and of the crates in this folder that it is built from.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export LC_ALL=C
lock=artifacts/SOURCES.lock

hash_of() { b2sum --length 256 -- "$1" | cut -d ' ' -f 1; }

crates_of() { # the folders of contract $1 and of the crates it depends on by path, each once
    local queue=("$1") seen=" " crate dependency
    while [ ${#queue[@]} -gt 0 ]; do
        crate=${queue[0]}; queue=("${queue[@]:1}")
        case $seen in *" $crate "*) continue ;; esac
        seen+="$crate "
        echo "$crate"
        while read -r dependency; do queue+=("$dependency"); done \
            < <(sed -n 's|.*path = "\(\.\./\)*\([^"/.]*\)[/"].*|\2|p' "$crate/Cargo.toml")
    done
}

sources_of() { # BLAKE2b-256 over the sorted list of the hashes and paths of the sources of contract $1
    local crate
    {
        echo "$1/Cargo.lock"
        crates_of "$1" | while read -r crate; do
            find "$crate" -name target -prune -o \( -name '*.rs' -o -name Cargo.toml \) -type f -print
        done
    } | sort | while read -r file; do echo "$(hash_of "$file")  $file"; done | b2sum --length 256 - | cut -d ' ' -f 1
}

if [ "${1:-}" = --write ]; then
    shift
    kept=
    if [ -f "$lock" ]; then
        kept=$(grep -v '^#' "$lock" | grep -v -x -F -f <(for name in "$@"; do grep "^$name " "$lock" || true; done) || true)
    fi
    {
        echo "# Written by contracts/build.sh, checked by contracts/check.sh."
        echo "# contract, then the BLAKE2b-256 of its sources, of its .wasm (its code hash) and of its .contract"
        {
            if [ -n "$kept" ]; then echo "$kept"; fi
            for name in "$@"; do
                echo "$name $(sources_of "$name") $(hash_of "artifacts/${name##*/}.wasm") $(hash_of "artifacts/${name##*/}.contract")"
            done
        } | sort
    } >"$lock.new"
    mv "$lock.new" "$lock"
    exit 0
fi

[ -f "$lock" ] || { echo "contracts/$lock is missing: run contracts/build.sh" >&2; exit 1; }
status=0
complain() { echo "contracts: $*" >&2; status=1; }
locked=" "
while read -r name sources wasm contract; do
    locked+="${name##*/} "
    if [ ! -f "$name/Cargo.toml" ]; then
        complain "the lock names '$name', which has no sources here: remove its line and its artefacts"
        continue
    fi
    [ "$(sources_of "$name")" = "$sources" ] ||
        complain "the sources of '$name' are not those that artifacts/${name##*/}.wasm was built from: run contracts/build.sh $name"
    for part in "wasm $wasm" "contract $contract"; do
        file=artifacts/${name##*/}.${part% *}
        if [ ! -f "$file" ]; then complain "$file is missing: run contracts/build.sh $name"
        elif [ "$(hash_of "$file")" != "${part#* }" ]; then
            complain "$file is not the file that the lock names: run contracts/build.sh $name"
        fi
    done
done < <(grep -v '^#' "$lock")
for file in artifacts/*.wasm artifacts/*.contract; do
    name=$(basename "${file%.*}")
    case $locked in *" $name "*) ;; *) complain "$file is not in the lock: run contracts/build.sh $name" ;; esac
done
[ $status -ne 0 ] || echo "contracts: the artefacts belong to the sources"
exit $status
