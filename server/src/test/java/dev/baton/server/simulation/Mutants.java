package dev.baton.server.simulation;

import dev.baton.core.Change;
import dev.baton.core.Command;
import dev.baton.core.IdOrder;
import dev.baton.core.Outcome;
import dev.baton.core.Portion;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.Query;
import dev.baton.core.Reader;
import dev.baton.core.Schedule;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.Message;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.TaskRequest;
import dev.baton.server.auth.Access;
import dev.baton.server.auth.Names;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.dispatch.FunctionRef;
import dev.baton.server.dispatch.GroupView;
import dev.baton.server.dispatch.Link;
import dev.baton.server.dispatch.Push;
import dev.baton.server.memory.Account;
import dev.baton.server.process.LiveBudget;
import dev.baton.server.process.Rules;
import dev.baton.server.record.Event;
import dev.baton.server.record.Recorder;
import dev.baton.server.storage.Storage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Servers that are wrong in one way each. */
enum Mutants implements Wiring {
  /** The second of two settlements counts too. */
  SETTLES_TWICE {
    @Override
    public Rules rules(Rules real) {
      return (state, command, now) -> {
        Outcome outcome = real.decide(state, command, now);
        if (command instanceof Command.Client(PromiseRequest.Settle settle)) {
          Promise promise = state.promise(settle.id());
          if (promise != null && !promise.isPending()) {
            var again = new PromiseState.Settled(settle.state(), settle.value(), now);
            return with(outcome, new Change.PutPromise(promise, promise.settled(again)));
          }
        }
        return outcome;
      };
    }
  },

  /** A worker that lost its lease may fulfil all the same. */
  FULFILS_WITH_AN_OLD_VERSION {
    @Override
    public Rules rules(Rules real) {
      return (state, command, now) -> {
        if (command instanceof Command.Client(TaskRequest.Fulfill fulfill)) {
          Task task = state.task(fulfill.id());
          long version = task == null ? fulfill.version() : task.version();
          var newer = new TaskRequest.Fulfill(fulfill.id(), version, fulfill.action());
          return real.decide(state, new Command.Client(newer), now);
        }
        return real.decide(state, command, now);
      };
    }
  },

  /** Two holders of a task cannot be told apart. */
  DOES_NOT_RAISE_THE_VERSION {
    @Override
    public Rules rules(Rules real) {
      return changing(
          real,
          (_, change) ->
              change instanceof Change.PutTask(Task before, Task after)
                      && before != null
                      && after.version() > before.version()
                  ? new Change.PutTask(before, before.with(after.state()))
                  : change);
    }
  },

  /** A lease that has run out goes on. */
  DOES_NOT_END_LEASES {
    @Override
    public Rules rules(Rules real) {
      return changing(
          real,
          (command, change) ->
              command instanceof Command.EndOverdueLeases && isLeaseEnd(change) ? null : change);
    }
  },

  /** A lost worker keeps what it held. */
  DOES_NOT_END_THE_LEASES_OF_LOST_WORKERS {
    @Override
    public Rules rules(Rules real) {
      return changing(
          real,
          (command, change) ->
              command instanceof Command.EndLeases && isLeaseEnd(change) ? null : change);
    }
  },

  /** A suspended task does not remember what it waits for. */
  LOSES_CALLBACKS {
    @Override
    public Rules rules(Rules real) {
      return changing(
          real,
          (_, change) ->
              change instanceof Change.PutCallback(_, _, boolean fired) && !fired ? null : change);
    }
  },

  /** What a task waits for settles, and the task sleeps on. */
  DOES_NOT_RESUME {
    @Override
    public Rules rules(Rules real) {
      return changing(
          real,
          (_, change) ->
              change instanceof Change.PutTask(Task before, Task after)
                      && before != null
                      && before.state() instanceof TaskState.Suspended
                      && after.state() instanceof TaskState.Pending
                  ? null
                  : change);
    }
  },

