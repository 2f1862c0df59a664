"""Runs Baton with the public SDKs, unmodified: every story with every SDK, then SDKs mixed.

    python3 e2e/interop/driver [SDK...]    all of them without arguments; `make interop` builds the server first
    python3 e2e/interop/driver --prepare [SDK...]    only installs and builds what they need
    python3 e2e/interop/driver --outages [SDK...]    instead, restarts and pauses of the server: five minutes each
    python3 e2e/interop/driver --servers [SDK...]    instead, rolls of three servers and twenty losses of their owner: four minutes each

The exit code is 0 if every story that could be played held. An SDK whose toolchain is missing is skipped by name; with
--require that is a failure.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from baton import Baton, unsigned_token
from fleet import Fleet, StoryFailed
from report import Report, Row, say
from sdks import SDKS, Programs, Sdk, Skipped, selected
from outages import LEASE_SECONDS, OUTAGE_STORIES, SERVERS_STORIES
from servers import Servers
from stories import MIXED_STORIES, STORIES, TOKEN_STORY, VALUES_STORY, WORKERS, Story

# Clients and workers of different SDKs: who calls whom.
MIXED = [("typescript", "java"), ("java", "python"), ("python", "java"), ("java", "typescript")]


@dataclass(frozen=True)
class Cast:
    """Who plays: workers of one SDK, clients of the same or of another."""

    row: Row
    baton: Baton
    group: str
    workers: Programs
    clients: Programs
    stories: list[Story]
    lease_seconds: int | None = None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sdks", nargs="*", metavar="SDK", help=" ".join(sdk.name for sdk in SDKS))
    parser.add_argument("--prepare", action="store_true", help="make the SDKs ready, and play nothing")
    parser.add_argument("--outages", action="store_true", help="play what happens to the server")
    parser.add_argument("--servers", action="store_true", help="roll three servers over one PostgreSQL, and lose their owners")
    parser.add_argument("--require", action="store_true", help="fail if a toolchain is missing")
    options = parser.parse_args()
    chosen = selected(options.sdks)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

    stories = SERVERS_STORIES if options.servers else OUTAGE_STORIES if options.outages else [*STORIES, TOKEN_STORY, VALUES_STORY]
    report = Report([story.name for story in stories])
    ready = prepare(chosen, report)
    if options.prepare:
        return 1 if report.failed else 0
    if ready and (options.outages or options.servers):
        for sdk, programs in ready.items():
            if programs.is_legacy:
                report.skip(sdk.name, f"{sdk.package} has another API, whose clients do not come back by themselves")
                continue
            server = Servers if options.servers else Baton
            with tempfile.TemporaryDirectory(prefix="baton-interop-") as folder, server(Path(folder, "open")) as baton:
                row = Row(sdk.name, programs.version, programs.runtime)
                group = f"outages-{sdk.name}"
                play(Cast(row, baton, group, programs, programs, stories, LEASE_SECONDS), report)
    elif ready:
        with (
            tempfile.TemporaryDirectory(prefix="baton-interop-") as folder,
            Baton(Path(folder, "open")) as open_baton,
            Baton(Path(folder, "guarded"), unsigned_token()) as guarded_baton,
        ):
            for cast in casts(ready, open_baton, guarded_baton):
                play(cast, report)
    report.print()
    return 1 if report.failed or (options.require and report.skipped) else 0


def prepare(chosen: list[Sdk], report: Report) -> dict[Sdk, Programs]:
    ready = {}
    for sdk in chosen:
        say(f"{sdk.name}: making {sdk.package} ready")
        try:
            ready[sdk] = sdk.prepare()
        except Skipped as missing:
            report.skip(sdk.name, str(missing))
        except RuntimeError as error:
            report.fail(sdk.name, str(error))
    return ready


def casts(ready: dict[Sdk, Programs], baton: Baton, guarded: Baton) -> list[Cast]:
    """Every SDK by itself, then the mixed pairs whose SDKs are both there."""
    result = []
    for sdk, programs in ready.items():
        row, group = Row(sdk.name, programs.version, programs.runtime), f"interop-{sdk.name}"
        result.append(Cast(row, baton, group, programs, programs, STORIES))
        result.append(Cast(row, guarded, group, programs, programs, [TOKEN_STORY]))
    by_name = {sdk.name: programs for sdk, programs in ready.items()}
    for client, worker in MIXED:
        if client in by_name and worker in by_name:
            clients, workers = by_name[client], by_name[worker]
            versions, runtimes = f"{clients.version}, {workers.version}", f"{clients.runtime}, {workers.runtime}"
            row = Row(f"{client} client, {worker} workers", versions, runtimes)
            result.append(Cast(row, baton, f"interop-{client}-to-{worker}", workers, clients, MIXED_STORIES))
    return result


def play(cast: Cast, report: Report) -> None:
    report.begin(cast.row)
    with Fleet(cast.baton, cast.group, cast.workers, cast.clients, cast.lease_seconds) as fleet:
        for story in cast.stories:
            begun = time.monotonic()
            try:
                fleet.grow_to(WORKERS)
                measured = story.play(fleet)
                fleet.check_nobody_died()
                report.passed_story(cast.row, story.name, measured, story.claim, time.monotonic() - begun)
            except StoryFailed as failure:
                report.failed_story(cast.row, story.name, f"{failure}\n{fleet.complaints()}")


if __name__ == "__main__":
    sys.exit(main())
