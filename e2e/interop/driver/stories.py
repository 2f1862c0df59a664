"""What every SDK has to live through. A story returns what it measured, or fails with what was missing."""

from __future__ import annotations

import json
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fleet import Event, Fleet, StoryFailed

TAKEOVER_SECONDS = 2.0
TOLD_SECONDS = 0.5
PATIENCE_SECONDS = 30  # for what has no limit of its own; other builds may keep the machine busy
WORKERS = 3
CALLS = 6


@dataclass(frozen=True)
class Story:
    name: str
    claim: str
    play: Callable[[Fleet], str]


def balanced(fleet: Fleet) -> str:
    """Workers that announce no slots take any number of calls; each call goes to the least loaded."""
    return spread(fleet, call_work(fleet, "balanced", ms=700))


def one_slot(fleet: Fleet) -> str:
    """The group's own limit holds for workers that know nothing of slots."""
    fleet.baton.slots(fleet.group_at_server, 1)
    try:
        label = call_work(fleet, "one-slot", ms=400)
    finally:
        fleet.baton.slots(fleet.group_at_server, None)
    running: Counter[str] = Counter()
    for event in fleet.journal.matching(lambda e: e.label == label):
        running[event.worker] += 1 if event.kind == "start" else -1
        check(running[event.worker] <= 1, f"{event.worker} ran {running[event.worker]} calls at once")
    return spread(fleet, label)


def takeover(fleet: Fleet) -> str:
    """`kill -9` of the worker that is at it: a survivor starts the call again, far sooner than the lease ends."""
    call = work("takeover", ms=2500)
    client = fleet.begin([call])
    [first] = fleet.journal.expect("start of the call", PATIENCE_SECONDS, started(call["id"]))
    killed = fleet.kill(first.worker)
    _, second = fleet.journal.expect("start on a survivor", PATIENCE_SECONDS, started(call["id"]), count=2)
    check(second.worker != first.worker, f"{first.worker} started again after its end")
    seconds = second.seen - killed
    check(seconds <= TAKEOVER_SECONDS, f"takeover took {seconds:.2f} s")
    equal(client.results()[call["id"]]["worker"], second.worker, "who returned the result")
    return f"{seconds:.2f} s"


def told(fleet: Fleet) -> str:
    """As when the operator sees a pod go: who is drained gets nothing new, who is gone has lost its call at once."""
    drained = fleet.alive[0]
    fleet.baton.worker(fleet.group_at_server, drained, "drain")
    try:
        call = work("told", ms=1500)
        client = fleet.begin([call])
        [first] = fleet.journal.expect("start of the call", PATIENCE_SECONDS, started(call["id"]))
        moment = time.monotonic()
        # It stands still meanwhile: a worker that lives may take its own call again before another has.
        fleet.pause(first.worker)
        try:
            fleet.baton.worker(fleet.group_at_server, first.worker, "gone")
            _, second = fleet.journal.expect("start on another worker", PATIENCE_SECONDS, started(call["id"]), count=2)
        finally:
            fleet.go_on(first.worker)
        answered_by = client.results()[call["id"]]["worker"]
    finally:
        fleet.baton.worker(fleet.group_at_server, drained, "resume")
    check(drained not in (first.worker, second.worker), f"{drained} was drained and got the call")
    check(first.worker != second.worker, f"{first.worker} was gone and got the call again")
    # The legacy API has no fence that its SDK uses: who lives may still settle first.
    if not fleet.workers_of.is_legacy:
        equal(answered_by, second.worker, "who returned the result")
    seconds = second.seen - moment
    check(seconds <= TOLD_SECONDS, f"hand-over took {seconds:.2f} s")
    return f"{seconds:.2f} s"


def recursion(fleet: Fleet) -> str:
    """factorial(10): every level waits for the next one, which any worker of the group computes."""
    call = invocation("factorial", "recursion", 10)
    equal(fleet.call([call])[call["id"]], 3628800, "10!")
    by = {event.worker for event in fleet.journal.matching(lambda e: e.label == call["args"][0])}
    check(len(by) > 1, f"only {by} took part")
    return f"{len(by)} workers"


def durable_sleep(fleet: Fleet) -> str:
    """A sleeping workflow holds no worker, and wakes in time although the worker that began it is gone."""
    slept_for = 3.0
    call = invocation("nap", "sleep", int(slept_for * 1000))
    fleet.baton.slots(fleet.group_at_server, 1)
    try:
        client = fleet.begin([call])
        [asleep] = fleet.journal.expect("start of the sleeper", PATIENCE_SECONDS, started(call["id"]))
        await_suspension(fleet, call["id"])
        fleet.kill(asleep.worker)
        [awake] = fleet.journal.expect("awakening", PATIENCE_SECONDS, of("end", call["id"]))
        client.results()
    finally:
        fleet.baton.slots(fleet.group_at_server, None)
    check(awake.worker != asleep.worker, f"{asleep.worker} woke after its end")
    seconds = (awake.at - asleep.at) / 1000
    check(slept_for <= seconds <= slept_for + 1, f"a sleep of {slept_for} s took {seconds:.2f} s")
    return f"{seconds - slept_for:+.2f} s"


def human(fleet: Fleet) -> str:
    """A workflow waits for a decision, suspended; a client settles the promise from outside."""
    call = invocation("approval", "human", 0)
    client = fleet.begin([call])
    [opened] = fleet.journal.expect("open promise", PATIENCE_SECONDS, of("promise", call["id"]))
    await_suspension(fleet, call["id"])
    decision = {"approved": True, "by": "Zoë"}
    fleet.client("settle", opened.detail, json.dumps(decision))
    equal(client.results()[call["id"]]["decision"], decision, "the decision")
    return "settled"