  /** Listeners hear nothing. */
  LOSES_UNBLOCKS {
    @Override
    public Rules rules(Rules real) {
      return (state, command, now) -> {
        Outcome outcome = real.decide(state, command, now);
        return new Outcome(outcome.response(), outcome.changes(), List.of());
      };
    }
  },

  /** Listeners hear nothing of what was settled before a restart. */
  LOSES_UNBLOCKS_AT_RESTARTS {
    @Override
    public Storage storage(Storage real) {
      return new WrongStorage(real) {
        @Override
        public void replay(Consumer<Task> tasks, Consumer<Outcome.Unblock> unblocks) {
          super.replay(tasks, _ -> {});
        }
      };
    }
  },

  /** What was ready before a restart is offered to nobody. */
  LOSES_OFFERS_AT_RESTARTS {
    @Override
    public Storage storage(Storage real) {
      return new WrongStorage(real) {
        @Override
        public void replay(Consumer<Task> tasks, Consumer<Outcome.Unblock> unblocks) {
          super.replay(
              task -> {
                if (!(task.state() instanceof TaskState.Pending)) {
                  tasks.accept(task);
                }
              },
              unblocks);
        }
      };
    }
  },

  /** Answers come before the changes are on the disk. */
  ANSWERS_BEFORE_COMMIT {
    @Override
    public Storage storage(Storage real) {
      Disk disk = ((DiskStorage) real).disk;
      List<Change> late = new ArrayList<>();
      return new DiskStorage(
          disk,
          false,
          changes -> {
            late.forEach(disk::apply);
            late.clear();
            late.addAll(changes);
          });
    }
  },

  /** A transaction that is interrupted leaves its first half. */
  TEARS_BATCHES {
    @Override
    public Storage storage(Storage real) {
      Disk disk = ((DiskStorage) real).disk;
      return new DiskStorage(
          disk,
          false,
          new DiskStorage.Saver() {
            @Override
            public void save(List<Change> changes) {
              changes.forEach(disk::apply);
            }

            @Override
            public void interrupted(List<Change> changes) {
              changes.subList(0, changes.size() / 2).forEach(disk::apply);
            }
          });
    }
  },

  /** A search goes on one row too late. */
  SKIPS_ROWS_BETWEEN_PORTIONS {
    @Override
    public Storage storage(Storage real) {
      return new WrongStorage(real) {
        @Override
        public Reader reader() {
          return new WrongReader(super.reader()) {
            @Override
            public void promises(
                Query.Promises query, @Nullable String after, Portion<Promise> portion) {
              Portion<Promise> next = Portion.ofRows(1);
              if (after != null) {
                super.promises(query, after, next);
              }
              super.promises(query, next.lookedUpTo() == null ? after : next.lookedUpTo(), portion);
            }
          };
        }
      };
    }
  },

  /** A search shows the row again with which its last portion ended. */
  REPEATS_ROWS_BETWEEN_PORTIONS {
    @Override
    public Storage storage(Storage real) {
      return new WrongStorage(real) {
        @Override
        public Reader reader() {
          return new WrongReader(super.reader()) {
            @Override
            public void promises(
                Query.Promises query, @Nullable String after, Portion<Promise> portion) {
              Portion<Promise> all = Portion.unlimited();
              super.promises(query, null, all);
              String before = null;
              for (Promise promise : all.found()) {
                if (after != null && IdOrder.INSTANCE.compare(promise.id(), after) < 0) {
                  before = promise.id();
                }
              }
              super.promises(query, before, portion);
            }
          };
        }
      };
    }
  },

  /** What failed is taken for mended although nobody has tried. */
  READY_WITHOUT_A_WRITE {
    @Override
    public Storage failing(Storage faulty) {
      return new WrongStorage(faulty) {
        @Override
        public void recover() {}
      };
    }
  },

