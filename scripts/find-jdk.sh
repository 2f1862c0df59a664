#!/usr/bin/env bash
# Prints the home of a JDK 25, or says on stderr what to install and fails.
# Looks at JAVA_HOME first, then at the usual places, then at the java on PATH.
set -u

wanted=25

# A JDK says its version in the file "release"; that is a thousand times cheaper than to start it.
is_wanted() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && grep -Eqs "^JAVA_VERSION=\"$wanted(\.|\"|\+)" "$1/release"
}

candidates() {
  [ -n "${JAVA_HOME:-}" ] && echo "$JAVA_HOME"
  local dir
  for dir in /usr/lib/jvm/*"$wanted"* /usr/lib64/jvm/*"$wanted"* /usr/java/*"$wanted"* /opt/*jdk*"$wanted"* \
    /opt/java/openjdk /opt/java/*"$wanted"* "${HOME:-}"/.sdkman/candidates/java/"$wanted"* \
    "${HOME:-}"/.sdkman/candidates/java/current "${HOME:-}"/.jdks/*"$wanted"* "${HOME:-}"/.local/share/mise/installs/java/*"$wanted"* \
    /Library/Java/JavaVirtualMachines/*"$wanted"*/Contents/Home \
    /opt/homebrew/opt/openjdk@"$wanted"/libexec/openjdk.jdk/Contents/Home; do
    [ -d "$dir" ] && echo "$dir"
  done
  [ -x /usr/libexec/java_home ] && /usr/libexec/java_home -v "$wanted"
  local java link
  java=$(command -v java) || return 0
  while [ -L "$java" ]; do
    link=$(readlink "$java")
    case $link in /*) java=$link ;; *) java=$(dirname "$java")/$link ;; esac
  done
  (cd "$(dirname "$java")/.." && pwd -P)
}

while IFS= read -r home; do
  if is_wanted "$home"; then
    echo "$home"
    exit 0
  fi
done < <(candidates 2>/dev/null) # which ends with a broken pipe when an early candidate is the one

echo "Baton needs JDK $wanted and found none (looked at JAVA_HOME=${JAVA_HOME:-}, the usual directories and PATH)." >&2
echo "Install one, for example Temurin $wanted from https://adoptium.net/ or 'sdk install java $wanted-tem', or set JAVA_HOME to it." >&2
exit 1