def schedule(fleet: Fleet) -> str:
    """A schedule of every second runs on the group's workers until it is deleted."""
    name = f"schedule-{unique()}"
    call = {"id": "", "function": "work", "args": [name, 0]}
    fleet.client("schedule", name, "* * * * * *", fleet.group, json.dumps(call))
    try:
        if fleet.clients_of.schedules_name_a_target:
            runs = fleet.journal.expect(
                "run of the schedule", PATIENCE_SECONDS, lambda e: e.kind == "start" and e.label == name, count=2
            )
            ids = [run.id for run in runs]
        else:
            # The SDK gives what its schedules make no target: that it is made is all there is to see.
            fleet.wait_for("promise of the schedule", PATIENCE_SECONDS, lambda: len(made_by(fleet, name)) >= 2)
            ids = made_by(fleet, name)
    finally:
        fleet.client("unschedule", name)
    equal(len(set(ids)), len(ids), f"different promises among {ids}")
    check(not fleet.baton.exists(name), f"{name} is still there")
    return f"{len(ids)} runs" if fleet.clients_of.schedules_name_a_target else f"{len(ids)} made, no target"


def made_by(fleet: Fleet, schedule: str) -> list[str]:
    _, data = fleet.baton.request("promise.search", {"tags": {"resonate:schedule": schedule}})
    return [promise["id"] for promise in data["promises"]]


def values(fleet: Fleet) -> str:
    """What JSON can say comes back as it was sent, whoever calls whom; Java's types, too, where Java calls."""
    prefix = f"values-{unique()}"
    calls = [{"id": f"{prefix}-{n}", "function": "echo", "args": [prefix, value]} for n, value in enumerate(JSON_VALUES)]
    results = fleet.call(calls)
    for call, value in zip(calls, JSON_VALUES):
        equal(results[call["id"]], value, f"what came back for {value!r}")
    count = len(calls)
    if fleet.clients_of.has_values:
        count += fleet.run("values", fleet.group, f"{prefix}-typed")[f"{prefix}-typed"]
    return f"{count} values"


JSON_VALUES: list[Any] = [
    True,
    0,
    -7,
    2**53 - 1,
    0.1,
    -2.5e-7,
    "",
    'Zoë 🎈 " \\ \n',
    [],
    {},
    {"a": [1, {"b": None}, "c"], "ü": False},
    "2026-10-25T02:30:00+01:00[Europe/Berlin]",
]

STORIES = [
    Story("balanced", "six calls, three workers", balanced),
    Story("one slot", "the same with one slot a worker", one_slot),
    Story("takeover", "kill -9 of the busy worker", takeover),
    Story("told", "drain and gone, as the operator says them", told),
    Story("recursion", "factorial over the group", recursion),
    Story("sleep", "durable sleep, its worker killed", durable_sleep),
    Story("schedule", "every second", schedule),
    Story("human", "a promise settled from outside", human),
]

# What is played against a server that asks for a token.
TOKEN_STORY = Story("token", "the same, on a server that asks for tokens", human)

# What is played where the programs have the function for it.
VALUES_STORY = Story("values", "values go there and back", values)

# What is played when client and workers are of different SDKs.
MIXED_STORIES = [
    *(story for story in STORIES if story.name in ("balanced", "takeover", "recursion", "human")),
    VALUES_STORY,
]


def call_work(fleet: Fleet, label: str, ms: int) -> str:
    """Six calls of equal cost at once; returns their label."""
    label = f"{label}-{unique()}"
    calls = [{**work(label, ms), "args": [label, ms]} for _ in range(CALLS)]
    results = fleet.call(calls)
    equal(sorted(results), sorted(call["id"] for call in calls), "the calls that were answered")
    return label


def spread(fleet: Fleet, label: str) -> str:
    per_worker = Counter(
        event.worker for event in fleet.journal.matching(lambda e: e.kind == "start" and e.label == label)
    )
    equal(sorted(per_worker), sorted(fleet.alive), "the workers that took part")
    equal(set(per_worker.values()), {CALLS // WORKERS}, "calls per worker")
    return "/".join(str(count) for count in per_worker.values())


def await_suspension(fleet: Fleet, id: str) -> None:
    """The task is suspended, and nothing is held, sent or waiting because of it, in whatever group."""

    def suspended() -> bool:
        idle = all(group["inFlight"] == group["ready"] == 0 for group in fleet.baton.groups())
        if fleet.workers_of.is_legacy:  # its tasks have other ids
            return idle and fleet.baton.request("promise.get", {"id": id})[1]["promise"]["state"] == "pending"
        return idle and fleet.baton.request("task.get", {"id": id})[1]["task"]["state"] == "suspended"

    fleet.wait_for(f"suspension of {id} with nothing in flight", 2, suspended)


def work(label: str, ms: int) -> dict[str, Any]:
    return invocation("work", label, ms)


def invocation(function: str, label: str, number: int) -> dict[str, Any]:
    """A call of an id and a label of its own."""
    label = f"{label}-{unique()}"
    return {"id": label, "function": function, "args": [label, number]}


def started(id: str) -> Callable[[Event], bool]:
    return of("start", id)


def of(kind: str, id: str) -> Callable[[Event], bool]:
    return lambda event: event.kind == kind and event.id == id


def unique() -> str:
    return uuid.uuid4().hex[:8]


def check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise StoryFailed(otherwise)


def equal(seen: object, wanted: object, what: str) -> None:
    check(seen == wanted, f"{what}: {seen!r} instead of {wanted!r}")
