"""What the programs of this folder share: how a worker says what it does."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

PID = os.environ.get("RESONATE_PID")


def write(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def emit(event: str, function: str, id: str, label: str, detail: Any = None) -> None:
    write(
        {
            "event": event,
            "function": function,
            "id": id,
            "label": label,
            "detail": detail,
            "worker": PID,
            "at": int(time.time() * 1000),
        }
    )
