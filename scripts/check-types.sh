#!/usr/bin/env bash
# Checks the types of the console's modules. The build needs no Node, so where there is none this is skipped.
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/../console"

if ! command -v npm >/dev/null; then
  echo "The console's types are not checked: there is no npm"
  exit 0
fi

tools=target/type-checker
if [ ! -x "$tools/node_modules/.bin/tsc" ]; then
  mkdir -p "$tools"
  npm install --prefix "$tools" --no-audit --no-fund --silent typescript@5.9.3 lit-html@3.3.3
fi
# The page's imports of ./lit/... find their types there (rootDirs in tsconfig.json).
rm -rf target/types
mkdir -p target/types
cp -r "$tools/node_modules/lit-html" target/types/lit
find target/types -name '*.js' -delete
"$tools/node_modules/.bin/tsc" -p tsconfig.json
echo "The types of the console's modules are in order"
