"""What the programs of this folder share: the connection, and how a worker says what it does."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from typing import Any
from urllib.parse import urlsplit

from resonate import Resonate

PID = os.environ.get("RESONATE_PID")

_one_line_at_a_time = threading.Lock()


def connect(group: str, pid: str | None = None) -> Resonate:
    """The SDK wants the host with its scheme, and a port of its own for the messages."""
    url = urlsplit(os.environ["RESONATE_URL"])
    return Resonate.remote(
        group=group,
        pid=pid,
        host=f"{url.scheme}://{url.hostname}",
        store_port=str(url.port),
        message_source_port=os.environ["RESONATE_PORT_MESSAGE_SOURCE"],
    )


def write(line: dict[str, Any]) -> None:
    with _one_line_at_a_time:
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