  /** When the disk has room again, the first half of what could not be saved is there. */
  SAVES_HALF_A_BATCH_WHEN_IT_RECOVERS {
    @Override
    public Storage storage(Storage real) {
      Disk disk = ((DiskStorage) real).disk;
      List<Change> abandoned = new ArrayList<>();
      DiskStorage storage =
          new DiskStorage(
              disk,
              false,
              new DiskStorage.Saver() {
                @Override
                public void save(List<Change> changes) {
                  changes.forEach(disk::apply);
                }

                @Override
                public void interrupted(List<Change> changes) {
                  abandoned.clear();
                  abandoned.addAll(changes.subList(0, changes.size() / 2));
                }
              });
      return new WrongStorage(storage) {
        @Override
        public void recover() {
          abandoned.forEach(disk::apply);
          abandoned.clear();
          storage.reload();
        }
      };
    }
  },

  /** A worker is sent one task more than it has slots. */
  GIVES_ONE_TASK_TOO_MANY {
    @Override
    public Link link(Link real) {
      return new WrongLink(real) {
        @Override
        public @Nullable Integer slots() {
          Integer slots = super.slots();
          return slots == null ? null : slots + 1;
        }
      };
    }

    @Override
    public Dispatcher dispatcher(
        Dispatcher.Settings settings,
        Dispatcher.Promises promises,
        Push push,
        Dispatcher.PushReports reports) {
      return new WrongDispatcher(settings, promises, push, reports) {
        private final Set<String> announced = new HashSet<>();

        @Override
        public boolean connected(Link link, long now) {
          if (link.slots() != null) {
            announced.add(link.pid());
          }
          return super.connected(link, now);
        }

        @Override
        GroupView.WorkerView shown(GroupView.WorkerView worker) {
          Integer slots = worker.slots();
          if (slots != null && announced.contains(worker.pid())) {
            slots--;
          }
          return shown(worker, slots, worker.draining());
        }
      };
    }
  },

  /** What a strict worker let pass stays with it for good. */
  DOES_NOT_RENEW_OFFERS {
    @Override
    public Rules rules(Rules real) {
      return changing(
          real, (command, change) -> command instanceof Command.RenewOffer ? null : change);
    }
  },

  /** What a strict worker may be about to take is offered to others. */
  FORGETS_WHO_IS_STRICT {
    @Override
    public Link link(Link real) {
      return new WrongLink(real) {
        @Override
        public boolean isStrict() {
          return false;
        }
      };
    }
  },

  /** Who does not say how much it takes gets all there is. */
  GIVES_ALL_THAT_WAITS_TO_THE_FIRST {
    @Override
    public Link link(Link real) {
      return new WrongLink(real) {
        @Override
        public Integer slots() {
          Integer slots = super.slots();
          return slots == null ? 1_000_000 : slots;
        }
      };
    }

    @Override
    public Dispatcher dispatcher(
        Dispatcher.Settings settings,
        Dispatcher.Promises promises,
        Push push,
        Dispatcher.PushReports reports) {
      return new WrongDispatcher(settings, promises, push, reports) {
        private final Map<String, String> groups = new HashMap<>();
        private final Map<String, @Nullable Integer> slots = new HashMap<>();

        @Override
        public boolean connected(Link link, long now) {
          groups.put(link.pid(), link.group());
          return super.connected(link, now);
        }

        @Override
        public void slots(String name, @Nullable Integer slotsPerWorker) {
          slots.put(name, slotsPerWorker);
          super.slots(name, slotsPerWorker);
        }

        @Override
        GroupView.WorkerView shown(GroupView.WorkerView worker) {
          Integer shown = worker.slots();
          return shown != null && shown == 1_000_000
              ? shown(worker, slots.get(groups.get(worker.pid())), worker.draining())
              : worker;
        }
      };
    }
  },

