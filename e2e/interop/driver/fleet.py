"""Worker and client processes of one SDK, and the record of what the workers said they did."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from baton import Baton
from sdks import Programs

CONNECT_SECONDS = 60
STOP_SECONDS = 5


class StoryFailed(Exception):
    """What was expected and what was seen instead."""


@dataclass(frozen=True)
class Event:
    """A line that a worker printed, with the moment at which the driver read it."""

    kind: str  # start, end or promise
    function: str
    id: str
    label: str
    detail: Any
    worker: str
    at: int  # the worker's clock, epoch ms
    seen: float  # the driver's monotonic clock, seconds


class Journal:
    """Every event of every worker, in order of arrival."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._changed = threading.Condition()

    def add(self, event: Event) -> None:
        with self._changed:
            self._events.append(event)
            self._changed.notify_all()

    def matching(self, wanted: Callable[[Event], bool]) -> list[Event]:
        with self._changed:
            return [event for event in self._events if wanted(event)]

    def expect(self, what: str, seconds: float, wanted: Callable[[Event], bool], count: int = 1) -> list[Event]:
        """Waits for `count` matching events; fails naming `what`."""
        end = time.monotonic() + seconds
        with self._changed:
            while len(found := [event for event in self._events if wanted(event)]) < count:
                if not self._changed.wait(end - time.monotonic()):
                    raise StoryFailed(f"no {what} within {seconds} s (saw {len(found)} of {count})")
            return found


