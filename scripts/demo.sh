#!/usr/bin/env bash
# Plays the demo on what "make demo" built; with --servers=3 on three servers over a PostgreSQL, of which one is killed, too; with --watch at the pace of who watches on the console, by Enter. COST_UNIT_MS says how long a call of cost 1 takes (default 1000).
set -eu
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
java_home=$("$root/scripts/find-jdk.sh")
# exec: Ctrl-C and SIGTERM reach the program, which then removes its processes and files.
exec "$java_home/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$root/demo/target/baton-demo.jar:$root/demo/target/app/lib/*" dev.baton.demo.Main "$root" "$@"
