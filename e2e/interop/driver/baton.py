"""The server under test: the real launcher on a temporary SQLite file, and what the driver asks of it."""

from __future__ import annotations

import base64
import json
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sdks import ROOT

START_SECONDS = 60
STOP_SECONDS = 15


class Baton:
    """`./baton serve`, from `with` to the end of its block.

    With a token, the server lets in nobody without one. It does not check the signature: the driver has none to make.
    """

    def __init__(self, folder: Path, token: str | None = None) -> None:
        folder.mkdir()
        self.folder = folder
        self.token = token
        self.port, self.legacy_poll_port = free_ports(2)
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = folder / "baton.log"

    def __enter__(self) -> Baton:
        self.start()
        return self

    def start(self, port: int | None = None) -> None:
        """Starts it on its file and, unless told otherwise, on its port; returns when it is ready."""
        port = port or self.port
        command = [
            str(ROOT / "baton"),
            "serve",
            "--server-port",
            str(port),
            "--observability-metrics-port",
            "0",
            "--storage-sqlite-path",
            str(self.folder / "baton.db"),
            "--legacy-enabled",
            "--legacy-poll-port",
            str(self.legacy_poll_port),
            *(["--auth-publickey", "none"] if self.token else []),
        ]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            self._await_ready(port)
        except BaseException:
            self.__exit__()
            raise

    def kill(self) -> None:
        """`kill -9`."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """As Kubernetes does: SIGTERM, and time to end in good order."""
        self.__exit__()

    def freeze(self) -> None:
        """It stands still, as in a machine that is paused, until it is thawed."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def __exit__(self, *_: object) -> None:
        self.thaw()
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def request(self, kind: str, data: dict[str, Any]) -> tuple[int, Any]:
        """One protocol request; returns the status and the data of the answer."""
        head = {"corrId": "interop", "version": "2026-04-01", "auth": self.token}
        status, answer = self._http("POST", "/", {"kind": kind, "head": head, "data": data})
        return status, answer["data"]

    def exists(self, schedule: str) -> bool:
        return self.request("schedule.get", {"id": schedule})[0] == 200

    def group(self, name: str, at: str | None = None) -> dict[str, Any]:
        group: dict[str, Any] = self._ok("GET", f"/groups/{name}", at=at)
        return group

    def groups(self) -> list[dict[str, Any]]:
        groups: list[dict[str, Any]] = self._ok("GET", "/groups")["groups"]
        return groups

    def slots(self, group: str, slots_per_worker: int | None) -> None:
        self._ok("PUT", f"/groups/{group}", {"slotsPerWorker": slots_per_worker})

    def worker(self, group: str, pid: str, verb: str) -> None:
        """What the operator says about a worker's pod: drain, gone or resume."""
        named = self._ok("POST", f"/groups/{group}/workers/{pid}/{verb}")["workers"]
        if named != [pid]:
            raise RuntimeError(f"{verb} of {pid} meant {named}")

    def _ok(self, method: str, path: str, body: Any = None, at: str | None = None) -> Any:
        end = time.monotonic() + START_SECONDS
        status, answer = self._http(method, path, body, at)
        while status == 503 and time.monotonic() < end:  # Nobody owns the store, for the moment.
            time.sleep(0.1)
            status, answer = self._http(method, path, body, at)
        if status != 200:
            raise RuntimeError(f"{method} {path}: {status} {answer}")
        return answer

    def _await_ready(self, port: int) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self._process.poll() is not None:
                raise RuntimeError(f"baton serve ended with {self._process.returncode}:\n{self.log()}")
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=1):
                    return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"baton serve was not ready within {START_SECONDS} s:\n{self.log()}")

    def _http(self, method: str, path: str, body: Any = None, at: str | None = None) -> tuple[int, Any]:
        data = None if body is None else json.dumps(body).encode()
        headers = {
            "Content-Type": "application/json",
            **({"Authorization": f"Bearer {self.token}"} if self.token else {}),
        }
        request = urllib.request.Request((at or self.url) + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                said = error.read().decode(errors="replace")
                try:
                    return error.code, json.loads(said)
                except ValueError:
                    return error.code, said


def free_ports(count: int) -> list[int]:
    """Held all at once, so that they differ."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def unsigned_token() -> str:
    """A token of the right form that opens everything for an hour."""
    claims = {"role": "admin", "exp": int(time.time()) + 3600}
    parts = [json.dumps({"alg": "ES256", "typ": "JWT"}).encode(), json.dumps(claims).encode(), bytes(64)]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
