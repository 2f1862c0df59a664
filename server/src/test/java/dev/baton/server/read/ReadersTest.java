package dev.baton.server.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.core.Change;
import dev.baton.core.Portion;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.Query;
import dev.baton.core.Reader;
import dev.baton.core.RuleSet;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Response;
import dev.baton.protocol.Value;
import dev.baton.server.background.Share;
import dev.baton.server.process.Overload;
import dev.baton.server.storage.MemoryStorage;
import dev.baton.server.storage.StorageException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ReadersTest {

  private static final PromiseRequest.Search ALL =
      new PromiseRequest.Search(null, null, 1_000L, null);

  private static final String HERE = "192.0.2.1";
  private static final String THERE = "192.0.2.2";

  private final MemoryStorage storage = new MemoryStorage(RuleSet.Profile.RELEASE);
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();
  private final Queue<Response> answers = new ConcurrentLinkedQueue<>();

  /** Takes one for each portion, if there is one. */
  private volatile @Nullable Semaphore permits;

  private final AtomicInteger failures = new AtomicInteger();
  private @Nullable Readers readers;

  private Readers start(int threads, int queueSize) {
    return start(threads, queueSize, new Share(100, () -> false));
  }

  private Readers start(int threads, int queueSize, Share share) {
    Supplier<Reader> real = storage::reader;
    readers =
        new Readers(
            () -> {
              opened.incrementAndGet();
              return new WatchedReader(real.get());
            },
            RuleSet.DEFAULT,
            new Readers.Settings(threads, queueSize, 1 << 20, new Share(100, () -> false), share));
    readers.start();
    return readers;
  }

  @AfterEach
  void stop() {
    if (readers != null) {
      readers.close();
    }
    assertThat(closed).as("every reader is closed").hasValue(opened.get());
  }

  private final class WatchedReader implements Reader {
    private final Reader real;

    WatchedReader(Reader real) {
      this.real = real;
    }

    @Override
    public void promises(Query.Promises query, @Nullable String after, Portion<Promise> portion) {
      Semaphore needed = permits;
      if (needed != null) {
        needed.acquireUninterruptibly();
      }
      if (failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
        throw new StorageException("the disk fails", new IOException());
      }
      real.promises(query, after, portion);
    }

    @Override
    public void tasks(Query.Tasks query, @Nullable String after, Portion<TaskRow> portion) {
      throw new IllegalStateException("a bug");
    }

    @Override
    public void schedules(
        Query.Schedules query, @Nullable String after, Portion<dev.baton.core.Schedule> portion) {
      real.schedules(query, after, portion);
    }

    @Override
    public @Nullable Everything everything(long bytesMost) {
      return real.everything(bytesMost);
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  private void put(int from, int to) {
    storage.<Boolean>transact(rows -> {
      for (int i = from; i < to; i++) {
        Promise promise =
            new Promise(
                "p%06d".formatted(i),
                Value.EMPTY,
                Map.of("parity", i % 2 == 0 ? "even" : "odd"),
                Long.MAX_VALUE,
                0,
                new PromiseState.Pending());
        rows.save(List.of(new Change.PutPromise(null, promise)));
      }
      return true;
    });
  }

  private static PromiseRequest.Search tagged(String parity) {
    return new PromiseRequest.Search(null, Map.of("parity", parity), 10L, null);
  }

  @Test
  void whatHasBeenSavedIsFound() {
    Readers started = start(2, 10);
    for (int i = 0; i < 20; i++) {
      put(i, i + 1);
      int expected = i + 1;
      assertThat(started.submit(ALL, HERE, answers::add)).isNull();
      await().until(() -> !answers.isEmpty());
      assertThat(answers.remove().body())
          .isInstanceOfSatisfying(
              Response.PromisePage.class, page -> assertThat(page.promises()).hasSize(expected));
    }
    assertThat(opened.get()).as("a connection stays open").isBetween(1, 2);
  }

  @Test
  void aSmallSearchIsDoneBetweenThePortionsOfALargeOne() {
    put(0, 100_000);
    permits = new Semaphore(0);
    Semaphore portions = permits;
    Readers started = start(1, 10);
    Queue<String> order = new ConcurrentLinkedQueue<>();
    started.submit(tagged("none"), HERE, _ -> order.add("large"));
    started.submit(tagged("even"), HERE, _ -> order.add("small"));
    portions.release(2);
    await().untilAsserted(() -> assertThat(order).containsExactly("small"));
    portions.release(1_000);
    await().untilAsserted(() -> assertThat(order).containsExactly("small", "large"));
  }

  /** Never comes to its end, and works for long enough to rest at once. */
  private final class Endless implements Readers.Job {
    final AtomicInteger steps = new AtomicInteger();

    @Override
    public boolean step(Reader reader) {
      steps.incrementAndGet();
      var threads = ManagementFactory.getThreadMXBean();
      long end = threads.getCurrentThreadCpuTime() + TimeUnit.MILLISECONDS.toNanos(20);
      while (threads.getCurrentThreadCpuTime() < end) {
        Thread.onSpinWait();
      }
      return true;
    }

    @Override
    public void failed(Response response) {
      answers.add(response);
    }
  }

  /** A job rests, and not the thread: 20 ms of work are the share of many seconds. */
  @Test
  void whileALargeJobRestsOthersAreDone() {
    put(0, 100);
    Readers started = start(1, 10, new Share(1, () -> true));
    var endless = new Endless();
    started.submit(endless, HERE);
    for (int i = 0; i < 50; i++) {
      started.submit(tagged("even"), HERE, answers::add);
      int expected = i + 1;
      await().pollInterval(Duration.ofMillis(1)).until(() -> answers.size() == expected);
    }
    assertThat(answers).allMatch(Response::isSuccess);
    assertThat(endless.steps.get()).isLessThan(5);
  }

  @Test
  void whatRestsAtTheEndIsTold() {
    put(0, 100);
    Readers started = start(1, 10, new Share(1, () -> true));
    started.submit(new Endless(), HERE);
    started.submit(tagged("even"), HERE, answers::add);
    await().until(() -> answers.size() == 1); // By the only thread, so the other one rests.
    started.close();
    assertThat(answers).last().isEqualTo(Response.failure(503, "The server is stopping"));
    assertThat(answers).hasSize(2);
    assertThat(started.jobCount()).isZero();
  }

  @Test
  void noMoreWaitThanMay() {
    permits = new Semaphore(0);
    Semaphore portions = permits;
    Readers started = start(1, 2);
    for (int i = 0; i < 3; i++) { // One is being done, two wait.
      assertThat(started.submit(ALL, "192.0.2." + i, answers::add)).isNull();
    }
    assertThat(started.submit(ALL, "192.0.2.3", answers::add)).isEqualTo(Overload.QUEUE_FULL);
    assertThat(started.jobCount()).isEqualTo(3);
    portions.release(3);
    await().until(() -> started.jobCount() == 0);
    assertThat(answers).hasSize(3).allMatch(Response::isSuccess);
    portions.release(1);
    assertThat(started.submit(ALL, HERE, answers::add)).isNull();
  }

  @Test
  void oneAddressTakesHalfOfTheRoom() {
    permits = new Semaphore(0);
    Semaphore portions = permits;
    Readers started = start(1, 3);
    assertThat(started.submit(ALL, HERE, answers::add)).isNull();
    assertThat(started.submit(ALL, HERE, answers::add)).isNull();
    assertThat(started.submit(ALL, HERE, answers::add)).isEqualTo(Overload.QUEUE_FULL);
    assertThat(started.submit(ALL, THERE, answers::add)).isNull();
    portions.release(3);
    await().until(() -> started.jobCount() == 0);
    portions.release(2);
    assertThat(started.submit(ALL, HERE, answers::add)).as("room again").isNull();
    assertThat(started.submit(ALL, HERE, answers::add)).isNull();
  }

  @Test
  void aReaderThatFailedIsReplaced() {
    put(0, 3);
    Readers started = start(1, 10);
    failures.set(1);
    started.submit(ALL, HERE, answers::add);
    await().until(() -> !answers.isEmpty());
    assertThat(answers.remove()).isEqualTo(Response.failure(500, "Internal error: the disk fails"));
    started.submit(new dev.baton.protocol.TaskRequest.Search(null, null, null), HERE, answers::add);
    await().until(() -> !answers.isEmpty());
    assertThat(answers.remove().status()).as("after a bug").isEqualTo(500);
    started.submit(ALL, HERE, answers::add);
    await().until(() -> !answers.isEmpty());
    assertThat(answers.remove().isSuccess()).isTrue();
    assertThat(opened).hasValue(3);
  }

  @Test
  void whoeverWaitsAtTheEndIsTold() throws InterruptedException {
    permits = new Semaphore(0);
    Semaphore portions = permits;
    Readers started = start(1, 10);
    started.submit(ALL, HERE, answers::add);
    started.submit(ALL, HERE, answers::add);
    var isClosed = new CountDownLatch(1);
    Thread.ofVirtual()
        .start(() -> {
          started.close();
          isClosed.countDown();
        });
    await().until(() -> started.submit(ALL, HERE, answers::add) == Overload.STOPPING);
    portions.release(10);
    isClosed.await();
    await().untilAsserted(() -> assertThat(answers).hasSize(2));
    assertThat(answers).filteredOn(answer -> answer.status() == 503).isNotEmpty();
  }
}