  /** A worker that drains gets new tasks. */
  SENDS_TO_DRAINING_WORKERS {
    @Override
    public Dispatcher dispatcher(
        Dispatcher.Settings settings,
        Dispatcher.Promises promises,
        Push push,
        Dispatcher.PushReports reports) {
      return new WrongDispatcher(settings, promises, push, reports) {
        private final Set<String> drained = new HashSet<>();

        @Override
        public List<String> drain(
            String group, String worker, boolean byAddress, @Nullable String run, long now) {
          drained.add(worker);
          return List.of();
        }

        @Override
        public List<String> resume(String group, String worker, boolean byAddress, long now) {
          drained.remove(worker);
          return List.of();
        }

        @Override
        GroupView.WorkerView shown(GroupView.WorkerView worker) {
          boolean isDrained = drained.contains(worker.pid()) || drained.contains(worker.address());
          return shown(worker, worker.slots(), isDrained);
        }
      };
    }
  },

  /** A task that was halted or taken while it waited is offered all the same. */
  DOES_NOT_WITHDRAW_OFFERS {
    @Override
    public Dispatcher dispatcher(
        Dispatcher.Settings settings,
        Dispatcher.Promises promises,
        Push push,
        Dispatcher.PushReports reports) {
      return new WrongDispatcher(settings, promises, push, reports) {
        @Override
        public void moved(@Nullable Task before, Task after, long now) {
          if (!(after.state() instanceof TaskState.Halted)) {
            super.moved(before, after, now);
          }
        }
      };
    }
  },

  /** A worker that has finished a task is not given another. */
  DOES_NOT_FREE_SLOTS {
    @Override
    public Dispatcher dispatcher(
        Dispatcher.Settings settings,
        Dispatcher.Promises promises,
        Push push,
        Dispatcher.PushReports reports) {
      return new WrongDispatcher(settings, promises, push, reports) {
        @Override
        public void moved(@Nullable Task before, Task after, long now) {
          if (!(after.state() instanceof TaskState.Fulfilled)) {
            super.moved(before, after, now);
          }
        }
      };
    }
  },

  /** What was sent and never taken is not sent again. */
  DOES_NOT_REDELIVER {
    @Override
    public Dispatcher dispatcher(
        Dispatcher.Settings settings,
        Dispatcher.Promises promises,
        Push push,
        Dispatcher.PushReports reports) {
      return new WrongDispatcher(settings, promises, push, reports) {
        @Override
        public void fire(long now) {}

        @Override
        public long nextDueAt() {
          return Long.MAX_VALUE;
        }
      };
    }
  },

  /** What was handed over goes first, however often it was. */
  HANDS_OVER_FIRST_FOR_EVER {
    @Override
    public Dispatcher dispatcher(
        Dispatcher.Settings settings,
        Dispatcher.Promises promises,
        Push push,
        Dispatcher.PushReports reports) {
      return new WrongDispatcher(settings, promises, push, reports) {
        @Override
        public void moved(@Nullable Task before, Task after, long now) {
          if (before != null && isReturn(before, after)) {
            // As if it had got somewhere in between.
            Task suspended = before.with(new TaskState.Suspended());
            super.moved(before, suspended, now);
            super.moved(suspended, before, now);
          }
          super.moved(before, after, now);
        }
      };
    }
  },

  /** Whoever does not answer is posted to again and again. */
  POSTS_AGAIN_WITHOUT_AN_ANSWER {
    @Override
    public Dispatcher dispatcher(
        Dispatcher.Settings settings,
        Dispatcher.Promises promises,
        Push push,
        Dispatcher.PushReports reports) {
      Push impatient =
          (url, message, outcome) -> {
            outcome.accept("it did not answer at once");
            push.post(url, message, _ -> {});
          };
      return super.dispatcher(settings, promises, impatient, reports);
    }
  },

  /** What a worker gave back comes straight back to it. */
  FORGETS_WHO_GAVE_BACK {
    @Override
    public Dispatcher dispatcher(
        Dispatcher.Settings settings,
        Dispatcher.Promises promises,
        Push push,
        Dispatcher.PushReports reports) {
      return new WrongDispatcher(settings, promises, push, reports) {
        @Override
        public void moved(@Nullable Task before, Task after, long now) {
          if (before != null && isReturn(before, after)) {
            Task suspended = before.with(new TaskState.Suspended());
            super.moved(before, suspended, now);
            super.moved(suspended, after, now);
          } else {
            super.moved(before, after, now);
          }
        }
      };
    }
  },

