"""A worker. See ../README.md for what every worker offers and prints."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Generator
from typing import Any

from program import PID, connect, emit
from resonate import Context

GROUP = os.environ["RESONATE_GROUP"]


def work(ctx: Context, label: str, ms: int) -> dict[str, Any]:
    emit("start", "work", ctx.id, label)
    time.sleep(ms / 1000)
    emit("end", "work", ctx.id, label)
    return {"worker": PID, "label": label}


def factorial(ctx: Context, label: str, n: int) -> Generator[Any, Any, int]:
    emit("start", "factorial", ctx.id, label, n)
    if n <= 1:
        return 1
    smaller: int = yield ctx.rfc("factorial", label, n - 1).options(target=GROUP)
    return n * smaller


def nap(ctx: Context, label: str, ms: int) -> Generator[Any, Any, dict[str, Any]]:
    emit("start", "nap", ctx.id, label)
    yield ctx.sleep(ms / 1000)
    emit("end", "nap", ctx.id, label)
    return {"worker": PID, "label": label}


def approval(ctx: Context, label: str, _: int) -> Generator[Any, Any, dict[str, Any]]:
    emit("start", "approval", ctx.id, label)
    promise = yield ctx.promise()
    emit("promise", "approval", ctx.id, label, promise.id)
    return {"worker": PID, "decision": (yield promise)}


resonate = connect(GROUP, PID)
for function in (work, factorial, nap, approval):
    resonate.register(function)
resonate.start()
threading.Event().wait()
