#!/usr/bin/env bash
# Has a worker do a few calls of a server beside it, and keeps its loaded and linked classes in a file that later starts
# read (JEP 483, 514): train-aot.sh CACHE COMMAND... Part of the image's build, where the server is in /server.
set -eu
cache=$1
shift
work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT

# Waits until a command succeeds; shows what the two have said if it does not.
await() {
  for _ in $(seq 600); do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.1
  done
  cat "$work/server" "$work/worker" >&2
  echo "the training run got stuck at: $*" >&2
  exit 1
}
baton() { java -XX:TieredStopAtLevel=1 -cp '/server/*:/server/lib/*' dev.baton.launcher.Main "$@"; }

baton dev >"$work/server" 2>&1 &
pids+=($!)
await grep -q "serves on" "$work/server"
COST_UNIT_MS=1 JDK_JAVA_OPTIONS="-XX:AOTCacheOutput=$cache" "$@" >"$work/worker" 2>&1 &
worker=$!
pids+=("$worker")
await grep -q "connected" "$work/worker"
for call in 1 2 3; do
  baton invoke "training-$call" -f computeSomething --arg "training-$call" --arg 1 --target default
done
await grep -q "finished training-3" "$work/worker"
kill -TERM "$worker"
wait "$worker" || true
if [ ! -s "$cache" ]; then
  cat "$work/worker" >&2
  echo "no AOT cache was written" >&2
  exit 1
fi
