package dev.baton.server.groups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.baton.core.RuleSet;
import dev.baton.core.StateMachine;
import dev.baton.server.background.Share;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.dispatch.GroupSnapshot;
import dev.baton.server.dispatch.Push;
import dev.baton.server.process.Engine;
import dev.baton.server.process.EngineMetrics;
import dev.baton.server.process.Pipeline;
import dev.baton.server.storage.MemoryStorage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GroupBoardTest {

  private final AtomicInteger looks = new AtomicInteger();
  private volatile Runnable inSnapshots = () -> {};

  private final Dispatcher dispatcher =
      new Dispatcher(
          new Dispatcher.Settings(
              () -> "http://here",
              Duration.ofSeconds(5),
              Duration.ofSeconds(30),
              Duration.ofSeconds(1)),
          _ -> null,
          Push.OFF,
          Runnable::run,
          (_, _) -> {}) {
        @Override
        public Snapshots snapshots(int most) {
          looks.incrementAndGet();
          inSnapshots.run();
          return super.snapshots(most);
        }
      };
  private final Engine engine =
      new Engine(
          new Pipeline(
              new MemoryStorage(RuleSet.Profile.RELEASE),
              new StateMachine(RuleSet.DEFAULT)::decide,
              dispatcher,
              EngineMetrics.NONE),
          System::currentTimeMillis,
          1_000,
          100);
  private final GroupBoard board =
      new GroupBoard(engine, dispatcher, new Share(20, engine::isServing));

  @AfterEach
  void close() {
    board.close();
    engine.close();
  }

  private void slots(String group, Integer slots) {
    engine.execute(() -> dispatcher.slots(group, slots));
  }

  /** As when another server turns out to own the store: a scrape must not wait for ever. */
  @Test
  void whoHasAskedWhenTheEngineEndsIsShownWhatWasShownLast() throws InterruptedException {
    engine.start();
    var isShown = new CountDownLatch(1);
    slots("g", 1);
    board.look(_ -> isShown.countDown());
    isShown.await();
    engine.abandon();
    engine.stop(10_000);
    var seen = new AtomicInteger();
    board.look(groups -> seen.addAndGet(groups.find("g") == null ? 100 : 1));
    board.look(groups -> seen.addAndGet(groups.find("g") == null ? 100 : 1));
    board.close();
    board.look(groups -> seen.addAndGet(groups.find("g") == null ? 100 : 1));
    assertThat(seen).hasValue(3);
  }

  /** Nor does the board have to be closed for that. */
  @Test
  void whoAsksWhenTheEngineHasEndedIsShownWhatWasShownLast() throws Exception {
    engine.start();
    var isShown = new CountDownLatch(1);
    slots("g", 1);
    board.look(_ -> isShown.countDown());
    isShown.await();
    engine.stop(10_000);
    for (int i = 0; i < 3; i++) {
      var seen = new CompletableFuture<Groups>();
      board.look(seen::complete);
      assertThat(seen.get(10, TimeUnit.SECONDS).find("g")).isNotNull();
    }
  }

  @Test
  void whileOthersAreServedThoseWhoAskAreGathered() throws Exception {
    engine.start();
    try (var busy = new GroupBoard(engine, dispatcher, new Share(100, () -> true))) {
      var first = new CompletableFuture<Long>();
      busy.look(_ -> first.complete(System.nanoTime()));
      long shownAt = first.get(10, TimeUnit.SECONDS);
      int before = looks.get();
      List<CompletableFuture<Long>> others =
          List.of(new CompletableFuture<>(), new CompletableFuture<>());
      for (CompletableFuture<Long> other : others) {
        busy.look(_ -> other.complete(System.nanoTime()));
      }
      for (CompletableFuture<Long> other : others) {
        assertThat(other.get(10, TimeUnit.SECONDS) - shownAt).isGreaterThan(200_000_000);
      }
      assertThat(looks).hasValue(before + 1);
    }
  }

  /** What is sent to each is work for an event loop, which others wait for. */
  @Test
  void whileOthersAreServedThoseWhoAskAreShownOneAfterTheOther() throws Exception {
    engine.start();
    List<Long> shownAt = Collections.synchronizedList(new ArrayList<>());
    var isLooking = new CountDownLatch(1);
    var haveAsked = new CountDownLatch(1);
    inSnapshots =
        () -> {
          isLooking.countDown();
          waitFor(haveAsked);
        };
    try (var busy = new GroupBoard(engine, dispatcher, new Share(100, () -> true))) {
      busy.look(_ -> {});
      isLooking.await();
      var all = new CountDownLatch(8);
      for (int i = 0; i < 8; i++) {
        busy.look(_ -> {
          shownAt.add(System.nanoTime());
          all.countDown();
        });
      }
      haveAsked.countDown();
      all.await();
      assertThat(looks).as("all are shown the same").hasValue(2);
      assertThat(shownAt.getLast() - shownAt.getFirst()).isGreaterThan(15_000_000);
    }
  }

  /** The same holds for those who follow. */
  @Test
  void whileOthersAreServedThoseWhoFollowAreShownOneAfterTheOther() throws Exception {
    List<Long> tookNanos = Collections.synchronizedList(new ArrayList<>());
    var isShown = new CountDownLatch(2);
    try (var busy = new GroupBoard(engine, dispatcher, new Share(100, () -> true))) {
      busy.follow(
          _ -> {
            long began = System.nanoTime();
            for (int i = 0; i < 8; i++) {
              busy.pauseAmong(8);
            }
            tookNanos.add(System.nanoTime() - began);
            isShown.countDown();
          },
          () -> true);
      engine.start();
      slots("g", 1);
      while (!isShown.await(10, TimeUnit.MILLISECONDS)) {
        slots("g", 1);
      }
    }
    assertThat(tookNanos).allSatisfy(took -> assertThat(took).isGreaterThan(30_000_000));
    try (var calm = new GroupBoard(engine, dispatcher, new Share(100, () -> false))) {
      long began = System.nanoTime();
      for (int i = 0; i < 1_000; i++) {
        calm.pauseAmong(8);
      }
      assertThat(System.nanoTime() - began).as("nobody is served").isLessThan(4_000_000_000L);
    }
  }

  @Test
  void aBoardThatIsClosedDuringALookIsQuietAndShowsOnce() throws InterruptedException {
    List<ILoggingEvent> said = said();
    engine.start();
    var isLooking = new CountDownLatch(1);
    var mayGoOn = new CountDownLatch(1);
    inSnapshots =
        () -> {
          isLooking.countDown();
          waitFor(mayGoOn);
        };
    var seen = new AtomicInteger();
    board.look(_ -> seen.incrementAndGet());
    isLooking.await();
    board.look(_ -> seen.addAndGet(10));
    board.close();
    assertThat(seen).as("who is looked for is shown it by the look").hasValue(10);
    mayGoOn.countDown();
    engine.stop(10_000);
    assertThat(seen).hasValue(11);
    assertThat(said).isEmpty();
  }

  @Test
  void whoIsShownNothingByAnEngineThatEndsDuringALookIsShownWhatWasShownLast()
      throws InterruptedException {
    engine.start();
    var isInStep = new CountDownLatch(1);
    var mayGoOn = new CountDownLatch(1);
    engine.execute(() -> {
      isInStep.countDown();
      waitFor(mayGoOn);
      engine.abandon();
    });
    isInStep.await();
    var isAsked = new CountDownLatch(1);
    var seen = new AtomicInteger();
    board.look(_ -> seen.incrementAndGet());
    board.later(0, isAsked::countDown);
    isAsked.await(); // The look waits for its step.
    board.close();
    mayGoOn.countDown();
    engine.stop(10_000);
    assertThat(seen).hasValue(1);
    assertThat(looks).as("no step has looked").hasValueLessThanOrEqualTo(1);
  }

  private static List<ILoggingEvent> said() {
    var lines = new ListAppender<ILoggingEvent>();
    lines.start();
    for (Class<?> type : List.of(Pipeline.class, Engine.class, GroupBoard.class)) {
      ((Logger) LoggerFactory.getLogger(type)).addAppender(lines);
    }
    return lines.list;
  }

  @Test
  void whoLooksSeesWhatWasDoneBefore() throws InterruptedException {
    engine.start();
    for (int i = 1; i <= 50; i++) {
      slots("g", i);
      var seen = new AtomicInteger();
      var isShown = new CountDownLatch(1);
      board.look(groups -> {
        var view = Objects.requireNonNull(groups.find("g")).at(groups.at());
        seen.set(Objects.requireNonNull(view.slotsPerWorker()));
        isShown.countDown();
      });
      isShown.await();
      assertThat(seen).hasValue(i);
    }
    assertThat(board.latest().find("h")).isNull();
  }

  @Test
  void manyWhoLookAtOnceShareOneLook() throws InterruptedException {
    engine.start();
    int many = 1_000;
    var isInStep = new CountDownLatch(1);
    var mayGoOn = new CountDownLatch(1);
    engine.execute(() -> {
      isInStep.countDown();
      waitFor(mayGoOn);
    });
    isInStep.await();
    var shown = new CountDownLatch(many);
    for (int i = 0; i < many; i++) {
      board.look(_ -> shown.countDown());
    }
    mayGoOn.countDown();
    shown.await();
    assertThat(looks.get()).isLessThanOrEqualTo(2);
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whoLooksAllTheTimeLeavesTheThreadMostOfIt() throws InterruptedException {
    engine.start();
    long workMs = 20;
    int rounds = 5;
    var isOver = new CountDownLatch(rounds);
    long began = System.nanoTime();
    for (int i = 0; i < rounds; i++) {
      var isShown = new CountDownLatch(1);
      board.look(_ -> {
        busy(workMs);
        isShown.countDown();
        isOver.countDown();
      });
      isShown.await();
    }
    isOver.await();
    long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    assertThat(tookMs).isGreaterThanOrEqualTo(rounds * workMs + (rounds - 1) * 3 * workMs);
  }

  private static void busy(long ms) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  @Test
  void whoeverFollowsSeesTheLastChangeAndNothingIsDoneWithoutFollowers() {
    var seen = new AtomicInteger();
    var isFollowed = new AtomicBoolean();
    board.follow(
        groups -> {
          GroupSnapshot group = groups.find("g");
          Integer slots = group == null ? null : group.at(groups.at()).slotsPerWorker();
          seen.set(slots == null ? 0 : slots);
        },
        isFollowed::get);
    engine.start();
    slots("g", 1);
    await().during(Duration.ofMillis(300)).until(() -> looks.get() == 0);
    isFollowed.set(true);
    for (int i = 1; i <= 1_000; i++) {
      slots("g", i);
    }
    await().until(() -> seen.get() == 1_000);
    assertThat(looks.get()).isLessThan(100);
  }

  @Test
  void aStepLooksAtNoMoreThanItMay() {
    for (int i = 0; i < 30; i++) {
      dispatcher.slots("g%02d".formatted(i), 1);
    }
    Dispatcher.Snapshots first = dispatcher.snapshots(1_000);
    assertThat(first.isWhole()).isTrue();
    assertThat(dispatcher.snapshots(1_000).groups()).as("unchanged").isEqualTo(first.groups());
    for (int i = 0; i < 30; i++) {
      dispatcher.slots("g%02d".formatted(i), 2);
    }
    int rounds = 0;
    Dispatcher.Snapshots next;
    do {
      next = dispatcher.snapshots(10);
      rounds++;
      assertThat(next.groups()).hasSize(30);
      assertThat(withSlots(next.groups(), 2)).isEqualTo(Math.min(30, rounds * 10L));
    } while (!next.isWhole());
    assertThat(rounds).isEqualTo(3);
  }

  private static long withSlots(List<GroupSnapshot> groups, int slots) {
    return groups.stream()
        .filter(group -> Integer.valueOf(slots).equals(group.at(0).slotsPerWorker()))
        .count();
  }
}
