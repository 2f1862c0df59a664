"""A client. See ../README.md for what every client accepts and prints."""

from __future__ import annotations

import json
import sys
from typing import Any

from program import connect, write
from resonate import Resonate

DAY_MS = 24 * 60 * 60 * 1000


def call(resonate: Resonate, group: str, calls: list[dict[str, Any]]) -> None:
    """Begins every call before it waits for the first."""
    target = resonate.options(target=group)
    handles = [target.begin_rpc(c["id"], c["function"], *c["args"]) for c in calls]
    for handle in handles:
        try:
            write({"id": handle.id, "result": handle.result()})
        except Exception as error:
            write({"id": handle.id, "error": str(error)})


def schedule(resonate: Resonate, name: str, cron: str, group: str, call: dict[str, Any]) -> None:
    data = {"func": call["function"], "args": call["args"], "kwargs": {}, "version": 1}
    resonate.schedules.create(
        name,
        cron,
        "{{.id}}.{{.timestamp}}",
        DAY_MS,
        promise_data=json.dumps(data),
        promise_tags={"resonate:invoke": f"poll://any@{group}"},
    )


def main(command: str, *rest: str) -> None:
    resonate = connect("interop-clients")
    match (command, *rest):
        case ("call", group, calls):
            call(resonate, group, json.loads(calls))
        case ("settle", id, value):
            resonate.promises.resolve(id, data=value)
        case ("schedule", name, cron, group, scheduled):
            schedule(resonate, name, cron, group, json.loads(scheduled))
        case ("unschedule", name):
            resonate.schedules.delete(name)
        case _:
            raise SystemExit(f"unknown command {command} {rest}")


main(*sys.argv[1:])
