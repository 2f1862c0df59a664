#!/usr/bin/env bash
# Runs the benchmark that "make build" built: scripts/bench.sh --list, scripts/bench.sh --only closed-loop --json out.json
set -eu
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
java_home=$("$root/scripts/find-jdk.sh")
target=$root/bench/target
if [ ! -f "$target/baton-bench.jar" ]; then
  echo "The benchmark is not built yet: run 'make build' in $root" >&2
  exit 1
fi
# Libraries of the benchmark would log, and it has nowhere to: SLF4J need not say so.
# Ten thousand workers are ten thousand files, here and in the server.
ulimit -n "$(ulimit -Hn)"
exec "$java_home/bin/java" -XX:+UseSerialGC -Xms256m -Xmx1g --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Dslf4j.internal.verbosity=ERROR \
  "-Dbaton.root=$root" -cp "$target/baton-bench.jar:$target/app/lib/*" dev.baton.bench.Main "$@"
