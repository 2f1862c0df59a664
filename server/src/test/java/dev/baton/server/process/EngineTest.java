package dev.baton.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.core.Command;
import dev.baton.core.Outcome;
import dev.baton.core.RuleSet;
import dev.baton.core.State;
import dev.baton.core.StateMachine;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.Value;
import dev.baton.server.dispatch.Dispatchers;
import dev.baton.server.storage.MemoryStorage;
import dev.baton.testing.Client;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class EngineTest {

  private static final long FAR = Long.MAX_VALUE;
  private static final int LOOPS = 4;

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(LOOPS));
  private final MemoryStorage storage = new MemoryStorage(RuleSet.Profile.RELEASE);
  private final Pipeline pipeline =
      new Pipeline(storage, this::decide, Dispatchers.plain(), EngineMetrics.NONE);
  private final Engine engine = new Engine(pipeline, System::currentTimeMillis, 100_000, 1_000);

  /** How often somebody came into a step that was another's. */
  private final AtomicInteger overlaps = new AtomicInteger();

  private final AtomicInteger deciding = new AtomicInteger();

  private volatile long decidingNanos;

  private Outcome decide(State state, Command command, long now) {
    if (decidingNanos > 0 && command instanceof Command.Client(PromiseRequest.Create _)) {
      LockSupport.parkNanos(decidingNanos);
    }
    if (deciding.getAndIncrement() != 0) {
      overlaps.incrementAndGet();
    }
    try {
      return new StateMachine(RuleSet.DEFAULT).decide(state, command, now);
    } finally {
      deciding.decrementAndGet();
    }
  }

  @AfterEach
  void close() throws InterruptedException {
    engine.close();
    var closed = new CountDownLatch(1);
    vertx.close(_ -> closed.countDown());
    closed.await();
  }

  @Test
  void whatIsPreparedDoesNothingUntilItStarts() throws Exception {
    engine.prepare();
    CompletableFuture<Boolean> isDone = new CompletableFuture<>();
    engine.execute(() -> isDone.complete(true));
    await().until(() -> isAnyParkedAt(engine));
    assertThat(isDone).isNotDone();
    engine.start();
    assertThat(isDone.get()).isTrue();
  }

  private static boolean isAnyParkedAt(Engine engine) {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(each -> LockSupport.getBlocker(each) == engine);
  }

  @Test
  void whatIsPreparedAndGivenUpEnds() {
    engine.prepare();
    AtomicBoolean isDropped = new AtomicBoolean();
    engine.execute(() -> {}, () -> isDropped.set(true));
    engine.abandon();
    assertThat(engine.stop(20_000)).isTrue();
    assertThat(isDropped).isTrue();
  }

  private static Command create(String id, long timeoutAt) {
    return new Command.Client(new PromiseRequest.Create(id, timeoutAt, Value.EMPTY, Map.of()));
  }

  /** Hands over a command on an event loop; answers which thread told the answer. */
  private String whoAnswers(Command command) throws InterruptedException {
    BlockingQueue<String> threads = new ArrayBlockingQueue<>(1);
    vertx.runOnContext(_ -> {
      engine.outbox().here(vertx);
      engine.submit(command, null, _ -> threads.add(Thread.currentThread().getName()));
    });
    return threads.take();
  }

  @Test
  void theEventLoopThatBringsASingleCommandTakesTheStep() {
    engine.start();
    var number = new AtomicInteger();
    // The first steps are slow, with a JVM that has yet to load what they need.
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(
            () -> whoAnswers(create("p" + number.incrementAndGet(), FAR)),
            it -> it.startsWith("vert.x-eventloop"));
  }

  @Test
  void whatMayCostMuchIsLeftToTheEngine() throws InterruptedException {
    engine.start();
    var tasks = Collections.nCopies(10_000, new TaskRequest.TaskRef("t", 1));
    for (int i = 0; i < 20; i++) {
      whoAnswers(create("p" + i, FAR));
      assertThat(whoAnswers(new Command.Client(new TaskRequest.Heartbeat("p", tasks))))
          .isEqualTo("engine");
    }
  }

  @Test
  void noEventLoopIsHeldUpByASlowStore() throws InterruptedException {
    engine.start();
    whoAnswers(create("first", FAR));
    decidingNanos = TimeUnit.MILLISECONDS.toNanos(20);
    whoAnswers(create("slow", FAR));
    for (int i = 0; i < 50; i++) { // They change nothing: nothing is to be learned from them.
      whoAnswers(new Command.Client(new PromiseRequest.Get("first")));
    }
    assertThat(whoAnswers(create("second", FAR))).isEqualTo("engine");
  }

  @Test
  void aDeadlineThatAnEventLoopHasSetIsKept() throws InterruptedException {
    var steps = new ArrayList<Long>();
    engine.afterEach(() -> {
      synchronized (steps) {
        steps.add(engine.now());
      }
    });
    engine.start();
    for (int i = 0; i < 50; i++) {
      long dueAt = System.currentTimeMillis() + 30;
      whoAnswers(create("p" + i, dueAt));
      await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> {
            synchronized (steps) {
              return !steps.isEmpty() && steps.getLast() >= dueAt;
            }
          });
      synchronized (steps) {
        assertThat(steps.getLast()).isLessThan(dueAt + 2_000);
      }
    }
  }

  @Test
  void whateverManyBringIsDoneInTurnAndAnsweredOnce() throws InterruptedException {
    int each = 5_000;
    engine.start();
    Map<String, Integer> answers = new ConcurrentHashMap<>();
    var open = new CountDownLatch(LOOPS * each + each);
    for (int loop = 0; loop < LOOPS; loop++) {
      var client = new Client("loop" + loop, each, answers, open);
      vertx.deployVerticle(
          new AbstractVerticle() { // each has an event loop of its own
            @Override
            public void start() {
              client.next(engine.outbox().here(vertx));
            }
          });
    }
    var actions = new AtomicInteger();
    for (int i = 0; i < each; i++) {
      engine.execute(actions::incrementAndGet);
      engine.submit(create("other-" + i, FAR), null, _ -> open.countDown());
    }
    open.await();
    assertThat(overlaps).hasValue(0);
    assertThat(answers).hasSize(LOOPS * each).allSatisfy((_, n) -> assertThat(n).isOne());
    await().until(() -> actions.get() == each);
    assertThat(storage.<Boolean>transact(rows -> rows.state().promise("loop3-1") != null)).isTrue();
  }

  /** Asks for one thing after the other, on its event loop. */
  private final class Client {
    private final String name;
    private final Map<String, Integer> answers;
    private final CountDownLatch open;
    private int left;

    Client(String name, int count, Map<String, Integer> answers, CountDownLatch open) {
      this.name = name;
      this.left = count;
      this.answers = answers;
      this.open = open;
    }

    void next(Outbox.Loop loop) {
      String id = name + "-" + left;
      engine.submit(
          create(id, FAR),
          null,
          _ ->
              loop.execute(() -> {
                answers.merge(id, 1, Integer::sum);
                open.countDown();
                if (--left > 0) {
                  next(loop);
                }
              }));
    }
  }

  @Test
  void whatIsWaitingAtTheEndIsDone() throws InterruptedException {
    engine.start();
    var answered = new AtomicInteger();
    for (int i = 0; i < 1_000; i++) {
      engine.submit(create("p" + i, FAR), null, _ -> answered.incrementAndGet());
    }
    assertThat(engine.stop(10_000)).isTrue();
    assertThat(answered).hasValue(1_000);
    assertThat(engine.submit(create("late", FAR), null, _ -> {})).isEqualTo(Overload.STOPPING);
  }

  @Test
  void aStopDuringAStepIsFollowedByALastOne() throws InterruptedException {
    var steps = new AtomicInteger();
    engine.afterEach(steps::incrementAndGet);
    engine.start();
    await().until(() -> steps.get() == 1); // What it begins with.
    var isInStep = new CountDownLatch(1);
    var isStopping = new CountDownLatch(1);
    engine.execute(() -> {
      isInStep.countDown();
      waitFor(isStopping);
    });
    isInStep.await();
    assertThat(engine.stop(1)).isFalse();
    isStopping.countDown();
    assertThat(engine.stop(10_000)).isTrue();
    assertThat(steps).hasValue(3);
  }

  /** As when another server takes the store: at the end of a step, and after the last. */
  @Test
  void whoWaitsForWhatNoStepDoesAnyMoreIsTold() {
    var done = new AtomicInteger();
    var dropped = new AtomicInteger();
    engine.afterEach(() -> {
      engine.abandon();
      engine.execute(done::incrementAndGet, dropped::incrementAndGet);
    });
    engine.start();
    engine.execute(() -> {});
    assertThat(engine.stop(10_000)).isTrue();
    assertThat(dropped).hasValue(1);
    engine.execute(done::incrementAndGet, dropped::incrementAndGet);
    assertThat(dropped).hasValue(2);
    assertThat(done).hasValue(0);
  }

  /** The clock is read between the last look at what waits and the end of the thread, too. */
  @Test
  void whatIsAddedAfterTheLastLookIsDropped() throws InterruptedException {
    var self = new Engine[1];
    var isAdding = new AtomicBoolean();
    var added = new AtomicInteger();
    var done = new AtomicInteger();
    var dropped = new AtomicInteger();
    self[0] =
        new Engine(
            pipeline,
            () -> {
              if (isAdding.get()) {
                added.incrementAndGet();
                self[0].execute(done::incrementAndGet, dropped::incrementAndGet);
              }
              return System.currentTimeMillis();
            },
            10,
            10);
    self[0].start();
    var isInStep = new CountDownLatch(1);
    var isStopping = new CountDownLatch(1);
    self[0].execute(() -> {
      isInStep.countDown();
      waitFor(isStopping);
    });
    isInStep.await();
    assertThat(self[0].stop(1)).isFalse();
    isAdding.set(true);
    isStopping.countDown();
    assertThat(self[0].stop(10_000)).isTrue();
    assertThat(dropped).hasPositiveValue();
    assertThat(done.get() + dropped.get()).isEqualTo(added.get());
    self[0].close();
  }

  /** A queue that lets a command in only when it may, though it has been offered before. */
  private static final class SlowQueue extends ArrayBlockingQueue<Work> {
    private static final long serialVersionUID = 1;
    private final transient CountDownLatch isOffered = new CountDownLatch(1);
    private final transient CountDownLatch mayComeIn = new CountDownLatch(1);

    SlowQueue() {
      super(10);
    }

    @Override
    public boolean offer(Work work) {
      isOffered.countDown();
      waitFor(mayComeIn);
      return super.offer(work);
    }
  }

  @Test
  void aCommandThatComesAfterTheLastLookIsRefused() throws Exception {
    var queue = new SlowQueue();
    var late =
        new Engine(
            pipeline,
            System::currentTimeMillis,
            new LoopWatch(System::nanoTime),
            queue,
            10,
            Duration.ZERO);
    late.start();
    var answered = new AtomicInteger();
    var submitted =
        CompletableFuture.supplyAsync(() ->
            Optional.ofNullable(
                late.submit(create("p", FAR), null, _ -> answered.getAndIncrement())));
    queue.isOffered.await();
    assertThat(late.stop(10_000)).isTrue();
    queue.mayComeIn.countDown();
    assertThat(submitted.get()).contains(Overload.STOPPING);
    assertThat(late.queueLength()).isZero();
    assertThat(answered).hasValue(0);
    late.close();
  }

  @Test
  void whatManyBringDuringTheEndIsDoneOrRefusedOrDroppedOnce() throws Exception {
    for (int round = 0; round < 200; round++) {
      var ending = new Engine(pipeline, System::currentTimeMillis, 100, 10);
      ending.start();
      var begin = new CyclicBarrier(3);
      var taken = new AtomicInteger();
      var answered = new AtomicInteger();
      var executed = new AtomicInteger();
      var doneOrDropped = new AtomicInteger();
      int number = round;
      var commands =
          CompletableFuture.runAsync(() -> {
            awaitOthers(begin);
            for (int i = 0; i < 50; i++) {
              String id = "p" + number + "-" + i;
              if (ending.submit(create(id, FAR), null, _ -> answered.incrementAndGet()) == null) {
                taken.incrementAndGet();
              }
            }
          });
      var actions =
          CompletableFuture.runAsync(() -> {
            awaitOthers(begin);
            for (int i = 0; i < 50; i++) {
              executed.incrementAndGet();
              ending.execute(doneOrDropped::incrementAndGet, doneOrDropped::incrementAndGet);
            }
          });
      awaitOthers(begin);
      assertThat(ending.stop(10_000)).isTrue();
      CompletableFuture.allOf(commands, actions).get();
      assertThat(answered.get()).isEqualTo(taken.get());
      assertThat(doneOrDropped.get()).isEqualTo(executed.get());
      ending.close();
    }
  }

  private static void awaitOthers(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new AssertionError(e);
    }
  }

  /** As when what is live cannot be loaded. */
  @Test
  void anEngineThatNeverStartedDropsWhatWaits() {
    var never = new Engine(pipeline, System::currentTimeMillis, 10, 10);
    var dropped = new AtomicInteger();
    never.execute(() -> {}, dropped::incrementAndGet);
    assertThat(dropped).hasValue(0);
    never.abandon();
    assertThat(dropped).hasValue(1);
    never.execute(() -> {}, dropped::incrementAndGet);
    assertThat(dropped).hasValue(2);
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** As in a disk that does not answer, on whatever thread the step is. */
  @Test
  void anEngineThatHangsInAStepIsNotAliveUntilItGoesOn() throws InterruptedException {
    var hanging = new Engine(pipeline, System::currentTimeMillis, 100, 10, Duration.ofMillis(1));
    hanging.start();
    var isHanging = new CountDownLatch(1);
    var goesOn = new CountDownLatch(1);
    assertThat(hanging.isAlive()).isTrue();
    vertx.runOnContext(_ -> {
      hanging.outbox().here(vertx);
      hanging.execute(() -> {
        isHanging.countDown();
        waitFor(goesOn);
      });
      hanging.submit(create("waits", FAR), null, _ -> {});
    });
    isHanging.await();
    await().until(() -> !hanging.isAlive());
    assertThat(hanging.isHealthy()).as("nothing has failed").isTrue();
    goesOn.countDown();
    await().until(hanging::isAlive);
    hanging.close();
  }

  @Test
  void noMoreWaitThanMay() {
    var small = new Engine(pipeline, System::currentTimeMillis, 2, 10);
    assertThat(small.submit(create("a", FAR), null, _ -> {})).isNull();
    assertThat(small.submit(create("b", FAR), null, _ -> {})).isNull();
    assertThat(small.submit(create("c", FAR), null, _ -> {})).isEqualTo(Overload.QUEUE_FULL);
    assertThat(small.queueLength()).isEqualTo(2);
  }
}
