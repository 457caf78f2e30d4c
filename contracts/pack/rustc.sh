#!/usr/bin/env bash
# The compiler as build.sh has cargo call it, so that a contract's code is the same in whichever folder it is built.
#
# cargo tells crates with the same name apart by where they are, and gives the compiler a hash of that to make
# symbols from, by which in turn it orders a module's functions. The crates of this folder are told apart by name.
set -euo pipefail
compiler=$1
shift
arguments=()
for argument in "$@"; do
    case $argument in
        metadata=*)
            case ${CARGO_MANIFEST_DIR:-} in
                "$PINK_CONTRACTS"/*) argument=metadata=$CARGO_PKG_NAME-$CARGO_PKG_VERSION ;;
            esac ;;
    esac
    arguments+=("$argument")
done
exec "$compiler" "${arguments[@]}"