  /** After a start leases end for the time in which nobody could be heard. */
  COUNTS_THE_TIME_AWAY {
    @Override
    public Rules rules(Rules real) {
      return (state, command, now) ->
          real.decide(
              state,
              command instanceof Command.EndOverdueLeases
                  ? new Command.EndOverdueLeases(0)
                  : command,
              now);
    }
  },

  /** While the server stood still, everybody was silent. */
  COUNTS_PAUSES {
    @Override
    public long pauseMs(long real) {
      return 0;
    }
  },

  /** Leases and other times are what the machine's clock makes of them. */
  TRUSTS_THE_CLOCK {
    @Override
    public long jumpMs(long real) {
      return 0;
    }
  },

  /** Whoever was heard shortly before a restart is thought not to know what it holds. */
  DOUBTS_BY_HEARTBEATS {
    @Override
    public Dispatcher dispatcher(
        Dispatcher.Settings settings,
        Dispatcher.Promises promises,
        Push push,
        Dispatcher.PushReports reports) {
      return new WrongDispatcher(settings, promises, push, reports) {
        private final List<Command.EndLease> doubtful = new ArrayList<>();
        private long since;

        @Override
        public void doubt(Task held) {}

        @Override
        public void moved(@Nullable Task before, Task after, long now) {
          since = since == 0 ? now : since;
          doubtful.removeIf(lease -> lease.taskId().equals(after.id()));
          if (before == null && now == since && after.state() instanceof TaskState.Acquired held) {
            doubtful.add(
                new Command.EndLease(
                    after.id(), after.version(), held.acquiredAt(), held.leaseExpiresAt()));
          }
          super.moved(before, after, now);
        }

        @Override
        public List<Command> takeCommands(long now, boolean isSaving) {
          List<Command> commands = new ArrayList<>(super.takeCommands(now, isSaving));
          if (now >= since + 1_000) {
            commands.addAll(doubtful);
            doubtful.clear();
          }
          return commands;
        }
      };
    }
  },

  /** A listener is forgotten when its message has been queued. */
  FORGETS_LISTENERS_BEFORE_THEY_ARE_TOLD {
    @Override
    public Link link(Link real) {
      return new WrongLink(real) {
        @Override
        public long taken() {
          return Long.MAX_VALUE;
        }
      };
    }
  },

  /** Everybody is taken to have every function. */
  OFFERS_TO_WHO_LACKS_THE_FUNCTION {
    @Override
    public Link link(Link real) {
      return new WrongLink(real) {
        @Override
        public @Nullable Set<FunctionRef> functions() {
          return null;
        }
      };
    }
  },

  /** Who has said what it has is taken to have nothing. */
  KEEPS_TASKS_FROM_WHO_HAS_THEIR_FUNCTION {
    @Override
    public Link link(Link real) {
      return new WrongLink(real) {
        @Override
        public @Nullable Set<FunctionRef> functions() {
          return super.functions() == null ? null : Set.of();
        }
      };
    }
  },

  /** Who holds a task hears that it is settled though it settled it itself, or nobody did. */
  TELLS_OF_WHAT_IS_NOT_SETTLED {
    @Override
    public Link link(Link real) {
      return new WrongLink(real) {
        @Override
        public long send(Message message) {
          long number = super.send(message);
          if (message instanceof Message.Execute(_, String id, long version)) {
            super.send(new Message.Settled(id, version));
          }
          return number;
        }
      };
    }
  },

  /** A target that answers badly counts as told. */
  TAKES_ANY_ANSWER {
    @Override
    public Dispatcher dispatcher(
        Dispatcher.Settings settings,
        Dispatcher.Promises promises,
        Push push,
        Dispatcher.PushReports reports) {
      Push pleased = (url, message, outcome) -> push.post(url, message, _ -> outcome.accept(null));
      return super.dispatcher(settings, promises, pleased, reports);
    }
  },

