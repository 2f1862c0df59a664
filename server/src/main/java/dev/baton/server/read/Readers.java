package dev.baton.server.read;

import dev.baton.core.Portion;
import dev.baton.core.Reader;
import dev.baton.core.Reading;
import dev.baton.core.RuleSet;
import dev.baton.protocol.BulkRead;
import dev.baton.protocol.Response;
import dev.baton.server.background.BackgroundThread;
import dev.baton.server.background.Share;
import dev.baton.server.process.Overload;
import dev.baton.server.storage.StorageException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few threads that look at many rows, so that the engine never does. Each has a reader of its
 * own. A job is done in portions, and after each the next job has its turn: a search of everything
 * does not hold up a small one. Those that have worked for a while take no more than their share of
 * a processor together, and so do those that are small, which have a share of their own.
 */
public final class Readers implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Readers.class);

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private static final int ROWS_A_PORTION = 8_192;
  private static final long NANOS_A_PORTION = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long NANOS_OF_A_SMALL_JOB = TimeUnit.MILLISECONDS.toNanos(10);

  /** A client that waits this long for rows is told how far the search has come. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final long STOP_MS = 5_000;

  /**
   * How it is done.
   *
   * @param queueSize how many jobs may wait
   * @param answerBytes how large the answer to a search may be
   * @param small the share of jobs that have not worked for long
   * @param large the share of others
   */
  public record Settings(int threads, int queueSize, int answerBytes, Share small, Share large) {}

  /** Takes an answer. */
  @FunctionalInterface
  public interface Reply {

    /** Called once, on one of the threads. */
    void accept(Response response);

    /** Whether there is memory for so many bytes of rows until the answer has been taken. */
    default boolean hasRoomFor(long bytes) {
      return true;
    }
  }

  private static final Response NO_ROOM =
      Response.failure(
          503, "There is no room for the answer beside those that others have not read yet");

  /** Something that looks at many rows. */
  public interface Job {

    /** Does the next portion, on any of the threads; answers whether there is more to do. */
    boolean step(Reader reader);

    /** Told instead, once, if the store could not be read, or the server stops. */
    void failed(Response response);
  }

  private final Supplier<Reader> readers;
  private final RuleSet rules;
  private final Settings settings;
  private final AtomicInteger admitted = new AtomicInteger();
  private final int mostOfAddress;

  /** How many of those are of an address. */
  private final ConcurrentMap<String, Integer> byAddress = new ConcurrentHashMap<>();

  private final DelayQueue<Turn> turns = new DelayQueue<>();
  private final AtomicLong turnsMade = new AtomicLong();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopping;

  /** A job that goes on at some instant. Those that wait never change. */
  private record Turn(Job job, String from, long workedNanos, long at, long number)
      implements Delayed {

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(at - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      Turn turn = (Turn) other;
      return at == turn.at ? Long.compare(number, turn.number) : Long.signum(at - turn.at);
    }
  }

  /**
   * @param readers opens a reader: {@code Storage.reader}
   */
  public Readers(Supplier<Reader> readers, RuleSet rules, Settings settings) {
    this.readers = readers;
    this.rules = rules;
    this.settings = settings;
    this.mostOfAddress = Math.max(1, (settings.queueSize() + settings.threads()) / 2);
    for (int i = 0; i < settings.threads(); i++) {
      threads.add(BackgroundThread.of("reader-" + i, new Worker()));
    }
  }

  /** Starts the threads. */
  public void start() {
    threads.forEach(Thread::start);
  }

  /** When one portion ends, at the latest. A job makes one for each. */
  public static Portion.Bound bound() {
    long end = System.nanoTime() + NANOS_A_PORTION;
    return new Portion.Bound(ROWS_A_PORTION, () -> System.nanoTime() - end > 0);
  }

  /** How large the answer to a search may be, in bytes. */
  public int answerBytes() {
    return settings.answerBytes();
  }

  /**
   * Hands over a search or a snapshot. May be called from any thread; never blocks.
   *
   * @param from the address of who asks: of one, half of the room is taken at most
   * @param reply told the answer
   * @return null, or why it was not taken
   */
  public @Nullable Overload submit(BulkRead request, String from, Reply reply) {
    Reading reading = Reading.of(request, rules, settings.answerBytes());
    long begun = System.nanoTime();
    BooleanSupplier isPatienceOver = () -> System.nanoTime() - begun > PATIENCE_NANOS;
    return submit(new Search(reading, reply, isPatienceOver), from);
  }

  /** A page grows as long as there is room for it. */
  private static final class Search implements Job {
    private final Reading reading;
    private final Reply reply;
    private final BooleanSupplier isPatienceOver;
    private long held;

    Search(Reading reading, Reply reply, BooleanSupplier isPatienceOver) {
      this.reading = reading;
      this.reply = reply;
      this.isPatienceOver = isPatienceOver;
    }

    @Override
    public boolean step(Reader reader) {
      Response answer =
          reading.step(reader, bound(), () -> isPatienceOver.getAsBoolean() || !hasRoom());
      if (answer != null) {
        boolean isHeld = hasRoom() || held > 0;
        reply.accept(isHeld ? answer : NO_ROOM);
      }
      return answer == null;
    }

    private boolean hasRoom() {
      long bytes = reading.bytes();
      if (bytes > held && reply.hasRoomFor(bytes)) {
        held = bytes;
      }
      return bytes <= held;
    }

    @Override
    public void failed(Response response) {
      reply.accept(response);
    }
  }

  /**
   * Hands over a job. May be called from any thread; never blocks.
   *
   * @param from as of a search
   */
  public @Nullable Overload submit(Job job, String from) {
    if (stopping) {
      return Overload.STOPPING;
    }
    int ofAddress = byAddress.merge(from, 1, Integer::sum);
    if (admitted.incrementAndGet() > settings.queueSize() + settings.threads()
        || ofAddress > mostOfAddress) {
      left(from);
      return Overload.QUEUE_FULL;
    }
    add(job, from, 0, settings.small().waitNanos());
    if (stopping) {
      failAll();
    }
    return null;
  }

  private void left(String from) {
    admitted.decrementAndGet();
    byAddress.computeIfPresent(from, (_, count) -> count == 1 ? null : count - 1);
  }

  private void add(Job job, String from, long workedNanos, long delayNanos) {
    long at = System.nanoTime() + delayNanos;
    turns.add(new Turn(job, from, workedNanos, at, turnsMade.incrementAndGet()));
  }

  /** How many jobs have not ended. */
  public int jobCount() {
    return admitted.get();
  }

  private final class Worker implements Runnable {

    private @Nullable Reader reader;

    @Override
    public void run() {
      while (!stopping) {
        try {
          step(turns.take());
        } catch (InterruptedException e) {
          break; // Somebody wants it to end.
        }
      }
      forgetReader();
    }

    private void step(Turn turn) {
      long began = System.nanoTime();
      long cpuBegan = cpuNanos();
      long bytesBegan = BackgroundThread.allocatedBytes();
      boolean isMore;
      try {
        if (reader == null) {
          reader = readers.get();
        }
        isMore = turn.job().step(reader);
      } catch (StorageException e) {
        LOG.warn("The store could not be searched: {}", e.getMessage());
        isMore = false;
        forgetReader();
        fail(
            turn.job(),
            e.isPassing()
                ? Response.failure(503, "Nothing can be read at present: " + e.getMessage())
                : Response.failure(500, "Internal error: " + e.getMessage()));
      } catch (RuntimeException | VirtualMachineError e) {
        LOG.error("A search failed", e);
        isMore = false;
        forgetReader();
        fail(
            turn.job(),
            Response.failure(500, "Internal error: the search failed; see the server's log"));
      }
      long nanos = cpuNanos() - cpuBegan;
      long workedNanos = turn.workedNanos() + nanos;
      boolean isSmall = workedNanos <= NANOS_OF_A_SMALL_JOB;
      long bytes = BackgroundThread.allocatedBytes() - bytesBegan;
      long restNanos = (isSmall ? settings.small() : settings.large()).restNanos(nanos, bytes);
      if (!isMore) {
        left(turn.from());
      } else if (isSmall) {
        add(turn.job(), turn.from(), workedNanos, settings.small().waitNanos());
      } else {
        long rest = Math.max(restNanos, System.nanoTime() - began);
        add(turn.job(), turn.from(), workedNanos, rest);
      }
    }

    private void forgetReader() {
      if (reader != null) {
        try {
          reader.close();
        } catch (StorageException e) {
          LOG.debug("A reader could not be closed: {}", e.getMessage());
        }
        reader = null;
      }
    }
  }

  /** What the calling thread has computed; whatever it waits for is not its work. */
  private static long cpuNanos() {
    return THREADS.isCurrentThreadCpuTimeSupported()
        ? THREADS.getCurrentThreadCpuTime()
        : System.nanoTime();
  }

  private static void fail(Job job, Response response) {
    try {
      job.failed(response);
    } catch (RuntimeException e) {
      LOG.error("An answer could not be handed over", e);
    }
  }

  private void failAll() {
    for (Turn turn : List.copyOf(turns)) { // Also those that rest.
      if (turns.remove(turn)) {
        left(turn.from());
        fail(turn.job(), Response.failure(503, "The server is stopping"));
      }
    }
  }

  /** Ends the threads and closes their readers; jobs that have not ended are told. */
  @Override
  public void close() {
    stopping = true;
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      try {
        thread.join(STOP_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    failAll();
  }
}
