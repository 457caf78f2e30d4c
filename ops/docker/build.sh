#!/bin/sh
# Builds the program as the image has it: what the Dockerfile runs, and what can be run where no docker is.
#
#   ops/docker/build.sh OUT [cargo's options]
#
# PROFILE chooses cargo's profile (release), CARGO_TARGET_DIR where it builds.
set -eu
out=$1
shift
profile=${PROFILE:-release}
cd "$(dirname "$0")/../.."
# An operator's program: without the development chain, so that nothing of FRAME is built.
cargo build --locked --profile "$profile" --package pink-worker --no-default-features --features chain "$@"
case $profile in
dev) folder=debug ;;
*) folder=$profile ;;
esac
mkdir -p "$out"
install -m 0755 "${CARGO_TARGET_DIR:-target}/$folder/pink-worker" "$out/pink-worker"
# What it is linked from must be in the image; see stage 2.
ldd "$out/pink-worker" || true
"$out/pink-worker" --version
