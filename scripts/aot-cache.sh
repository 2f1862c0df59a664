#!/usr/bin/env bash
# Makes the AOT cache that the launcher uses. Without one the server only starts more slowly, so a failure is not fatal.
set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cache=$root/launcher/target/baton.aot
rm -f "$cache"
if ! "$root/launcher/train-aot.sh" "$cache" "$root/baton"; then
  echo "warning: no AOT cache, the server will start more slowly" >&2
fi