  /** Whoever follows is not told of everything. */
  LOSES_AN_EVENT {
    @Override
    public Recorder recorder(Recorder real) {
      return new WrongRecorder(real) {
        private int count;

        @Override
        boolean isTold(Event.Kind kind) {
          return ++count % 50 != 0;
        }
      };
    }
  },

  /** That a lease ran out is told of those whose holder was lost. */
  TELLS_A_WRONG_CAUSE {
    @Override
    public Recorder recorder(Recorder real) {
      return new WrongRecorder(real) {
        @Override
        Event.Cause told(Event.Cause cause) {
          return cause == Event.Cause.CONNECTION_LOST ? Event.Cause.LEASE_OVER : cause;
        }
      };
    }
  },

  /** A worker of whom somebody said that it is gone is told to have lost its connection. */
  TELLS_NOT_WHO_SAID_IT {
    @Override
    public Recorder recorder(Recorder real) {
      return new WrongRecorder(real) {
        @Override
        Event.Cause told(Event.Cause cause) {
          return cause == Event.Cause.REPORTED_GONE ? Event.Cause.CONNECTION_LOST : cause;
        }
      };
    }
  },

  /** Who reaches a group is shown all that its workers do. */
  LEAKS_WHAT_IS_OUT_OF_REACH {
    @Override
    public Access reach(Access real) {
      return real instanceof Access.Limited(_, Names groups)
          ? new Access.Limited(new Names(List.of(), List.of("")), groups)
          : real;
    }
  },

  /** A schedule does not know what it made last. */
  LETS_OCCURRENCES_OVERLAP {
    @Override
    public Rules rules(Rules real) {
      return changing(
          real,
          (_, change) ->
              change instanceof Change.PutSchedule(Schedule former, Schedule after)
                  ? new Change.PutSchedule(former, with(after, null))
                  : change);
    }
  },

  /** An occurrence that waits goes on waiting when the one before is settled. */
  FORGETS_THE_OCCURRENCE_THAT_WAITS {
    @Override
    public Rules rules(Rules real) {
      return changing(
          real,
          (command, change) ->
              command instanceof Command.Client(TaskRequest.Fulfill _) && isOfSchedule(change)
                  ? null
                  : change);
    }
  },

  /** What was missed is made up for, however long ago it was due. */
  MAKES_UP_FOR_WHAT_IS_TOO_OLD {
    @Override
    public Rules rules(Rules real) {
      return (state, command, now) -> {
        Outcome outcome = real.decide(state, command, now);
        for (Change change : outcome.changes()) {
          if (command instanceof Command.Tick
              && change instanceof Change.PutSchedule(Schedule former, Schedule after)
              && state.schedule(after.id()) instanceof Schedule before
              && before.nextRunAt() < now - 10_000
              && Objects.equals(before.lastRunAt(), after.lastRunAt())) {
            return with(outcome, new Change.PutSchedule(former, with(after, before.nextRunAt())));
          }
        }
        return outcome;
      };
    }
  },

  /** What was missed is left out, however short the server was away. */
  MAKES_UP_FOR_NOTHING {
    @Override
    public Rules rules(Rules real) {
      return (state, command, now) -> {
        Rules forgetful =
            changing(
                real,
                (_, change) ->
                    change instanceof Change.PutSchedule(Schedule former, Schedule after)
                            && state.schedule(after.id()) instanceof Schedule before
                        ? new Change.PutSchedule(former, with(after, before.lastRunAt()))
                        : isOfSchedule(change) ? null : change);
        boolean isLate =
            state.due(now, false).schedules().stream()
                .anyMatch(id ->
                    state.schedule(id) instanceof Schedule due && due.nextRunAt() < now - 500);
        return (command instanceof Command.Tick && isLate ? forgetful : real)
            .decide(state, command, now);
      };
    }
  },

