"""A client. See ../README.md for what every client accepts and prints."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import Any

from program import write
from resonate.resonate import Resonate
from resonate.types import Value


async def call(resonate: Resonate, group: str, calls: list[dict[str, Any]]) -> None:
    """Begins every call before it waits for the first."""
    target = resonate.options(target=group)
    handles = [(c["id"], target.rpc(c["id"], c["function"], *c["args"])) for c in calls]
    for id, handle in handles:
        try:
            write({"id": id, "result": await handle.result()})
        except Exception as error:
            write({"id": id, "error": str(error)})


async def main(command: str, *rest: str) -> None:
    resonate = Resonate(url=os.environ["RESONATE_URL"], group="interop-clients")
    match (command, *rest):
        case ("call", group, calls):
            await call(resonate, group, json.loads(calls))
        case ("settle", id, value):
            await resonate.promises.resolve(id, Value(data=json.loads(value)))
        case ("schedule", name, cron, group, call_json):
            scheduled = json.loads(call_json)
            await resonate.options(target=group).schedule(name, cron, scheduled["function"], tuple(scheduled["args"]))
        case ("unschedule", name):
            await resonate.schedules.delete(name)
        case _:
            raise SystemExit(f"unknown command {command} {rest}")
    await resonate.stop()


asyncio.run(main(*sys.argv[1:]))
