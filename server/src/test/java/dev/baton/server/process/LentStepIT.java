package dev.baton.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.core.Command;
import dev.baton.core.RuleSet;
import dev.baton.core.StateMachine;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Value;
import dev.baton.server.dispatch.Dispatchers;
import dev.baton.server.storage.postgres.PostgresStorage;
import dev.baton.testing.Postgres;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An event loop that takes a step over a database. */
@Tag("alone")
@Timeout(60)
class LentStepIT {

  private static final long FAR = Long.MAX_VALUE;
  private static final int IN_A_ROW = 20;

  private final Postgres postgres = Postgres.start("fsync=off");
  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger number = new AtomicInteger();

  private Engine engine(PostgresStorage storage) {
    return new Engine(
        new Pipeline(
            storage,
            new StateMachine(RuleSet.DEFAULT)::decide,
            Dispatchers.plain(),
            EngineMetrics.NONE),
        System::currentTimeMillis,
        100,
        10);
  }

  private PostgresStorage store() {
    return PostgresStorage.open(
        PostgresStorage.Settings.of(postgres.newDatabase(), Postgres.USER),
        RuleSet.Profile.RELEASE);
  }

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
    postgres.close();
  }

  /** What an answer was, and on which thread it was told. */
  private record Told(int status, String thread) {}

  private BlockingQueue<Told> create(Engine engine) {
    BlockingQueue<Told> told = new ArrayBlockingQueue<>(1);
    vertx.runOnContext(_ -> {
      engine.outbox().here(vertx);
      engine.submit(
          new Command.Client(
              new PromiseRequest.Create(
                  "p" + number.incrementAndGet(), FAR, Value.EMPTY, Map.of())),
          null,
          response -> told.add(new Told(response.status(), Thread.currentThread().getName())));
    });
    return told;
  }

  /** So many in a row: the first is taken before it is known how long one takes, and is slow. */
  private void awaitAnEventLoopThatTakesTheStep(Engine engine) {
    var inARow = new AtomicInteger();
    await()
        .atMost(Duration.ofSeconds(30))
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(() -> {
          boolean isOfLoop = create(engine).take().thread().startsWith("vert.x-eventloop");
          return (isOfLoop ? inARow.incrementAndGet() : inARow.getAndSet(0)) == IN_A_ROW;
        });
  }

  @Test
  void theEventLoopThatBringsASingleCommandTakesTheStep() {
    try (Engine engine = engine(store())) {
      engine.start();
      awaitAnEventLoopThatTakesTheStep(engine);
    }
  }

  /** As when another server has taken over, and the database's machine has vanished. */
  @Test
  void anEventLoopIsLetGoOfThatWaitsForADatabaseInVain() throws InterruptedException {
    PostgresStorage storage = store();
    Engine engine = engine(storage);
    engine.start();
    awaitAnEventLoopThatTakesTheStep(engine);
    postgres.pause();
    try {
      BlockingQueue<Told> told = create(engine);
      await().until(engine::isWorkWaiting);
      assertThat(told.poll(100, TimeUnit.MILLISECONDS)).as("it waits").isNull();
      long began = System.nanoTime();
      engine.abandon();
      storage.interrupt();
      Told answer = told.poll(3, TimeUnit.SECONDS);
      assertThat(System.nanoTime() - began).isLessThan(TimeUnit.SECONDS.toNanos(3));
      assertThat(answer).isNotNull();
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.thread()).startsWith("vert.x-eventloop");
    } finally {
      postgres.resume();
      engine.close();
      storage.close();
    }
  }
}
