#!/bin/sh
# A real Prometheus scrapes a real worker: checks rules and configuration by promtool, and asks Prometheus what it has.
#
#   ops/prometheus/scrape.sh [PROGRAM]
#
# It takes Debian's package `prometheus` and curl. No chain is needed: the series are there from the start.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
program=${1:-$root/target/debug/pink-worker}
for needed in prometheus promtool curl; do
    command -v "$needed" >/dev/null || { echo "$needed isn't there: apt-get install prometheus curl" >&2; exit 2; }
done
promtool check rules "$root/ops/prometheus/rules.yml"
(cd "$root/ops/prometheus" && promtool check config prometheus.yml)
folder=$(mktemp -d)
worker= server=
trap 'kill $worker $server 2>/dev/null || true; wait; rm -rf "$folder"' EXIT
"$program" run --base-path "$folder/base" --chain ws://127.0.0.1:1 --prometheus-port 0 -l pink_worker_metrics=info 2>"$folder/log" &
worker=$!
address=
for _ in $(seq 100); do
    address=$(sed -n 's|.*http://\([0-9.:]*\)/metrics.*|\1|p' "$folder/log" | head -1)
    [ -n "$address" ] && break
    sleep 0.1
done
[ -n "$address" ] || { cat "$folder/log" >&2; exit 1; }
curl -sf "http://$address/metrics" | promtool check metrics
cp "$root/ops/prometheus/rules.yml" "$folder/"
sed "s|127.0.0.1:9615|$address|; s|10s|1s|" "$root/ops/prometheus/prometheus.yml" >"$folder/prometheus.yml"
# It takes no port 0 and says which it has, so a port is drawn until one is free: where it isn't, Prometheus ends by itself.
begin() {
    port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 30000))
    prometheus --config.file="$folder/prometheus.yml" --storage.tsdb.path="$folder/data" \
        --web.listen-address="127.0.0.1:$port" 2>"$folder/prometheus.log" &
    server=$!
}
ask() { curl -sf --get --data-urlencode "query=$1" "http://127.0.0.1:$port/api/v1/query"; }
up() { kill -0 "$server" 2>/dev/null && ask 'up{job="pink-worker"}' | grep -q '"1"\]'; }
begin
for _ in $(seq 200); do
    up && break
    kill -0 "$server" 2>/dev/null || begin
    sleep 0.3
done
up || { cat "$folder/prometheus.log" >&2; exit 1; }
for name in $(sed -n 's/^| `\(pink_[a-z_]*\)` | \([a-z]*\) |.*/\1 \2/p' "$root/docs/metrics.md" | sed 's/ histogram/_count/; s/ .*//'); do
    case $name in
    # A worker without a chain knows neither.
    pink_cluster_info | pink_engine_info | pink_engine_mode | pink_engine_memory_bytes | pink_engine_memory_peak_bytes) continue ;;
    esac
    ask "count($name)" | grep -q '"value"' || { echo "Prometheus has no $name" >&2; exit 1; }
done
echo "Prometheus has $(ask 'count({__name__=~"pink_.*"})' | sed 's/.*,"\([0-9]*\)"\].*/\1/') series"
curl -sf "http://127.0.0.1:$port/api/v1/rules" | grep -q '"health":"err"' && { echo "a rule can't be evaluated" >&2; exit 1; }
echo "every rule is evaluated"
