"""What happens to the server, under workers that live: nobody loses the work that it does.

The leases are short, so that one that counted the server's absence would end. Calls outlast the outage: what an SDK does
with a result that it cannot deliver is its own affair.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from baton import free_ports
from fleet import Fleet, StoryFailed
from servers import Servers
from stories import PATIENCE_SECONDS, WORKERS, Story, check, equal, unique

LEASE_SECONDS = 15
CALLS = 9
AFTERWARDS_SECONDS = 20  # how much longer than the outage a call takes: all SDKs are connected again by then
RETURNING_CALLS = 30
BUSIEST = 12
OWNER_KILLS = 20
ROLLS = 12
ROLLED_CALLS = 30


def restart_soon(fleet: Fleet) -> str:
    """`kill -9` of the server, which is back after five seconds."""
    return through(fleet, 5, lambda: killed_for(fleet, 5))


def restart_late(fleet: Fleet) -> str:
    """The same, and four leases pass until it is back."""
    return through(fleet, 60, lambda: killed_for(fleet, 60))


def pause(fleet: Fleet) -> str:
    """SIGSTOP: the server stands still for two leases, and its connections with it."""

    def frozen() -> None:
        fleet.baton.freeze()
        time.sleep(2 * LEASE_SECONDS)
        fleet.baton.thaw()

    return through(fleet, 2 * LEASE_SECONDS, frozen)


def killed_for(fleet: Fleet, seconds: int) -> None:
    fleet.baton.kill()
    time.sleep(seconds)
    fleet.baton.start()


def through(fleet: Fleet, seconds: int, outage: Callable[[], None]) -> str:
    """Calls that run all the while are each begun once, finished once, and answered."""
    label = f"outage-{unique()}"
    ms = (seconds + AFTERWARDS_SECONDS) * 1000
    calls = named(label, CALLS, ms)
    client = fleet.begin(calls, seconds=2 * seconds + 120)
    fleet.journal.expect(
        "starts of the calls", PATIENCE_SECONDS, lambda e: e.kind == "start" and e.label == label, count=CALLS
    )
    # Right after a heartbeat, and right before one: leases are at all ages.
    time.sleep(LEASE_SECONDS / 2)
    outage()
    back = time.monotonic()
    pids = sorted(fleet.alive)
    fleet.wait_for(
        "workers as before",
        120,
        lambda: sorted(worker["pid"] for worker in fleet.baton.group(fleet.group_at_server)["workers"]) == pids,
    )
    connected = time.monotonic() - back
    results = client.results()
    equal(sorted(results), sorted(call["id"] for call in calls), "the calls that were answered")
    check_once(fleet, label, CALLS)
    return f"1 each, {connected:.1f} s"


def come_back(fleet: Fleet) -> str:
    """Thirty calls wait when three workers come back, one after the other: they share them."""
    label = f"return-{unique()}"
    fleet.baton.kill()
    [elsewhere] = free_ports(1)
    fleet.baton.start(elsewhere)
    at = f"http://127.0.0.1:{elsewhere}"
    client = fleet.begin(named(label, RETURNING_CALLS, 500), url=at)
    group = fleet.group_at_server
    end = time.monotonic() + PATIENCE_SECONDS
    while fleet.baton.group(group, at)["ready"] < RETURNING_CALLS:
        if time.monotonic() > end:
            raise StoryFailed(f"not all calls wait: {fleet.baton.group(group, at)}")
        time.sleep(0.05)
    client.abandon()
    fleet.baton.stop()
    fleet.baton.start()
    fleet.journal.expect(
        "ends of the calls", 60, lambda e: e.kind == "end" and e.label == label, count=RETURNING_CALLS
    )
    starts = fleet.journal.matching(lambda e: e.kind == "start" and e.label == label)
    equal(len(starts), RETURNING_CALLS, "starts")
    per_worker = Counter(event.worker for event in starts)
    busiest = max(per_worker.values())
    check(busiest <= BUSIEST, f"the busiest got {busiest}: {dict(per_worker)}")
    equal(len(per_worker), WORKERS, "workers that took part")
    return "/".join(str(count) for count in sorted(per_worker.values(), reverse=True))


def owners_lost(fleet: Fleet) -> str:
    """`kill -9` of the server that owns the store, twenty times, under calls of all ages; all are played, whatever comes of one."""
    servers = fleet.baton
    assert isinstance(servers, Servers)
    not_once: dict[str, str] = {}
    for number in range(OWNER_KILLS):
        label = f"owner-{number}-{unique()}"
        calls = named(label, CALLS, 2500)
        client = fleet.begin(calls, seconds=90)
        fleet.journal.expect(
            "starts of the calls", PATIENCE_SECONDS, lambda e, l=label: e.kind == "start" and e.label == l, count=CALLS
        )
        # Calls end before the next owner is there, right after, and long after.
        time.sleep(2.4 * number / OWNER_KILLS)
        lost = servers.lose_owner()
        try:
            results = client.results()
        except StoryFailed as failure:
            raise StoryFailed(f"kill {number}: {failure}\n    the server says: {states(servers, calls)}") from failure
        equal(sorted(results), sorted(call["id"] for call in calls), f"kill {number}: the calls that were answered")
        not_once |= {id: f"kill {number}: {how}" for id, how in counted(fleet, calls).items()}
        servers.bring_back(lost)
        fleet.check_nobody_died()
    total = OWNER_KILLS * CALLS
    check(not not_once, f"{len(not_once)} of {total} calls, all answered, not begun and finished once: {not_once}")
    return f"{total} calls, 1 each"


def rolled(fleet: Fleet) -> str:
    """Each server is ended in good order and started again, in turns, while calls end all the time; all are played, whatever comes of one."""
    servers = fleet.baton
    assert isinstance(servers, Servers)
    not_once: dict[str, str] = {}
    for number in range(ROLLS):
        label = f"roll-{number}-{unique()}"
        # From before the server is asked to end until after it is back.
        calls = [call for i in range(ROLLED_CALLS) for call in named(f"{label}.{i}", 1, 100 * (i + 1))]
        client = fleet.begin(calls, seconds=90)
        fleet.journal.expect("start of a call", PATIENCE_SECONDS, lambda e, l=label: e.kind == "start" and e.label.startswith(l))
        servers.roll(number % servers.count)
        results = client.results()
        equal(sorted(results), sorted(call["id"] for call in calls), f"roll {number}: the calls that were answered")
        not_once |= {id: f"roll {number}: {how}" for id, how in counted(fleet, calls).items()}
        fleet.check_nobody_died()
    total = ROLLS * ROLLED_CALLS
    check(not not_once, f"{len(not_once)} of {total} calls, all answered, not begun and finished once: {not_once}")
    return f"{total} calls, 1 each"


def states(servers: Servers, calls: list[dict[str, Any]]) -> dict[str, str]:
    """Each call's promise and task, as the server knows them."""
    found = {}
    for call in calls:
        _, promise = servers.request("promise.get", {"id": call["id"]})
        _, task = servers.request("task.get", {"id": call["id"]})
        found[call["id"]] = f"{promise} {task}"
    return found