  /** What a batch decides is held against what was live before it. */
  DOES_NOT_COUNT_WHAT_A_BATCH_ADDS {
    @Override
    public LiveBudget budget(Account account) {
      return new LiveBudget(account) {
        @Override
        public @Nullable Response refusal(
            Command command, List<Change> changes, long liveBytes, long scheduleBytes) {
          return super.refusal(
              command, changes, Math.min(liveBytes, account.used()), scheduleBytes);
        }
      };
    }
  },

  /** Promises are held against the budget, and nothing that belongs to them. */
  COUNTS_ONLY_PROMISES {
    @Override
    public LiveBudget budget(Account account) {
      return new LiveBudget(account) {
        @Override
        public @Nullable Response refusal(
            Command command, List<Change> changes, long liveBytes, long scheduleBytes) {
          List<Change> promises =
              changes.stream().filter(change -> change instanceof Change.PutPromise).toList();
          return super.refusal(command, promises, liveBytes, scheduleBytes);
        }
      };
    }
  },

  /** What is settled goes on being counted. */
  DOES_NOT_GIVE_BACK_WHAT_IS_SETTLED {
    @Override
    public LiveBudget budget(Account account) {
      return new LiveBudget(account) {
        @Override
        public void set(long liveBytes) {
          super.set(Math.max(liveBytes, account.used()));
        }

        @Override
        public @Nullable Response refusal(
            Command command, List<Change> changes, long liveBytes, long scheduleBytes) {
          return super.refusal(
              command, changes, Math.max(liveBytes, account.used()), scheduleBytes);
        }
      };
    }
  },

  /** Where nothing new may begin, nothing comes to its end either. */
  REFUSES_SETTLEMENTS_AT_THE_BOUND {
    @Override
    public LiveBudget budget(Account account) {
      return refusingAtTheBound(
          account,
          request ->
              request instanceof PromiseRequest.Settle || request instanceof TaskRequest.Fulfill);
    }
  },

  /** Where nothing new may begin, workers lose what they hold. */
  REFUSES_HEARTBEATS_AT_THE_BOUND {
    @Override
    public LiveBudget budget(Account account) {
      return refusingAtTheBound(account, TaskRequest.Heartbeat.class::isInstance);
    }
  },

  /** What is new takes the room in which what runs is to come to its end. */
  BEGINS_IN_THE_LAST_EIGHTH {
    @Override
    public LiveBudget budget(Account account) {
      return new LiveBudget(account) {
        @Override
        public @Nullable Response refusal(
            Command command, List<Change> changes, long liveBytes, long scheduleBytes) {
          return super.refusal(beginningNothing(command), changes, liveBytes, scheduleBytes);
        }
      };
    }
  },

  /** What runs has no more room than what is new. */
  KEEPS_THE_LAST_EIGHTH_FROM_WHAT_RUNS {
    @Override
    public LiveBudget budget(Account account) {
      return new LiveBudget(new Account(account.limit() - account.limit() / 8)) {
        @Override
        public void set(long liveBytes) {
          account.set(liveBytes);
        }

        @Override
        public boolean hasRoomToBegin(long liveBytes) {
          return liveBytes < account.limit() - account.limit() / 8;
        }

        @Override
        public @Nullable Response refusal(
            Command command, List<Change> changes, long liveBytes, long scheduleBytes) {
          return super.refusal(beginningNothing(command), changes, liveBytes, scheduleBytes);
        }
      };
    }
  },

  /** Schedules may take all the room that there is. */
  LETS_SCHEDULES_TAKE_ALL_ROOM {
    @Override
    public LiveBudget budget(Account account) {
      return new LiveBudget(account) {
        @Override
        public @Nullable Response refusal(
            Command command, List<Change> changes, long liveBytes, long scheduleBytes) {
          return super.refusal(command, changes, liveBytes, 0);
        }
      };
    }
  },

  /** Schedules make promises whether there is room or not. */
  RUNS_SCHEDULES_WITHOUT_ROOM {
    @Override
    public LiveBudget budget(Account account) {
      return new LiveBudget(account) {
        @Override
        public boolean hasRoomToBegin(long liveBytes) {
          return true;
        }
      };
    }
  },

