"""The example worker once more, on the public Python SDK: the same function and the same lines in the log.

It knows nothing of Baton: the operator gives it RESONATE_URL, RESONATE_GROUP and RESONATE_PID.
"""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime
from typing import Any

from resonate.context import Context
from resonate.resonate import Resonate

PID = os.environ["RESONATE_PID"]
UNIT_MS = float(os.environ.get("COST_UNIT_MS", "1000"))


def say(what: str, call: str, cost: int) -> int:
    at = datetime.now(UTC)
    moment = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    sys.stdout.write(f"{moment} {PID} {what} {call} cost {cost} attempt 1\n")
    sys.stdout.flush()
    return int(at.timestamp() * 1000)


async def computeSomething(_: Context, id: str, cost: int) -> dict[str, Any]:  # noqa: N802, its name in every SDK
    started_at = say("started", id, cost)
    await asyncio.sleep(cost * UNIT_MS / 1000)
    ended_at = say("finished", id, cost)
    return {"id": id, "cost": cost, "worker": PID, "attempt": 1, "startedAt": started_at, "endedAt": ended_at}


async def main() -> None:
    resonate = Resonate(url=os.environ["RESONATE_URL"], group=os.environ["RESONATE_GROUP"], pid=PID)
    resonate.register(computeSomething)
    await asyncio.Event().wait()


asyncio.run(main())
