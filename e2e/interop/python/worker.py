"""A worker. See ../README.md for what every worker offers and prints."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from typing import Any

from program import PID, emit
from resonate.context import Context
from resonate.resonate import Resonate


async def work(ctx: Context, label: str, ms: int) -> dict[str, Any]:
    emit("start", "work", ctx.info.id, label)
    await asyncio.sleep(ms / 1000)
    emit("end", "work", ctx.info.id, label)
    return {"worker": PID, "label": label}


async def factorial(ctx: Context, label: str, n: int) -> int:
    emit("start", "factorial", ctx.info.id, label, n)
    if n <= 1:
        return 1
    smaller: int = await ctx.rpc("factorial", label, n - 1)
    return n * smaller


async def nap(ctx: Context, label: str, ms: int) -> dict[str, Any]:
    emit("start", "nap", ctx.info.id, label)
    await ctx.sleep(timedelta(milliseconds=ms))
    emit("end", "nap", ctx.info.id, label)
    return {"worker": PID, "label": label}


async def approval(ctx: Context, label: str, _: int) -> dict[str, Any]:
    emit("start", "approval", ctx.info.id, label)
    promise = ctx.promise()
    emit("promise", "approval", ctx.info.id, label, await promise.id())
    return {"worker": PID, "decision": await promise}


async def echo(_: Context, label: str, value: Any) -> Any:
    return value


async def main() -> None:
    lease = timedelta(seconds=float(os.environ.get("INTEROP_LEASE_SECONDS", "60")))
    resonate = Resonate(url=os.environ["RESONATE_URL"], group=os.environ["RESONATE_GROUP"], pid=PID, ttl=lease)
    for function in (work, factorial, nap, approval, echo):
        resonate.register(function)
    await asyncio.Event().wait()


asyncio.run(main())