  /** Schedules wait until half of the room is free. */
  LETS_SCHEDULES_WAIT_FOR_TOO_MUCH_ROOM {
    @Override
    public LiveBudget budget(Account account) {
      return new LiveBudget(account) {
        @Override
        public boolean hasRoomToBegin(long liveBytes) {
          return liveBytes < account.limit() / 2;
        }
      };
    }
  },

  /** What was offered before it could not be saved stays with its worker. */
  DOES_NOT_TAKE_BACK_WHAT_WAS_OFFERED_AHEAD {
    @Override
    public Dispatcher dispatcher(
        Dispatcher.Settings settings,
        Dispatcher.Promises promises,
        Push push,
        Dispatcher.PushReports reports) {
      return new WrongDispatcher(settings, promises, push, reports) {
        @Override
        public void takeBack() {}
      };
    }
  },

  /** Nobody notices that a connection has ended. */
  DOES_NOT_NOTICE_BROKEN_STREAMS {
    @Override
    public Dispatcher dispatcher(
        Dispatcher.Settings settings,
        Dispatcher.Promises promises,
        Push push,
        Dispatcher.PushReports reports) {
      return new WrongDispatcher(settings, promises, push, reports) {
        @Override
        public void disconnected(Link link, long now) {}
      };
    }
  };

  /** What a client asks for as something for which there is all the room. */
  private static Command beginningNothing(Command command) {
    return command instanceof Command.Client
        ? new Command.Client(new PromiseRequest.RegisterListener("any", "poll://uni@any/any"))
        : command;
  }

  private static LiveBudget refusingAtTheBound(Account account, Predicate<Request> isRefused) {
    return new LiveBudget(account) {
      @Override
      public @Nullable Response refusal(
          Command command, List<Change> changes, long liveBytes, long scheduleBytes) {
        return command instanceof Command.Client(Request request)
                && isRefused.test(request)
                && !changes.isEmpty()
                && !hasRoomToBegin(liveBytes)
            ? Response.failure(503, "there is no room")
            : super.refusal(command, changes, liveBytes, scheduleBytes);
      }
    };
  }

  private static Outcome with(Outcome outcome, Change more) {
    List<Change> changes = new ArrayList<>(outcome.changes());
    changes.add(more);
    return new Outcome(outcome.response(), changes, outcome.unblocks());
  }

  /** A schedule that says that it ran last at another time. */
  private static Schedule with(Schedule schedule, @Nullable Long lastRunAt) {
    return new Schedule(
        schedule.id(),
        schedule.cron(),
        schedule.promiseId(),
        schedule.promiseTimeoutMs(),
        schedule.promiseParam(),
        schedule.promiseTags(),
        schedule.createdAt(),
        schedule.nextRunAt(),
        lastRunAt);
  }

  /** A schedule's move, or what it makes. */
  private static boolean isOfSchedule(Change change) {
    return change instanceof Change.PutSchedule
        || (change instanceof Change.PutPromise(Promise before, _) && before == null)
        || (change instanceof Change.PutTask(Task former, _) && former == null);
  }

  private static boolean isLeaseEnd(Change change) {
    return change instanceof Change.PutTask(Task before, Task after)
        && before != null
        && isReturn(before, after);
  }

  private static boolean isReturn(Task before, Task after) {
    return before.state() instanceof TaskState.Acquired
        && after.state() instanceof TaskState.Pending;
  }

  /** Rules some of whose changes are others, or, where null, do not happen. */
  private static Rules changing(
      Rules real, BiFunction<Command, Change, @Nullable Change> mutation) {
    return (state, command, now) -> {
      Outcome outcome = real.decide(state, command, now);
      List<Change> changes = new ArrayList<>();
      for (Change change : outcome.changes()) {
        Change mutated = mutation.apply(command, change);
        if (mutated != null) {
          changes.add(mutated);
        }
      }
      return new Outcome(outcome.response(), changes, outcome.unblocks());
    };
  }
}