def counted(fleet: Fleet, calls: list[dict[str, Any]]) -> dict[str, str]:
    """Of the calls that were not begun and finished once: what they were."""
    ids = {call["id"] for call in calls}
    seen = {
        kind: Counter(event.id for event in fleet.journal.matching(lambda e, k=kind: e.kind == k and e.id in ids))
        for kind in ("start", "end")
    }
    found = {id: f"begun {seen['start'][id]}, finished {seen['end'][id]} times" for id in ids}
    return {id: how for id, how in found.items() if how != "begun 1, finished 1 times"}


def check_once(fleet: Fleet, label: str, calls: int) -> None:
    for kind in ("start", "end"):
        counts = Counter(event.id for event in fleet.journal.matching(lambda e, k=kind: e.kind == k and e.label == label))
        twice = {id: count for id, count in counts.items() if count != 1}
        check(not twice and len(counts) == calls, f"{kind} of each call once: {len(counts)} calls, not once {twice}")


def named(label: str, count: int, ms: int) -> list[dict[str, Any]]:
    return [{"id": f"{label}-{i}", "function": "work", "args": [label, ms]} for i in range(count)]


OUTAGE_STORIES = [
    Story("away 5 s", "kill -9 of the server, back after 5 s", restart_soon),
    Story("away 60 s", "kill -9 of the server, back after 60 s", restart_late),
    Story("paused", "the server stands still for two leases", pause),
    Story("return", "thirty calls wait for three workers that come back", come_back),
]

# Of several servers over one PostgreSQL.
SERVERS_STORIES = [
    Story("12 rolls", "each of the servers is ended in good order and comes back, four times", rolled),
    Story("20 owners", "kill -9 of the server that owns the store, twenty times", owners_lost),
]
