package dev.baton.sdk.test;

import dev.baton.protocol.History;
import dev.baton.protocol.json.HistoryJson;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A Baton server in the process of a test, on virtual time, with the workers and clients that the
 * test makes. The server applies the rules of the real one, the workers are the real SDK, and what
 * goes between them is the protocol's bytes; only the network, the disk and the clock are missing.
 *
 * <p>Time stands still until somebody waits: {@link #pass} lets it pass, and so does every thread
 * of the test that waits for the result of a call, as far as is needed for the result. It jumps
 * from one due instant to the next, so a sleep of a week takes milliseconds. While anything runs it
 * stands: what a function does takes no time, whatever the machine is busy with.
 *
 * <p>Safe for use by any thread of a test. {@link BatonTest} makes one for each test; without JUnit
 * it is made, used and closed.
 */
public final class BatonKit implements AutoCloseable {

  /** Where time begins, so that tests see the same instants whenever they run. */
  public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(1);
  private static final AtomicLong KITS = new AtomicLong();

  private final URI url = URI.create("http://kit-" + KITS.incrementAndGet() + ".invalid");
  private final VirtualTime time;
  private final InProcessServer server;
  private final Faults faults;
  private final WhyReport report;
  private final Determinism.Uses uses = new Determinism.Uses();
  private final List<TestWorker> workers = new CopyOnWriteArrayList<>();
  private final AtomicInteger named = new AtomicInteger();
  private @Nullable TestWorker client;

  /** A server that holds nothing, at {@link #START}. */
  public BatonKit() {
    this(START);
  }

  /** A server that holds nothing, at that instant, which is cut to milliseconds. */
  public BatonKit(Instant start) {
    this.time = new VirtualTime(Instant.ofEpochMilli(start.toEpochMilli()));
    this.server = new InProcessServer(time);
    this.faults = new Faults(time);
    this.report = new WhyReport(server, time);
    time.add(server);
    time.boundedBy(report::isBeforeLastDeadline, report::nothingHappens);
  }

  VirtualTime time() {
    return time;
  }

  InProcessServer server() {
    return server;
  }

  Faults faults() {
    return faults;
  }

  Determinism.Uses uses() {
    return uses;
  }

  // Who takes part.

  /**
   * The client of the test: makes calls, waits for results, settles promises. It works itself once
   * functions are registered with it and {@link Resonate#start()} is called.
   */
  public synchronized Resonate resonate() {
    if (client == null) {
      client = new TestWorker(this, settings("test"));
      workers.add(client);
    }
    return client.resonate();
  }

  /**
   * Starts a worker of the default group.
   *
   * @param functions registers what it can do: {@code it -> it.register("buy", Shop::buy)}
   */
  public TestWorker startWorker(Consumer<Resonate> functions) {
    return worker().start(functions);
  }

  /** A worker that is yet to be set up and started. */
  public WorkerBuilder worker() {
    return new WorkerBuilder(this, settings("worker-" + named.incrementAndGet()));
  }

  private Settings settings(String pid) {
    return Settings.defaults().withUrl(url).withPid(pid).withDrainTimeout(DRAIN_TIMEOUT);
  }

  TestWorker start(Settings settings, Consumer<Resonate> functions) {
    if (workers.stream().anyMatch(it -> it.isAlive() && it.isCalled(settings.pid()))) {
      throw new IllegalArgumentException(
          "there is a worker or client named " + settings.pid() + " already");
    }
    var worker = new TestWorker(this, settings.withUrl(url));
    functions.accept(worker.resonate());
    workers.add(worker);
    worker.resonate().start();
    return worker;
  }

  // Time.

  /** What time it is for server, workers and clients. */
  public Instant now() {
    return time.instant();
  }

  /** How much time has passed since the kit was made. */
  public Duration passed() {
    return time.passed();
  }

  /**
   * Lets that much time pass, and returns when all that it has set off has come to rest: sleeps,
   * retries, deadlines, schedules, leases and delays that are due by then have taken effect, and
   * the functions that went on because of that have come to their ends or wait again. A step that
   * waits for something outside of the kit, such as a latch of the test, counts as resting after a
   * fifth of a second.
   *
   * @param duration not negative
   * @throws DoesNotFinishError if something computes for 20 s of real time without an end
   * @throws IllegalStateException if called by a function or step
   */
  public void pass(Duration duration) {
    time.pass(duration);
  }

  /** As {@link #pass} of no time: returns when everything that can be done now has been. */
  public void settle() {
    time.rest();
  }

  // What goes wrong.

  /**
   * The next run of that step, or function, fails instead of running, with an {@link
   * InjectedFailure}.
   *
   * @param name of the step as the code has it, or the registered name of a function
   */
  public void failOnce(String name) {
    fail(name, 1, () -> new InjectedFailure(name));
  }

  /**
   * The next runs of that step, or function, fail instead of running.
   *
   * @param times at least 1
   * @param failure makes what each of them throws
   */
  public void fail(String name, int times, Supplier<? extends Throwable> failure) {
    if (times < 1) {
      throw new IllegalArgumentException("times is " + times + ", and must be at least 1");
    }
    faults.fail(name, times, failure);
  }

  /**
   * The next run of that step, or function, waits where it begins, in its worker, until it is
   * released or the worker is killed. Time may pass meanwhile.
   */
  public Hold hold(String name) {
    return new Hold(faults.hold(name));
  }

  /** A step that waits. */
  public static final class Hold {
    private final CompletableFuture<@Nullable Void> until;

    private Hold(CompletableFuture<@Nullable Void> until) {
      this.until = until;
    }

    /** Lets it run; before it has begun to wait, too. */
    public void release() {
      until.complete(null);
    }
  }

  /**
   * Kills the worker that holds a task; see {@link TestWorker#kill()}.
   *
   * @return its id
   * @throws IllegalStateException if none holds one, or more than one does: then kill a {@link
   *     TestWorker} of your choice
   */
  public String killWorker() {
    var caller = time.activities().ownerOf(Thread.currentThread());
    if (caller instanceof TestWorker worker) {
      worker.kill();
    }
    var busy = workers.stream().filter(it -> it.isAlive() && it.held() > 0).toList();
    if (busy.size() != 1) {
      throw new IllegalStateException(
          "of the workers "
              + workers.stream().filter(TestWorker::isAlive).map(TestWorker::pid).toList()
              + (busy.isEmpty()
                  ? " none holds a task"
                  : ", "
                      + busy.stream().map(TestWorker::pid).toList()
                      + " hold tasks: say which one is to be killed"));
    }
    busy.getFirst().kill();
    return busy.getFirst().pid();
  }

  /**
   * Kills the worker that runs that step, or function, next: when it has run, and before its
   * outcome is stored. What the step has done outside is done, and nobody knows.
   */
  public void killWorkerAfter(String name) {
    faults.kill(name);
  }

  /** The server answers nothing any more, until {@link #startServer}; what it holds stays. */
  public void stopServer() {
    server.stop();
  }

  /** The server answers again, and its workers and clients are connected again. */
  public void startServer() {
    server.start();
  }

  // What there is to see.

  /**
   * How often the code of that step, or function, has begun to run, in any worker and any call,
   * with the runs that failed on behalf of {@link #fail}. A step whose outcome is stored is not run
   * again.
   */
  public int runs(String name) {
    return faults.runs(name);
  }

  /**
   * Why a promise is as it is, in a sentence, as {@code baton why} says it.
   *
   * @throws IllegalArgumentException if there is none of that id
   */
  public String why(String id) {
    return report.why(id);
  }

  /** What waits, and why: a line for each call and promise that is pending; empty for none. */
  public String whatWaits() {
    return report.whatWaits();
  }

  /** A clock that shows the kit's time, for code that takes one. */
  public InstantSource clock() {
    return time::instant;
  }

  /**
   * A call as it has gone so far, with all that it has begun: for {@link Replay#of(History)}.
   *
   * @param id of the call, which is the root of its tree
   * @throws IllegalArgumentException if there is none of that id
   */
  public History history(String id) {
    return report.history(id);
  }

  /**
   * Writes {@link #history} to a file, as {@code baton tree ID --export FILE} does; replaces it.
   */
  public void export(String id, Path file) {
    try {
      Files.write(file, HistoryJson.write(history(id)));
    } catch (IOException e) {
      throw new UncheckedIOException("writing the history of " + id, e);
    }
  }

  /**
   * Replays a call of this test several times against the code that made it; see {@link
   * Determinism}.
   *
   * @param id of the call
   * @param functions registers the code, as the call's worker did
   * @throws NotDeterministicError that says where it differs
   * @throws IllegalArgumentException if there is no such call, or the code has not its function
   */
  public void checkDeterminism(String id, Consumer<Resonate> functions) {
    Determinism.check(history(id), functions, uses);
  }

  /** Ends all workers and clients at once, and forgets what the server holds. */
  @Override
  public void close() {
    for (var worker : workers) {
      worker.kill();
    }
  }
}
