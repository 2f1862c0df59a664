#!/usr/bin/env bash
# Runs a server for a moment and keeps its loaded and linked classes in a file that later starts read
# (JEP 483, 514, 515): train-aot.sh CACHE COMMAND..., where COMMAND takes the arguments of dev.baton.launcher.Main.
set -eu
cache=$1
shift
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
free_port() {
  local port=$((20000 + RANDOM % 10000))
  while listens "$port"; do port=$((port + 1)); done
  echo "$port"
}
# One request on a connection of its own; prints the whole answer.
ask() { # method path [body]
  exec 3<>"/dev/tcp/127.0.0.1/$port"
  printf '%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' \
    "$1" "$2" "${#3}" "$3" >&3
  cat <&3
  exec 3>&-
}

port=$(free_port)
# The server practises on itself for long enough that what is hot is compiled to the full: the file keeps the classes and
# what the JVM has learnt of how they are used, so that later starts compile without learning it again.
rounds=1500
JDK_JAVA_OPTIONS="${JDK_JAVA_OPTIONS:-} -XX:AOTCacheOutput=$cache -Dbaton.training-rounds=$rounds \
  -XX:Tier4InvocationThreshold=1000 -XX:Tier4MinInvocationThreshold=200 -XX:Tier4CompileThreshold=3000" \
  "$@" serve --server-port="$port" --server-warm-up=60000 \
  --observability-metrics-port=0 --storage-sqlite-path="$work/baton.db" >"$work/log" 2>&1 &
server=$!
for attempt in $(seq 900); do
  if ! kill -0 "$server" 2>/dev/null || [ "$attempt" = 900 ]; then
    cat "$work/log" >&2
    echo "the server did not start" >&2
    exit 1
  fi
  if listens "$port" && [[ $(ask GET /ready "") == "HTTP/1.1 200"* ]]; then break; fi
  sleep 0.1
done

# What a start is followed by: a worker connects, a call is created, taken and finished.
head='"head":{"corrId":"1","version":"2026-04-01"}'
deadline=$(($(date +%s) + 3600))000
(exec 4<>"/dev/tcp/127.0.0.1/$port" && printf 'GET /poll/train/w1?slots=1 HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n' >&4 && timeout 1 cat <&4) >"$work/poll" 2>&1 || true
ask POST / '{"kind":"promise.create",'"$head"',"data":{"id":"t1","timeoutAt":'"$deadline"',"param":{"headers":{},"data":""},"tags":{"resonate:target":"poll://any@train"}}}' >"$work/created"
ask POST / '{"kind":"task.acquire",'"$head"',"data":{"id":"t1","version":0,"pid":"w1","ttl":60000}}' >"$work/acquired"
ask POST / '{"kind":"promise.settle",'"$head"',"data":{"id":"t1","state":"resolved","value":{"headers":{},"data":""}}}' >"$work/settled"
ask GET /groups "" >"$work/groups"
ask POST /groups/train/workers/w1/drain "" >"$work/drained"
ask POST /groups/train/workers/w1/resume "" >"$work/resumed"
ask POST /groups/train/workers/w1/gone "" >"$work/gone"

# On a slow machine it may have been fewer; the file is good without, and only teaches less.
if ! grep -q "[0-9] rounds of practice" "$work/log"; then
  echo "warning: the practice of the training run broke off" >&2
fi
if ! grep -q '^HTTP/1.1 200' "$work/created"; then
  cat "$work/created" >&2
  echo "the server refused the training request" >&2
  exit 1
fi

kill -TERM "$server"
wait "$server" || true
server=
if [ ! -s "$cache" ]; then
  cat "$work/log" >&2
  echo "no AOT cache was written" >&2
  exit 1
fi
