package dev.baton.server.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.baton.core.Command;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.Message;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DispatcherTest {

  private static final String ANY = "poll://any@g";

  private final Dispatcher dispatcher = Dispatchers.plain();
  private final Map<String, Task> tasks = new HashMap<>();
  private long now = 1_000_000;

  private FakeLink connect(String pid, @Nullable Integer slots) {
    return connect(new FakeLink(pid, slots));
  }

  private FakeLink connect(FakeLink link) {
    dispatcher.connected(link, now);
    dispatcher.pump(now);
    return link;
  }

  private void move(String id, String target, long version, TaskState state) {
    Task after = new Task(id, target, version, state);
    dispatcher.moved(tasks.put(id, after), after, now);
    dispatcher.pump(now);
  }

  private void ready(String id) {
    ready(id, ANY);
  }

  private void ready(String id, String target) {
    Task known = tasks.get(id);
    move(id, target, known == null ? 0 : known.version(), new TaskState.Pending(now, true));
  }

  private void acquire(String id, String pid) {
    Task task = Objects.requireNonNull(tasks.get(id));
    move(id, task.target(), task.version() + 1, held(pid));
  }

  private TaskState.Acquired held(String pid) {
    return new TaskState.Acquired(pid, 60_000, now + 60_000, now);
  }

  private Task task(String id) {
    return Objects.requireNonNull(tasks.get(id));
  }

  private void move(String id, TaskState state) {
    Task task = Objects.requireNonNull(tasks.get(id));
    move(id, task.target(), task.version(), state);
  }

  private boolean offerAhead(String id) {
    return dispatcher.offerAhead(new Task(id, ANY, 0, new TaskState.Pending(now, true)), now);
  }

  @Test
  void nothingIsOfferedAheadOfWhatWaits() {
    ready("a");
    FakeLink link = new FakeLink("w", 1);
    dispatcher.connected(link, now);
    assertThat(offerAhead("b")).as("before the end of the step").isFalse();
    dispatcher.pump(now);
    assertThat(link.offered()).containsExactly("a");
  }

  @Test
  void whoFailsAtWhatIsNotThereIsOfferedNothingAhead() {
    FakeLink link = new FakeLink("w", 1);
    link.isStrict = true;
    connect(link);
    assertThat(offerAhead("a")).isFalse();
    assertThat(link.offered()).isEmpty();
  }

  @Test
  void nothingIsOfferedAheadWhileAllIsHeldBackNorToWhoDrains() {
    FakeLink link = connect("w", 1);
    dispatcher.pause(true, now);
    assertThat(offerAhead("a")).isFalse();
    dispatcher.pause(false, now);
    dispatcher.drain("g", "w", false, null, now);
    assertThat(offerAhead("a")).isFalse();
    assertThat(link.offered()).isEmpty();
  }

  @Test
  void whatWasTakenBackIsNotOfferedAgain() {
    FakeLink link = connect("w", 1);
    assertThat(offerAhead("a")).isTrue();
    dispatcher.takeBack();
    now += 60_000;
    dispatcher.fire(now);
    dispatcher.pump(now);
    assertThat(link.offered()).containsExactly("a");
    assertThat(dispatcher.nextDueAt()).isEqualTo(Long.MAX_VALUE);
    ready("b");
    assertThat(link.offered()).containsExactly("a", "b");
  }

  private List<Message> settledTold(FakeLink link) {
    return link.messages.stream().filter(Message.Settled.class::isInstance).toList();
  }

  @Test
  void holderHearsThatSomebodyElseHasSettledItsPromise() {
    FakeLink link = new FakeLink("w", 2);
    link.hearsSettled = true;
    connect(link);
    ready("a");
    acquire("a", "w");
    ready("b");
    acquire("b", "w");
    dispatcher.fulfilling("b");
    move("b", new TaskState.Fulfilled());
    dispatcher.fulfilling(null);
    assertThat(settledTold(link)).as("who fulfils knows").isEmpty();
    move("a", new TaskState.Fulfilled());
    assertThat(settledTold(link)).containsExactly(new Message.Settled("a", 1));
  }

  @Test
  void howTheTasksOfEachWorkerEndIsCounted() {
    connect("w", 5);
    connect("v", 5);
    end("a", "w", PromiseRecord.State.RESOLVED);
    end("b", "w", PromiseRecord.State.REJECTED);
    end("c", "w", PromiseRecord.State.REJECTED_TIMEDOUT);
    end("d", "w", PromiseRecord.State.REJECTED_CANCELED); // by whom it was for, not by the worker
    end("e", "v", PromiseRecord.State.RESOLVED);
    ready("f");
    acquire("f", "v");
    move("f", new TaskState.Suspended());
    assertThat(dispatcher.view("g", now).workers())
        .extracting(
            GroupView.WorkerView::pid,
            GroupView.WorkerView::settled,
            GroupView.WorkerView::rejected)
        .containsExactly(tuple("v", 1L, 0L), tuple("w", 4L, 2L));
  }

  private void end(String id, String pid, PromiseRecord.State as) {
    ready(id);
    acquire(id, pid);
    Promise promise =
        new Promise(
            id,
            Value.EMPTY,
            Map.of(Tags.TARGET, ANY),
            Long.MAX_VALUE,
            0,
            new PromiseState.Settled(as, Value.EMPTY, now));
    dispatcher.settled(promise, now);
    move(id, new TaskState.Fulfilled());
  }

  @Test
  void onlyWhoAskedForItHearsThatSomethingIsSettled() {
    FakeLink link = connect("w", 2);
    ready("a");
    acquire("a", "w");
    move("a", new TaskState.Fulfilled());
    assertThat(settledTold(link)).isEmpty();
    FakeLink other = new FakeLink("v", 2);
    other.hearsSettled = true;
    other.reach = "mine.";
    connect(other);
    ready("yours.1", "poll://any@g/v");
    acquire("yours.1", "v");
    move("yours.1", new TaskState.Fulfilled());
    assertThat(settledTold(other)).as("its token does not cover it").isEmpty();
  }

  @Test
  void whatWasPausedIsToldAfterwards() {
    FakeLink link = new FakeLink("w", 2);
    link.hearsSettled = true;
    connect(link);
    ready("a");
    acquire("a", "w");
    dispatcher.pause(true, now);
    move("a", new TaskState.Fulfilled());
    assertThat(settledTold(link)).isEmpty();
    dispatcher.pause(false, now);
    assertThat(settledTold(link)).hasSize(1);
  }

  private List<String> advance(long ms) {
    step(ms);
    return commands().stream()
        .filter(Command.EndLeases.class::isInstance)
        .map(command -> ((Command.EndLeases) command).pid())
        .toList();
  }

  private List<Command> commands() {
    return dispatcher.takeCommands(now, true);
  }

  private void step(long ms) {
    now += ms;
    dispatcher.fire(now);
    dispatcher.pump(now);
  }

  @Test
  void oneSlotWorkersGetOneTaskEachAndTheRestWaits() {
    FakeLink a = connect("a", 1);
    FakeLink b = connect("b", 1);
    IntStream.range(0, 5).forEach(i -> ready("t" + i));
    assertThat(a.offered()).containsExactly("t0");
    assertThat(b.offered()).containsExactly("t1");
    assertThat(dispatcher.view("g", now).ready()).isEqualTo(3);
    assertThat(dispatcher.view("g", now).inFlight()).isEqualTo(2);
  }

  @Test
  void theWorkerThatFinishesFirstGetsTheTaskThatWaitsLongest() {
    FakeLink a = connect("a", 1);
    FakeLink b = connect("b", 1);
    IntStream.range(0, 4).forEach(i -> ready("t" + i));
    acquire("t0", "a");
    acquire("t1", "b");
    move("t1", new TaskState.Fulfilled());
    assertThat(b.offered()).containsExactly("t1", "t2");
    move("t0", new TaskState.Fulfilled());
    assertThat(a.offered()).containsExactly("t0", "t3");
  }

  @Test
  void unlimitedWorkersShareByLoad() {
    FakeLink a = connect("a", null);
    FakeLink b = connect("b", null);
    FakeLink c = connect("c", null);
    IntStream.range(0, 9).forEach(i -> ready("t" + i));
    assertThat(List.of(a, b, c)).allSatisfy(link -> assertThat(link.offered()).hasSize(3));
  }

  @Test
  void aTaskWaitsForItsGroupsFirstWorker() {
    ready("t");
    assertThat(dispatcher.view("g", now).ready()).isEqualTo(1);
    assertThat(connect("a", 1).offered()).containsExactly("t");
  }

  @Test
  void thePreferredWorkerComesFirstWhileItHasRoom() {
    FakeLink a = connect("a", 1);
    FakeLink b = connect("b", 1);
    ready("t0", "poll://any@g/b");
    ready("t1", "poll://any@g/b");
    assertThat(b.offered()).containsExactly("t0");
    assertThat(a.offered()).containsExactly("t1");
  }

  @Test
  void aTaskForOneWorkerWaitsForItAndForNoOther() {
    FakeLink a = connect("a", null);
    ready("t", "poll://uni@g/b");
    assertThat(a.offered()).isEmpty();
    assertThat(connect("b", 1).offered()).containsExactly("t");
  }

  @Test
  void anOfferThatIsNotAcquiredGoesToAnotherWorker() {
    FakeLink a = connect("a", 1);
    ready("t");
    FakeLink b = connect("b", 1);
    assertThat(a.offered()).containsExactly("t");
    advance(5_000);
    assertThat(b.offered()).containsExactly("t");
  }

  @Test
  void aWorkerThatLetAnOfferPassIsTheLastToGetAnother() {
    FakeLink a = connect("a", null);
    ready("t0");
    FakeLink b = connect("b", null);
    advance(5_000);
    acquire("t0", "b");
    IntStream.range(1, 4).forEach(i -> ready("t" + i));
    assertThat(a.offered()).containsExactly("t0");
    assertThat(b.offered()).containsExactly("t0", "t1", "t2", "t3");
  }

  @Test
  void whatABrokenConnectionMayHaveLostIsSentAtOnce() {
    FakeLink a = connect("a", 1);
    ready("t");
    FakeLink b = connect("b", 1);
    dispatcher.disconnected(a, now);
    dispatcher.pump(now);
    assertThat(b.offered()).containsExactly("t");
  }

  @Test
  void leasesEndWhenAWorkerDoesNotComeBackInTime() {
    FakeLink a = connect("a", 1);
    ready("t");
    acquire("t", "a");
    dispatcher.disconnected(a, now);
    assertThat(advance(999)).isEmpty();
    assertThat(advance(1)).containsExactly("a");
  }

  @Test
  void aWorkerThatReconnectsInTimeKeepsItsLeases() {
    FakeLink a = connect("a", 1);
    ready("t");
    acquire("t", "a");
    dispatcher.disconnected(a, now);
    advance(500);
    connect("a", 1);
    assertThat(advance(10_000)).isEmpty();
    assertThat(dispatcher.view("g", now).workers().getFirst().load()).isEqualTo(1);
  }

  @Test
  void aHeartbeatInTimeKeepsTheLeases() {
    FakeLink a = connect("a", 1);
    ready("t");
    acquire("t", "a");
    dispatcher.disconnected(a, now);
    dispatcher.alive(new TaskRequest.Heartbeat("a", List.of()));
    assertThat(advance(10_000)).isEmpty();
  }

  @Test
  void anIdleWorkersEndIsNobodysConcern() {
    dispatcher.disconnected(connect("a", 1), now);
    assertThat(advance(2_000)).isEmpty();
    assertThat(dispatcher.view("g", now).connectedWorkers()).isZero();
  }

  @Test
  void anotherRunOfAProcessEndsTheLeasesOfTheEarlier() {
    FakeLink first = connect(new FakeLink("a", 1, "run-1"));
    ready("t");
    acquire("t", "a");
    dispatcher.disconnected(first, now);
    assertThat(dispatcher.connected(new FakeLink("a", 1, "run-2"), now)).isTrue();
  }

  @Test
  void theSameRunReconnectingKeepsItsLeases() {
    FakeLink first = connect(new FakeLink("a", 1, "run-1"));
    ready("t");
    acquire("t", "a");
    dispatcher.disconnected(first, now);
    assertThat(dispatcher.connected(new FakeLink("a", 1, "run-1"), now)).isFalse();
  }

  @Test
  void ofTwoLivingProcessesOfOnePidTheEarlierIsTurnedAway() {
    FakeLink first = connect(new FakeLink("a", 1, "run-1"));
    FakeLink second = connect(new FakeLink("a", 1, "run-2"));
    assertThat(first.isClosed).isTrue();
    dispatcher.disconnected(first, now);
    ready("t");
    assertThat(second.offered()).containsExactly("t");
    acquire("t", "a");
    FakeLink again = new FakeLink("a", 1, "run-1");
    assertThat(dispatcher.connected(again, now)).isFalse();
    assertThat(again.isRefused).isTrue();
    assertThat(second.isClosed).isFalse();
    assertThat(commands()).isEmpty();
    dispatcher.disconnected(again, now);
    ready("u");
    assertThat(again.offered()).isEmpty();
    dispatcher.disconnected(second, now);
    FakeLink free = connect(new FakeLink("a", 1, "run-1"));
    assertThat(free.isRefused).isFalse(); // The pid is nobody's now.
  }

  @Test
  void aWorkerThatLeavesItsSlotsToTheGroupMayHaveAMost() {
    FakeLink link = new FakeLink("a", null);
    link.most = 2;
    connect(link);
    for (String id : List.of("t1", "t2", "t3", "t4")) {
      ready(id);
    }
    assertThat(link.offered()).hasSize(2);
    dispatcher.slots("g", 3);
    step(0);
    assertThat(link.offered()).hasSize(2);
    dispatcher.slots("g", 1);
    acquire("t1", "a");
    acquire("t2", "a");
    move("t1", new TaskState.Fulfilled());
    step(0);
    assertThat(link.offered()).hasSize(2);
  }

  @Test
  void aDoubtfulLeaseEndsWhenItsHolderAsksForTheTaskAgain() {
    ready("known");
    ready("orphan");
    acquire("known", "a");
    acquire("orphan", "a");
    Task orphan = task("orphan");
    dispatcher.doubt(task("known"));
    dispatcher.doubt(orphan);
    move("known", new TaskState.Acquired("a", 60_000, now + 61_000, now)); // A heartbeat.
    dispatcher.asked(new TaskRequest.Acquire("known", 0, "a", 60_000));
    dispatcher.asked(new TaskRequest.Acquire("orphan", 0, "b", 60_000));
    dispatcher.asked(new TaskRequest.Acquire("orphan", 1, "a", 60_000));
    assertThat(commands()).isEmpty();
    dispatcher.asked(new TaskRequest.Acquire("orphan", 0, "a", 60_000));
    dispatcher.asked(new TaskRequest.Acquire("orphan", 0, "a", 60_000));
    TaskState.Acquired lease = (TaskState.Acquired) orphan.state();
    assertThat(commands())
        .containsExactly(
            new Command.EndLease("orphan", 1, lease.acquiredAt(), lease.leaseExpiresAt()));
  }

  @Test
  void ofWorkersWithNothingToDoTheNewcomerIsTheLastToGetWork() {
    FakeLink a = connect("a", 1);
    FakeLink b = connect("b", 1);
    ready("t1");
    acquire("t1", "a");
    move("t1", new TaskState.Fulfilled());
    FakeLink c = connect("c", 1);
    ready("t2");
    ready("t3");
    ready("t4");
    assertThat(b.offered()).containsExactly("t2");
    assertThat(a.offered()).containsExactly("t1", "t3");
    assertThat(c.offered()).containsExactly("t4");
  }

  private void ready(int count) {
    IntStream.range(0, count).forEach(i -> ready("t" + i));
  }

  private void acquireAll(FakeLink link) {
    for (String id : link.offered()) {
      if (task(id).state() instanceof TaskState.Pending) {
        acquire(id, link.pid);
      }
    }
  }

  @Test
  void workersThatComeBackAfterAStartShareWhatWaitsForThem() {
    ready(30);
    dispatcher.started(now);
    FakeLink a = connect("a", null);
    acquireAll(a);
    assertThat(a.offered()).hasSize(4);
    step(1_200);
    FakeLink b = connect("b", null);
    acquireAll(b);
    step(1_400);
    FakeLink c = connect("c", null);
    acquireAll(c);
    step(1_499);
    assertThat(List.of(a, b, c)).allSatisfy(link -> assertThat(link.offered()).hasSize(4));
    step(1);
    for (int i = 0; i < 5; i++) {
      List.of(a, b, c).forEach(this::acquireAll);
    }
    assertThat(List.of(a, b, c)).allSatisfy(link -> assertThat(link.offered()).hasSize(10));
  }

  @Test
  void nobodyIsWaitedForWhenAllThatHeldTasksAreBack() {
    for (String pid : List.of("a", "b")) {
      Task held = new Task("of-" + pid, ANY, 1, held(pid));
      tasks.put(held.id(), held);
      dispatcher.moved(null, held, now);
    }
    ready(30);
    dispatcher.started(now);
    FakeLink a = connect("a", null);
    assertThat(a.offered()).hasSize(4);
    FakeLink b = connect("b", null);
    acquireAll(a);
    assertThat(a.offered()).hasSizeGreaterThan(4);
    assertThat(b.offered()).hasSize(6);
  }

  @Test
  void workersThatWereThereAMomentAgoAreWaitedFor() {
    FakeLink a = connect("a", null);
    FakeLink b = connect("b", null);
    dispatcher.disconnected(a, now);
    dispatcher.disconnected(b, now);
    ready(30);
    a = connect("a", null);
    acquireAll(a);
    step(1_000);
    assertThat(a.offered()).hasSize(4);
    connect("b", null);
    acquireAll(a);
    assertThat(a.offered()).hasSizeGreaterThan(4);
  }

  @Test
  void aFirstWorkerWaitsForNobodyForLong() {
    ready(30);
    FakeLink a = connect("a", null);
    acquireAll(a);
    step(499);
    assertThat(a.offered()).hasSize(4);
    step(1);
    assertThat(a.offered()).hasSizeGreaterThan(4);
  }

  @Test
  void workersThatKeepComingAreNotWaitedForForEver() {
    ready(100);
    dispatcher.started(now);
    FakeLink first = connect("w0", null);
    for (int i = 1; i < 5; i++) {
      step(1_000);
      acquireAll(first);
      assertThat(first.offered()).hasSize(10);
      connect("w" + i, null);
    }
    step(1_000);
    acquireAll(first);
    assertThat(first.offered()).hasSizeGreaterThan(10);
  }

  @Test
  void whoSaysHowMuchItTakesGetsAShareAtOnceUntilOthersAreBack() {
    ready(30);
    dispatcher.started(now);
    FakeLink a = connect("a", 20);
    assertThat(a.offered()).hasSize(4);
    acquire("t0", "a");
    move("t0", new TaskState.Fulfilled());
    assertThat(a.offered()).as("what is done makes room").hasSize(5);
    step(1_500);
    assertThat(a.offered()).hasSize(21);
  }

  @Test
  void aFewTasksWaitForNobody() {
    ready(4);
    dispatcher.started(now);
    assertThat(connect("a", null).offered()).hasSize(4);
  }

  @Test
  void whatComesAfterTheBacklogIsGivenAwayIsNotHeldBack() {
    ready(5);
    dispatcher.started(now);
    FakeLink a = connect("a", null);
    FakeLink b = connect("b", null);
    assertThat(a.offered()).hasSize(4);
    assertThat(b.offered()).hasSize(1);
    List.of(a, b).forEach(this::acquireAll);
    IntStream.range(10, 20).forEach(i -> ready("t" + i));
    assertThat(dispatcher.view("g", now).ready()).isZero();
  }

  @Test
  void aWorkerThatDoesNotSayHowMuchItTakesGetsGrowingPortions() {
    FakeLink a = connect("a", null);
    ready(100);
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      sizes.add(a.offered().size());
      acquireAll(a);
    }
    assertThat(sizes).containsExactly(6, 18, 42, 90, 100, 100);
  }

  @Test
  void theNewestOfTwoConnectionsWithOneIdGetsTheMessages() {
    FakeLink older = connect("a", 1);
    FakeLink newer = connect("a", 1);
    ready("t");
    assertThat(older.offered()).isEmpty();
    assertThat(newer.offered()).containsExactly("t");
    assertThat(dispatcher.view("g", now).connectedWorkers()).isEqualTo(1);
  }

  private FakeLink limited(String pid, String run, String group, @Nullable String reach) {
    FakeLink link = new FakeLink(pid, 1, run);
    link.group = group;
    link.reach = reach;
    return connect(link);
  }

  private List<String> ended() {
    return commands().stream()
        .filter(Command.EndLeases.class::isInstance)
        .map(command -> ((Command.EndLeases) command).reach())
        .toList();
  }

  @Test
  void whoUsesThePidOfAnotherEndsNoLeasesButHisOwn() {
    FakeLink a = connect("a", 1);
    ready("t");
    acquire("t", "a");
    limited("a", "run-1", "h", "mine.");
    limited("a", "run-2", "h", "mine.");
    assertThat(ended()).containsExactly("mine.");
    limited("a", "run-1", "i", null);
    limited("a", "run-2", "i", null);
    assertThat(ended()).isEmpty();
    dispatcher.disconnected(a, now);
    step(1_000);
    assertThat(ended()).as("of its own, whoever else is connected").containsExactly("");
  }

  @Test
  void whoUsesThePidOfAnotherKeepsNoLeasesOfHis() {
    FakeLink theirs = limited("a", "run-1", "g", "theirs.");
    ready("t");
    acquire("t", "a");
    dispatcher.disconnected(theirs, now);
    FakeLink mine = limited("a", "run-1", "h", "mine.");
    dispatcher.alive(new TaskRequest.Heartbeat("a", List.of(new TaskRequest.TaskRef("mine.1", 1))));
    dispatcher.disconnected(mine, now);
    step(1_000);
    assertThat(ended()).containsExactlyInAnyOrder("theirs.", "mine.");
    FakeLink back = limited("a", "run-1", "g", "theirs.");
    dispatcher.disconnected(back, now);
    limited("a", "run-1", "g", "theirs.");
    step(1_000);
    assertThat(ended()).as("it has come back").isEmpty();
  }

  @Test
  void whatOthersTakeUnderAWorkersPidIsNotItsLoad() {
    FakeLink theirs = limited("a", "run-1", "g", "theirs.");
    ready("mine.1");
    assertThat(theirs.offered()).containsExactly("mine.1");
    acquire("mine.1", "a");
    ready("theirs.1");
    assertThat(theirs.offered()).containsExactly("mine.1", "theirs.1");
    acquire("theirs.1", "a");
    ready("theirs.2");
    assertThat(theirs.offered()).as("its one slot is taken").hasSize(2);
    dispatcher.disconnected(theirs, now);
    FakeLink back = limited("a", "run-1", "g", "theirs.");
    assertThat(dispatcher.view("g", now).workers().getFirst().load()).isEqualTo(1);
    assertThat(back.offered()).isEmpty();
  }

  @Test
  void aProcessThatShowedLifeAndNeverCameBackIsForgotten() {
    FakeLink a = connect(new FakeLink("a", 1, "run-1"));
    dispatcher.disconnected(a, now);
    dispatcher.alive(new TaskRequest.Heartbeat("a", List.of()));
    advance(1_000);
    assertThat(dispatcher.snapshots(100).groups()).isEmpty();
  }

  @Test
  void aProcessThatLeftOneOfItsGroupsIsForgottenThere() {
    connect(new FakeLink("a", 1, "run-1"));
    FakeLink other = new FakeLink("a", 1, "run-1");
    other.group = "h";
    connect(other);
    dispatcher.disconnected(other, now);
    advance(1_000);
    assertThat(dispatcher.snapshots(100).groups())
        .singleElement()
        .matches(view -> view.group().equals("g"));
  }

  @Test
  void aWorkerThatConnectsRightAfterItsGroupWasForgottenGetsWork() {
    dispatcher.slots("g", null);
    FakeLink a = connect("a", 1);
    ready("t");
    assertThat(a.offered()).containsExactly("t");
  }

  @Test
  void anotherRunOfAProcessThatDrainedIsOpenForWork() {
    connect(new FakeLink("a", 1, "run-1"));
    dispatcher.drain("g", "a", false, null, now);
    FakeLink sameRun = connect(new FakeLink("a", 1, "run-1"));
    ready("t");
    assertThat(sameRun.offered()).isEmpty();
    assertThat(connect(new FakeLink("a", 1, "run-2")).offered()).containsExactly("t");
  }

  @Test
  void aDrainThatSaysWhichRunItMeansLeavesTheNextOneOpen() {
    dispatcher.drain("g", "a", false, "run-1", now); // Its stream is broken at the moment.
    ready("t");
    assertThat(connect(new FakeLink("a", 1, "run-1")).offered()).isEmpty();
    assertThat(connect(new FakeLink("a", 1, "run-2")).offered()).containsExactly("t");
  }

  @Test
  void resumeOpensADoorHoweverItWasClosed() {
    connect("a", 1);
    dispatcher.drain("g", "10.0.0.1", true, null, now);
    dispatcher.drain("g", "a", false, null, now);
    dispatcher.resume("g", "a", false, now);
    ready("t");
    assertThat(connect("a", 1).offered()).containsExactly("t");
  }

  @Test
  void whoWasGoneIsOpenForWorkWhenItComesBackHoweverItsDoorWasClosed() {
    connect("a", 1);
    dispatcher.drain("g", "10.0.0.1", true, null, now);
    dispatcher.gone("g", "a", false, now);
    ready("t");
    assertThat(connect("a", 1).offered()).containsExactly("t");
  }

  @Test
  void aDrainingWorkerGetsNothingNewEvenAfterReconnecting() {
    FakeLink a = connect("a", 1);
    assertThat(dispatcher.drain("g", "a", false, null, now)).containsExactly("a");
    ready("t");
    dispatcher.disconnected(a, now);
    FakeLink again = connect("a", 1);
    assertThat(again.offered()).isEmpty();
    dispatcher.resume("g", "a", false, now);
    dispatcher.pump(now);
    assertThat(again.offered()).containsExactly("t");
  }

  @Test
  void aWorkerIsFoundByItsAddress() {
    FakeLink a = new FakeLink("a", 1);
    a.address = "10.0.0.7";
    connect(a);
    assertThat(dispatcher.drain("g", "10.0.0.7", true, null, now)).containsExactly("a");
    assertThat(dispatcher.gone("g", "10.0.0.7", true, now)).containsExactly("a");
    assertThat(a.isClosed).isTrue();
  }

  @Test
  void aGoneWorkersOffersGoToOthersAtOnce() {
    FakeLink a = connect("a", 1);
    ready("t");
    FakeLink b = connect("b", 1);
    dispatcher.gone("g", "a", false, now);
    dispatcher.pump(now);
    assertThat(b.offered()).containsExactly("t");
  }

  @Test
  void aProcessWithoutConnectionCanBeGoneByItsPid() {
    ready("t");
    acquire("t", "far");
    assertThat(dispatcher.gone("g", "far", false, now)).containsExactly("far");
    assertThat(dispatcher.gone("g", "nobody", false, now)).isEmpty();
  }

  @Test
  void aSuspendedTaskTakesNoSlot() {
    FakeLink a = connect("a", 1);
    ready("t0");
    acquire("t0", "a");
    ready("t1");
    assertThat(a.offered()).containsExactly("t0");
    move("t0", new TaskState.Suspended());
    assertThat(a.offered()).containsExactly("t0", "t1");
    assertThat(dispatcher.view("g", now).suspended()).isEqualTo(1);
  }

  @Test
  void aReleasedTaskGoesToAnotherWorkerFirst() {
    FakeLink a = connect("a", null);
    ready("t");
    acquire("t", "a");
    now += 2_000;
    FakeLink b = connect("b", null);
    ready("x");
    acquire("x", "b");
    move("t", new TaskState.Pending(now, true));
    assertThat(b.offered()).containsExactly("x", "t");
  }

  @Test
  void aTaskThatIsHandedOverGoesBeforeThoseThatWait() {
    connect("a", 1);
    ready("begun");
    acquire("begun", "a");
    FakeLink b = connect("b", 1);
    ready("running");
    acquire("running", "b");
    ready("waiting");
    now += 2_000;
    dispatcher.drain("g", "a", false, null, now);
    move("begun", new TaskState.Pending(now, true)); // Its lease has ended.
    move("running", new TaskState.Fulfilled());
    assertThat(b.offered()).containsExactly("running", "begun");
  }

  @Test
  void theAgeOfTheOldestTaskIsSeenBehindOneThatWasHandedOver() {
    connect("a", 1);
    ready("begun");
    acquire("begun", "a");
    ready("old");
    dispatcher.drain("g", "a", false, null, now);
    now += 2_000;
    ready("begun");
    assertThat(dispatcher.view("g", now).ready()).isEqualTo(2);
    assertThat(dispatcher.view("g", now).oldestReadySeconds()).isEqualTo(2);
  }

  @Test
  void aTaskThatIsGivenBackAtOnceAgainAndAgainSlowsDown() {
    FakeLink a = connect("a", 1);
    ready("t");
    for (int i = 0; i < 3; i++) {
      acquire("t", "a");
      move("t", new TaskState.Pending(now, true));
    }
    assertThat(a.offered()).hasSize(3);
    advance(49);
    assertThat(a.offered()).hasSize(3);
    advance(1);
    assertThat(a.offered()).hasSize(4);
  }

  @Test
  void aTaskThatEndsItsWorkerGoesFirstTwiceAndThenWaitsLikeOthers() {
    FakeLink a = connect("a", 1);
    ready("poison");
    for (int i = 0; i < 3; i++) {
      IntStream.range(0, 2).forEach(other -> ready("t" + other));
      acquire("poison", "a");
      now += 1_200;
      dispatcher.disconnected(a, now);
      now += 1_000;
      move("poison", new TaskState.Pending(now, true));
      a = connect("a", 1);
      assertThat(a.offered()).containsExactly(i < 2 ? "poison" : "t0");
    }
    acquire("t0", "a");
    move("t0", new TaskState.Fulfilled());
    acquire("t1", "a");
    move("t1", new TaskState.Fulfilled());
    assertThat(a.offered()).containsExactly("t0", "t1", "poison");
  }

  @Test
  void aTaskThatEndsItsWorkersPausesLongerAndLonger() {
    connect("a", 1);
    ready("poison");
    List<Long> pauses = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      acquire("poison", "a");
      now += 1_200;
      move("poison", new TaskState.Pending(now, true));
      Long again = dispatcher.delivery("poison", now).offeredAgainAt();
      pauses.add(again == null ? 0 : again - now);
      step(30_000);
    }
    assertThat(pauses.subList(0, 3)).containsOnly(0L);
    assertThat(pauses.get(5)).isBetween(4_000L - 1_200, 8_000L - 1_200);
    assertThat(pauses.getLast()).isBetween(15_000L - 1_200, 30_000L - 1_200);
  }

  @Test
  void whatWasHeldForLongerThanItsPauseDoesNotPause() {
    connect("a", 1);
    ready("long");
    for (int i = 0; i < 9; i++) {
      acquire("long", "a");
      now += 60_000;
      move("long", new TaskState.Pending(now, true));
      assertThat(dispatcher.delivery("long", now).sentTo()).isEqualTo("a");
    }
  }

  @Test
  void tasksThatWereLostTogetherDoNotAllComeBackTogether() {
    connect("a", 9);
    IntStream.range(0, 9).forEach(i -> ready("t" + i));
    for (int times = 0; times < 6; times++) {
      IntStream.range(0, 9).forEach(i -> acquire("t" + i, "a"));
      now += 1_200;
      IntStream.range(0, 9).forEach(i -> move("t" + i, new TaskState.Pending(now, true)));
      if (times < 5) {
        step(30_000);
      }
    }
    assertThat(IntStream.range(0, 9).mapToObj(i -> dispatcher.delivery("t" + i, now)))
        .extracting(DeliveryView::offeredAgainAt)
        .doesNotContainNull()
        .doesNotHaveDuplicates();
  }

  @Test
  void whatAWorkerGivesBackAtOnceWaitsForAnotherThatIsBusy() {
    connect("a", 1);
    ready("busy");
    acquire("busy", "a");
    FakeLink b = connect("b", 1);
    ready("unknown");
    acquire("unknown", "b");
    move("unknown", new TaskState.Pending(now, true));
    assertThat(b.offered()).containsExactly("unknown");
    assertThat(dispatcher.delivery("unknown", now))
        .isEqualTo(
            new DeliveryView("unknown", true, 1, null, "b", null, 0, false, null, null, null));
    ready("next");
    assertThat(b.offered()).as("others do not wait behind it").containsExactly("unknown", "next");
    assertThat(dispatcher.view("g", now).ready()).isEqualTo(1);
    move("busy", new TaskState.Fulfilled());
    assertThat(dispatcher.delivery("unknown", now).sentTo()).isEqualTo("a");
  }

  @Test
  void whatAWorkerGaveBackAtOnceGoesToItAgainWhenNobodyElseTakesIt() {
    connect("a", 1);
    ready("busy");
    acquire("busy", "a");
    FakeLink b = connect("b", 1);
    ready("unknown");
    acquire("unknown", "b");
    move("unknown", new TaskState.Pending(now, true));
    step(4_999);
    assertThat(b.offered()).containsExactly("unknown");
    step(1);
    assertThat(b.offered()).containsExactly("unknown", "unknown");
  }

  @Test
  void theOnlyWorkerGetsBackWhatItGaveBack() {
    FakeLink a = connect("a", 1);
    FakeLink b = connect("b", 1);
    dispatcher.drain("g", "b", false, null, now);
    ready("unknown");
    acquire("unknown", "a");
    move("unknown", new TaskState.Pending(now, true));
    assertThat(a.offered()).containsExactly("unknown", "unknown");
    assertThat(b.offered()).isEmpty();
  }

  @Test
  void aWithdrawnOfferIsNotSent() {
    ready("t");
    acquire("t", "elsewhere");
    assertThat(connect("a", 1).offered()).isEmpty();
  }

  @Test
  void aDelayedTaskIsNotOffered() {
    FakeLink a = connect("a", 1);
    move("t", ANY, 0, new TaskState.Pending(now + 1_000, false));
    assertThat(a.offered()).isEmpty();
    ready("t");
    assertThat(a.offered()).containsExactly("t");
  }

  @Test
  void theGroupsSlotsHoldForWorkersThatDoNotSay() {
    dispatcher.slots("g", 2);
    FakeLink a = connect("a", null);
    IntStream.range(0, 4).forEach(i -> ready("t" + i));
    assertThat(a.offered()).hasSize(2);
    dispatcher.slots("g", 3);
    dispatcher.pump(now);
    assertThat(a.offered()).hasSize(3);
  }

  @Test
  void aConnectionThatDoesNotReadGetsNothingUntilItDoes() {
    FakeLink a = connect("a", null);
    a.isWritable = false;
    dispatcher.writable(a, now);
    ready("t");
    assertThat(a.offered()).isEmpty();
    a.isWritable = true;
    dispatcher.writable(a, now);
    dispatcher.pump(now);
    assertThat(a.offered()).containsExactly("t");
  }

  @Test
  void aMessageForHttpIsPostedAndRepeatedWhenRefused() {
    List<String> posts = new ArrayList<>();
    Dispatcher pushing =
        Dispatchers.pushing((url, _, outcome) -> {
          posts.add(url);
          outcome.accept(posts.size() > 1 ? null : "it is away");
        });
    Task task = new Task("t", "http://sink/x", 0, new TaskState.Pending(now, true));
    pushing.moved(null, task, now);
    pushing.pump(now);
    assertThat(posts).containsExactly("http://sink/x");
    pushing.fire(now + 1_000);
    pushing.pump(now + 1_000);
    assertThat(posts).hasSize(2);
    pushing.fire(now + 29_999);
    pushing.pump(now + 29_999);
    assertThat(posts).hasSize(2);
  }

  @Test
  void noPostOfATaskBeginsWhileAnotherIsUnderWay() {
    List<Push.Outcome> posts = new ArrayList<>();
    Dispatcher pushing = Dispatchers.pushing((_, _, outcome) -> posts.add(outcome));
    Task task = new Task("t", "http://sink/x", 0, new TaskState.Pending(now, true));
    pushing.moved(null, task, now);
    pushing.pump(now);
    pushing.fire(now + 60_000);
    pushing.pump(now + 60_000);
    assertThat(posts).hasSize(1);
    Task held = task.taken(new TaskState.Acquired("p", 1_000, now + 1_000, now));
    pushing.moved(task, held, now);
    pushing.moved(held, held.with(new TaskState.Pending(now, true)), now + 60_000);
    pushing.pump(now + 60_000);
    assertThat(posts).as("the next version waits, too").hasSize(1);
    assertThat(pushing.delivery("t", now).isBeingPosted()).isTrue();
    posts.getFirst().accept("it answers with status 500");
    pushing.pump(now + 60_000);
    assertThat(posts).hasSize(2);
    posts.getLast().accept("it answers with status 404");
    assertThat(pushing.delivery("t", now))
        .isEqualTo(
            new DeliveryView(
                "t",
                true,
                1,
                null,
                null,
                null,
                1,
                false,
                "it answers with status 404",
                null,
                null));
  }

  @Test
  void aTaskThatMovedOnInTheSameBatchIsNotPosted() {
    List<String> posts = new ArrayList<>();
    Dispatcher pushing = Dispatchers.pushing((url, _, _) -> posts.add(url));
    Task task = new Task("t", "http://sink/x", 0, new TaskState.Pending(now, true));
    pushing.moved(null, task, now);
    pushing.moved(task, task.with(new TaskState.Halted()), now);
    pushing.pump(now);
    assertThat(posts).isEmpty();
  }

  @Test
  void whatIsForHttpWaitsWhileEverythingIsHeldBack() {
    List<String> posts = new ArrayList<>();
    Dispatcher pushing = Dispatchers.pushing((url, _, _) -> posts.add(url));
    pushing.pause(true, now);
    pushing.moved(null, new Task("t", "http://sink/x", 0, new TaskState.Pending(now, true)), now);
    pushing.pump(now);
    assertThat(posts).isEmpty();
    pushing.pause(false, now);
    pushing.pump(now);
    assertThat(posts).hasSize(1);
  }

  @Test
  void nothingIsLeftOfAGroupWhenItsTasksAndWorkersHaveGone() {
    FakeLink a = connect("a", 1);
    ready("t");
    acquire("t", "a");
    move("t", new TaskState.Fulfilled());
    dispatcher.disconnected(a, now);
    advance(1_000);
    assertThat(dispatcher.snapshots(100).groups()).isEmpty();
  }

  private FakeLink connectStrict(String pid) {
    FakeLink link = new FakeLink(pid, null);
    link.isStrict = true;
    return connect(link);
  }

  @Test
  void whatAStrictWorkerLetPassGoesToOthersUnderAnotherVersionOnly() {
    FakeLink a = connectStrict("a");
    ready("t");
    FakeLink b = connectStrict("b");
    step(59_999);
    assertThat(commands()).isEmpty();
    step(1);
    assertThat(commands()).containsExactly(new Command.RenewOffer("t", 0));
    assertThat(a.offered()).containsExactly("t");
    assertThat(b.offered()).isEmpty();
    move("t", ANY, 1, new TaskState.Pending(now, true));
    assertThat(b.offered()).containsExactly("t");
  }

  @Test
  void aStrictWorkerWhoseConnectionBreaksMayStillAcquireWhatItWasSent() {
    FakeLink a = connectStrict("a");
    FakeLink b = connectStrict("b");
    ready("t");
    dispatcher.disconnected(a, now);
    advance(500);
    acquire("t", "a");
    step(10_000);
    assertThat(commands()).doesNotHaveAnyElementsOfTypes(Command.RenewOffer.class);
    assertThat(b.offered()).isEmpty();
  }

  @Test
  void aStrictWorkerThatIsGoneIsPassedOverSoon() {
    FakeLink a = connectStrict("a");
    ready("t");
    dispatcher.disconnected(a, now);
    step(1_000);
    assertThat(commands()).containsExactly(new Command.RenewOffer("t", 0));
    assertThat(commands()).isEmpty();
  }

  @Test
  void theMeanServiceTimeIsOfTasksThatGotSomewhere() {
    connect("a", 1);
    assertThat(dispatcher.view("g", now).meanServiceSeconds()).isNull();
    hold("t1", 2_000, new TaskState.Fulfilled());
    hold("t2", 4_000, new TaskState.Suspended());
    hold("t3", 60_000, new TaskState.Pending(now, true));
    assertThat(dispatcher.view("g", now).meanServiceSeconds()).isEqualTo(3);
  }

  @Test
  void theMeanServiceTimeFollowsTheLatestTasks() {
    connect("a", 1);
    IntStream.range(0, 100).forEach(i -> hold("slow" + i, 10_000, new TaskState.Fulfilled()));
    IntStream.range(0, 100).forEach(i -> hold("fast" + i, 1_000, new TaskState.Fulfilled()));
    assertThat(dispatcher.view("g", now).meanServiceSeconds()).isBetween(1.0, 1.1);
  }

  @Test
  void aTaskThatComesBackThreeTimesIsRedeliveredUntilItGetsSomewhere() {
    connect("a", 2);
    ready("poison");
    comesBack("poison", 2);
    assertThat(redelivered()).isEmpty();
    comesBack("poison", 1);
    assertThat(redelivered()).containsExactly(new GroupView.Redelivered("poison", 3, now + 50));
    ready("worse");
    comesBack("worse", 4);
    assertThat(redelivered())
        .containsExactly(
            new GroupView.Redelivered("worse", 4, now + 100),
            new GroupView.Redelivered("poison", 3, now + 50));
    acquire("poison", "a");
    move("poison", new TaskState.Suspended());
    move("worse", new TaskState.Halted());
    assertThat(redelivered()).isEmpty();
  }

  @Test
  void whatAWorkerThatStopsGivesBackIsNotHeldAgainstTheTask() {
    connect("a", 1);
    ready("long");
    for (int i = 0; i < 3; i++) {
      acquire("long", "a");
      dispatcher.drain("g", "a", false, null, now);
      move("long", new TaskState.Pending(now, true));
      acquire("long", "a");
      dispatcher.gone("g", "a", false, now);
      move("long", new TaskState.Pending(now, true));
      connect("a", 1);
    }
    assertThat(redelivered()).isEmpty();
    comesBack("long", 3);
    assertThat(redelivered()).hasSize(1);
  }

  private void hold(String id, long ms, TaskState then) {
    ready(id);
    acquire(id, "a");
    advance(ms);
    move(id, then);
  }

  private void comesBack(String id, int times) {
    for (int i = 0; i < times; i++) {
      acquire(id, "a");
      move(id, new TaskState.Pending(now, true));
    }
  }

  private List<GroupView.Redelivered> redelivered() {
    return dispatcher.view("g", now).redelivered();
  }
}
