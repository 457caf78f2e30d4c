#!/bin/sh
# Copies what docker is given to build from: the tree without what .dockerignore names.
#
#   ops/docker/context.sh OUT
#
# It knows names, paths from the root, and `**/NAME`; another kind of pattern is an error.
set -eu
out=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
set -- --anchored
while read -r line; do
    case $line in
    '' | '#'*) continue ;;
    '**/'*) set -- "$@" --no-anchored "--exclude=${line#\*\*/}" --anchored ;;
    *'*'* | *'?'* | *'['* | '!'*)
        echo "ops/docker/context.sh doesn't know the pattern $line" >&2
        exit 1
        ;;
    *) set -- "$@" "--exclude=./$line" ;;
    esac
done <"$root/.dockerignore"
mkdir -p "$out"
tar --create --directory "$root" "$@" . | tar --extract --directory "$out"
