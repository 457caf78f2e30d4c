#!/bin/sh
# Makes the image where a docker daemon answers, and elsewhere what is in it, by the very script that the image runs, of what a
# daemon would be given; then looks whether that is what an operator starts.
#
#   ops/docker/check.sh
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp "$root/ops/systemd/worker.conf" "$folder/"
if docker info >/dev/null 2>&1; then
    image=pink-worker:check
    docker build --file "$root/ops/docker/Dockerfile" --tag "$image" "$root"
    in_it() { docker run --rm --network none --volume "$folder/worker.conf:/etc/pink-worker/worker.conf:ro" "$@"; }
    worker() { in_it "$image" "$@"; }
    [ "$(in_it --entrypoint id "$image" -u)" = 10617 ] || { echo "it runs as somebody else" >&2; exit 1; }
    [ -z "$(in_it --entrypoint ls "$image" /engines)" ] || { echo "there are engines inside" >&2; exit 1; }
    config=/etc/pink-worker/worker.conf base=/data
else
    echo "image: NOT built, no docker daemon answers; its steps are run by ops/docker/build.sh"
    "$root/ops/docker/context.sh" "$folder/source"
    CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/target} "$folder/source/ops/docker/build.sh" "$folder/out"
    worker() { "$folder/out/pink-worker" "$@"; }
    config=$folder/worker.conf base=$folder/data
fi
worker --version
# The command that the image starts with is one that the program has, with these options, and the example's are options of it.
grep -q '^CMD \["run", "--base-path", "/data", "--config", "/etc/pink-worker/worker.conf", "--prometheus-external"\]$' "$root/ops/docker/Dockerfile"
worker run --help >/dev/null || { echo "what is built can't follow a chain" >&2; exit 1; }
worker config check --json --base-path "$base" --config "$config" --prometheus-external
# What says something to a chain, and asks a worker.
for command in upload call query worker key; do
    worker "$command" --help >/dev/null || { echo "it has no $command" >&2; exit 1; }
done
echo "the program is what an operator starts"
