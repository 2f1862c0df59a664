#!/usr/bin/env bash
# Fails, and says what to install, where there is no Maven of that name: need-maven.sh COMMAND. Its version is looked at by the build.
set -eu
command -v "$1" >/dev/null && exit
echo "Baton is built by Maven 3.8.6 or newer, and there is no '$1' on PATH." >&2
echo "Install it, for example with 'apt-get install maven' or 'brew install maven', or say where it is: make MVN=/path/to/mvn ..." >&2
exit 1