class Worker:
    def __init__(self, pid: str, process: subprocess.Popen[str], errors: Path, journal: Journal) -> None:
        self.pid = pid
        self.errors = errors
        self.was_killed = False
        self._process = process
        self._reader = threading.Thread(target=self._read, args=(journal,), daemon=True)
        self._reader.start()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> float:
        """`kill -9`; returns the moment right before it."""
        self.was_killed = True
        moment = time.monotonic()
        self._process.kill()
        self._process.wait()
        return moment

    def pause(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        if self.alive:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        self._reader.join()

    def _read(self, journal: Journal) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                if not line.startswith("{"):
                    continue
                said = json.loads(line)
                journal.add(
                    Event(
                        said["event"],
                        said["function"],
                        said["id"],
                        said["label"],
                        said.get("detail"),
                        said["worker"],
                        said["at"],
                        time.monotonic(),
                    )
                )


class ClientRun:
    """A client process that was started and is waited for later."""

    def __init__(self, process: subprocess.Popen[str], what: str, seconds: float) -> None:
        self._process = process
        self._what = what
        self._end = time.monotonic() + seconds

    def results(self) -> dict[str, Any]:
        """Waits for the client; what it printed, by id of the call. Failed calls fail here."""
        try:
            output, errors = self._process.communicate(timeout=max(0.1, self._end - time.monotonic()))
        except subprocess.TimeoutExpired:
            output, errors = self.abandon()
            raise StoryFailed(
                f"client {self._what} did not end in time; it has printed {len(output.splitlines())} results and said: {errors.strip()[-4000:]}"
            ) from None
        if self._process.returncode != 0:
            raise StoryFailed(f"client {self._what} ended with {self._process.returncode}: {errors.strip()[-2000:]}")
        answers = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
        for answer in answers:
            if "error" in answer:
                raise StoryFailed(f"call {answer['id']} failed: {answer['error']}")
        return {answer["id"]: answer["result"] for answer in answers}

    def abandon(self) -> tuple[str, str]:
        """Ends it; what it has written to its standard output and error, unless that has been read."""
        self._process.kill()
        output, errors = self._process.communicate()
        return output or "", errors or ""


class Fleet:
    """The workers of one group, all of one SDK, and clients of an SDK that may be another."""

    def __init__(
        self, baton: Baton, group: str, workers: Programs, clients: Programs, lease_seconds: int | None = None
    ) -> None:
        self.baton = baton
        self.lease_seconds = lease_seconds
        self.group = group
        self.journal = Journal()
        self.clients_of = clients
        self.workers_of = workers
        self._workers: dict[str, Worker] = {}
        self._clients: list[ClientRun] = []
        self._started = 0

    def __enter__(self) -> Fleet:
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._clients:
            client.abandon()
        for worker in self._workers.values():
            worker.stop()

    @property
    def group_at_server(self) -> str:
        """Groups of the legacy API are apart from the others."""
        return f"legacy:{self.group}" if self.workers_of.is_legacy else self.group

    @property
    def alive(self) -> list[str]:
        return [pid for pid, worker in self._workers.items() if worker.alive]

    def grow_to(self, count: int) -> None:
        """Starts workers until `count` live, and waits until the server sees exactly those."""
        while len(self.alive) < count:
            self._started += 1
            self._start(f"{self.group}-w{self._started}")
        self.wait_for(
            f"{count} connected workers",
            CONNECT_SECONDS,
            lambda: sorted(w["pid"] for w in self.baton.group(self.group_at_server)["workers"]) == sorted(self.alive),
        )

    def check_nobody_died(self) -> None:
        died = [worker.pid for worker in self._workers.values() if not worker.alive and not worker.was_killed]
        if died:
            raise StoryFailed(f"ended though nobody killed them: {' '.join(died)}")

    def kill(self, pid: str) -> float:
        return self._workers[pid].kill()

    def pause(self, pid: str) -> None:
        self._workers[pid].pause()

    def go_on(self, pid: str) -> None:
        self._workers[pid].go_on()

    def begin(self, calls: list[dict[str, Any]], seconds: float = 60, url: str | None = None) -> ClientRun:
        return self._client(seconds, "call", self.group, json.dumps(calls), url=url)

    def call(self, calls: list[dict[str, Any]], seconds: float = 60) -> dict[str, Any]:
        return self.begin(calls, seconds).results()

    def run(self, *arguments: str) -> dict[str, Any]:
        return self._client(60, *arguments).results()

    def client(self, *arguments: str) -> None:
        self._client(30, *arguments).results()

    def wait_for(self, what: str, seconds: float, ready: Callable[[], bool]) -> None:
        end = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > end:
                raise StoryFailed(f"no {what} within {seconds} s; group: {self.baton.group(self.group_at_server)}")
            time.sleep(0.02)

    def complaints(self) -> str:
        """The last lines that each worker wrote to its standard error."""
        said = []
        for worker in self._workers.values():
            lines = worker.errors.read_text(errors="replace").splitlines()[-40:]
            said += [f"    {worker.pid}: {line}" for line in lines]
        return "\n".join(said)

    def _start(self, pid: str) -> None:
        errors = self.baton.folder / f"{pid}.log"
        with errors.open("wb") as sink:
            process = subprocess.Popen(
                self.workers_of.worker,
                stdout=subprocess.PIPE,
                stderr=sink,
                text=True,
                cwd=self.workers_of.folder,
                env=self._environment(RESONATE_GROUP=self.group, RESONATE_PID=pid, **self._lease()),
            )
        self._workers[pid] = Worker(pid, process, errors, self.journal)

    def _lease(self) -> dict[str, str]:
        """Each SDK has its own default; the programs read another from here."""
        if self.lease_seconds is None:
            return {}
        return {"INTEROP_LEASE_SECONDS": str(self.lease_seconds), "RESONATE_LEASE_TTL": f"PT{self.lease_seconds}S"}

    def _client(self, seconds: float, *arguments: str, url: str | None = None) -> ClientRun:
        process = subprocess.Popen(
            [*self.clients_of.client, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.clients_of.folder,
            env=self._environment(**({"RESONATE_URL": url} if url else {})),
        )
        run = ClientRun(process, " ".join(arguments)[:200], seconds)
        self._clients.append(run)
        return run

    def _environment(self, **more: str) -> dict[str, str]:
        settings = {"RESONATE_URL": self.baton.url, "RESONATE_PORT_MESSAGE_SOURCE": str(self.baton.legacy_poll_port)}
        if self.baton.token:
            # What came before tokens sends them as a password.
            settings |= {
                "RESONATE_TOKEN": self.baton.token,
                "RESONATE_USERNAME": "",
                "RESONATE_PASSWORD": self.baton.token,
            }
        return {**os.environ, "PYTHONUNBUFFERED": "1", **settings, **more}
