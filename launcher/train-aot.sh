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
JDK_JAVA_OPTIONS="${JDK_JAVA_OPTIONS:-} -XX:AOTCacheOutput=$cache" "$@" serve --server-port="$port" \
  --observability-metrics-port=0 --storage-sqlite-path="$work/baton.db" >"$work/log" 2>&1 &
server=$!
for attempt in $(seq 300); do
  if ! kill -0 "$server" 2>/dev/null || [ "$attempt" = 300 ]; then
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

# Calls one after the other on one connection: with the classes, the file keeps what the JVM has learnt of how they are used.
envelope() { # kind data
  local body='{"kind":"'$1'",'$head',"data":'$2'}'
  printf 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' "${#body}" "$body"
}
calls() {
  local id
  for id in $(seq -f 'c%g' "$1"); do
    envelope promise.create '{"id":"'"$id"'","timeoutAt":'"$deadline"',"param":{"headers":{},"data":""},"tags":{"resonate:target":"poll://any@train"}}'
    envelope promise.register_listener '{"awaited":"'"$id"'","address":"poll://any@train"}'
    envelope task.acquire '{"id":"'"$id"'","version":0,"pid":"w1","ttl":60000}'
    envelope task.heartbeat '{"pid":"w1","tasks":[{"id":"'"$id"'","version":1}]}'
    envelope task.fulfill '{"id":"'"$id"'","version":1,"action":{"kind":"promise.settle",'"$head"',"data":{"id":"'"$id"'","state":"resolved","value":{"headers":{},"data":""}}}}'
    envelope promise.get '{"id":"'"$id"'"}'
  done
  printf 'GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
}
rounds=200
exec 3<>"/dev/tcp/127.0.0.1/$port"
calls "$rounds" >&3 &
cat <&3 >"$work/calls"
exec 3>&-
wait $!
answered=$(grep -ao 'HTTP/1.1 200' "$work/calls" | wc -l)
if [ "$answered" != $((6 * rounds + 1)) ]; then
  grep -ao 'HTTP/1.1 [1345].*' "$work/calls" | head -3 >&2
  echo "of $((6 * rounds + 1)) training requests $answered were answered" >&2
  exit 1
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
