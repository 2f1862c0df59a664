package dev.baton.bench.measure;

import java.util.List;

/** All measures, in the order in which they run. */
public final class Measures {

  public static final List<Measure> ALL =
      List.of(
          Measure.of("ceilings", "what the machine allows", Machine::ceilings),
          Measure.of(
              "idle-dispatch",
              "idle server: from the create request to the worker's receipt",
              Latency::idleDispatch),
          Measure.of(
              "caller-unblock",
              "idle server: from the create request to the caller's unblock",
              Latency::callerUnblock),
          Measure.of(
              "closed-loop",
              "64 callers, 8 workers: create, acquire, fulfil",
              Throughput::closedLoop),
          Measure.of(
              "closed-loop-slots",
              "the same with workers that announce 8 slots",
              Throughput::closedLoopWithSlots),
          Measure.of(
              "closed-loop-unblock",
              "the same with callers that wait for the unblock message",
              Throughput::closedLoopUntilUnblock),
          Measure.of(
              "sdk-task",
              "16 callers and a worker of 16 slots, both with the Java SDK",
              SdkTasks::run),
          Measure.of(
              "promise-loop",
              "create and settle bare promises at 1, 16, 64 and 256 connections",
              Throughput::promiseLoop),
          Measure.of("idle-cpu", "CPU of an idle server with 1,000 workers", ManyWorkers::idleCpu),
          Measure.of(
              "handover-socket",
              "from the closing of a worker's sockets until a survivor has its task",
              HandOver::socket),
          Measure.of(
              "handover-worker", "the same when the worker says that it leaves", HandOver::worker),
          Measure.of("handover-operator", "the same when an operator says so", HandOver::operator),
          Measure.of(
              "late-worker",
              "from a worker's connecting to a task that waited for it",
              Waiting::lateWorker),
          Measure.of(
              "absent-group",
              "20,000 tasks wait for an absent group: dispatch in another",
              Waiting::absentGroup),
          Measure.of(
              "beside-readers",
              "a million settled rows: dispatch beside searches, trees, groups, metrics, a backup",
              BesideReaders::run),
          Measure.of(
              "beside-consoles",
              "a million settled rows: dispatch while 20 consoles show groups, a relay or calls",
              BesideConsoles::run),
          Measure.of(
              "makespan",
              "a dozen tasks on three one-slot workers, over the ideal",
              Evenness::makespan),
          Measure.of(
              "poisson",
              "Poisson arrivals at 80 % load, mean wait over one perfect queue's",
              Evenness::poisson),
          Measure.of(
              "10k-workers",
              "memory and dispatch with 10,000 connected workers",
              ManyWorkers::tenThousand),
          Measure.of(
              "cold-dispatch",
              "a server that has just started, a task each 100 ms: the first hundred dispatches",
              Cold::dispatch),
          Measure.of(
              "cold-unblock",
              "the same: from the create request to the caller's unblock",
              Cold::unblock),
          Measure.of(
              "cold-flood",
              "a server that has just started: its first 5,000 tasks, of 64 callers",
              Cold::flood),
          Measure.of(
              "vanished",
              "from the end of a worker's machine until a survivor has its task (needs root)",
              Vanished::run),
          Measure.of(
              "return-after-outage",
              "three workers come back to thirty calls after a start: how many the busiest gets",
              Outage::returning),
          Measure.of("kill9", "SIGKILL under load and a start on the same file", Crash::kill9),
          Measure.of(
              "growth-promises",
              "requests in front of 1, 10 and 100 thousand live promises",
              Growth::promises),
          Measure.of(
              "growth-workers", "dispatch among 1, 10 and 100 thousand workers", Growth::workers),
          new Measure(
              "million-timers",
              "how late timers fire in front of a million pending ones",
              true,
              MillionTimers::run),
          new Measure(
              "ten-million",
              "a start in front of ten million settled promises",
              true,
              Growth::tenMillion));

  /** Those of several servers over one PostgreSQL; each request takes any of them. */
  public static final List<Measure> OF_SEVERAL_SERVERS =
      List.of(
          Measure.of(
              "dispatch",
              "idle servers: from the create request to the worker's receipt",
              Several::dispatch),
          Measure.of(
              "unblock",
              "idle servers: from the create request to the caller's unblock",
              Several::unblock),
          Measure.of(
              "closed-loop", "64 callers, 8 workers: create, acquire, fulfil", Several::closedLoop),
          Measure.of(
              "promises",
              "create and settle bare promises at 1 and 64 connections",
              Several::promises),
          Measure.of(
              "both-sides",
              "100 tasks created at all servers in turn, the group's only worker at one",
              Several::bothSides),
          Measure.of(
              "makespan",
              "a dozen tasks on three one-slot workers at any server, over the ideal",
              Several::makespan),
          Measure.of("owner-kill9", "SIGKILL of the owner under load", Several::ownerKilled),
          Measure.of(
              "handover",
              "SIGTERM of the owner under load, and a start in its place",
              Several::handOver),
          Measure.of(
              "database-kill9",
              "SIGKILL and start of the database under load",
              Several::databaseKilled));

  private Measures() {}
}
