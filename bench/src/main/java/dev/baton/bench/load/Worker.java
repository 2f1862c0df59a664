package dev.baton.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A worker process as the SDKs make it: it listens on its stream, acquires what it is offered,
 * heartbeats what it holds at half the lease, and fulfils. Only on the loop.
 */
public final class Worker {

  /**
   * What a worker is like.
   *
   * @param slots what it announces, or null: it announces nothing, as the foreign SDKs do
   * @param concurrency how many tasks it really works on at once; others wait in the process
   * @param ttlMs the lease it asks for
   * @param source address to connect from, or null
   */
  public record Nature(
      String group,
      String pid,
      @Nullable Integer slots,
      int concurrency,
      long ttlMs,
      @Nullable InetSocketAddress source) {

    /** A worker that takes whatever comes. */
    public static Nature unlimited(String group, String pid) {
      return new Nature(group, pid, null, Integer.MAX_VALUE, 60_000, null);
    }

    /** A worker that says how much it takes. */
    public static Nature announcing(String group, String pid, int slots) {
      return new Nature(group, pid, slots, slots, 60_000, null);
    }

    /** A worker that has a limit and does not say so. */
    public static Nature silent(String group, String pid, int concurrency) {
      return new Nature(group, pid, null, concurrency, 60_000, null);
    }

    /** The same, from another address. */
    public Nature from(InetSocketAddress address) {
      return new Nature(group, pid, slots, concurrency, ttlMs, address);
    }
  }

  /** Hears what a worker does; called on the loop. */
  public interface Events {
    /** A server has answered 503; it is asked again. */
    default void unavailable(Worker worker) {}

    /** Its stream is open. */
    default void connected(Worker worker) {}

    /** A task was offered to it. */
    default void received(Worker worker, int number, long version) {}

    /** It holds a task. */
    default void acquired(Worker worker, int number, long version) {}

    /** It begins to work on a task. */
    default void began(Worker worker, int number) {}

    /** Its result is acknowledged. */
    default void fulfilled(Worker worker, int number) {}

    /** Another had the task, or it was over. */
    default void refused(Worker worker, int number) {}

    /** A promise it listens for has settled. */
    default void unblocked(Worker worker, int number) {}
  }

  /** The work that only {@link #finish} ends. */
  public static final long FOREVER = -1;

  private final Loop loop;
  private final Requests requests;
  private final Nature nature;
  private final IntToLongFunction workNanos;
  private final Events events;
  private final Pool pool;
  private final Template poll;
  private final Template acquire;
  private final Template fulfill;
  private final Map<Integer, Requests.Held> held = new HashMap<>();
  private final ArrayDeque<Integer> waiting = new ArrayDeque<>();
  private final Resilience resilience;
  private @Nullable PollStream stream;
  private int working;
  private boolean isClosed;
  private boolean isBeating;

  /** What a worker does when a request or its stream fails. */
  public enum Resilience {
    /** That must not happen: the measure ends. */
    NONE,
    /** It tries again until it is answered. */
    RETRIES
  }

  /**
   * Makes a worker; it does nothing before {@link #connect}.
   *
   * @param workNanos how long a task takes
   */
  public Worker(
      Loop loop,
      Requests requests,
      Nature nature,
      Resilience resilience,
      IntToLongFunction workNanos,
      Events events) {
    this.loop = loop;
    this.requests = requests;
    this.nature = nature;
    this.resilience = resilience;
    this.workNanos = workNanos;
    this.events = events;
    this.pool = new Pool(loop, requests.target(), nature.source());
    this.poll = requests.poll(nature);
    this.acquire = requests.acquire(nature.pid(), nature.ttlMs());
    this.fulfill = requests.fulfill();
  }

  public String pid() {
    return nature.pid();
  }

  /** How many tasks it holds. */
  public int held() {
    return held.size();
  }

  /** Whether it holds this task. */
  public boolean holds(int number) {
    return held.containsKey(number);
  }

  /** Opens the stream. */
  public void connect() {
    if (!isBeating) {
      isBeating = true;
      beatLater();
    }
    try {
      stream = new PollStream(loop, requests.target(), nature.source(), poll, new FromStream());
    } catch (IOException e) {
      disconnected(e);
    }
  }

  private final class FromStream implements PollStream.Listener {
    @Override
    public void connected() {
      events.connected(Worker.this);
    }

    @Override
    public void execute(int number, long version) {
      offered(number, version);
    }

    @Override
    public void unblock(int number) {
      events.unblocked(Worker.this, number);
    }

    @Override
    public void disconnected(IOException reason) {
      Worker.this.disconnected(reason);
    }
  }

  private void disconnected(IOException reason) {
    if (isClosed) {
      return;
    }
    switch (resilience) {
      case NONE -> loop.fail("worker " + nature.pid() + " lost its stream", reason);
      case RETRIES -> loop.after(TimeUnit.MILLISECONDS.toNanos(50), this::connectUnlessClosed);
    }
  }

  private void connectUnlessClosed() {
    if (!isClosed) {
      connect();
    }
  }

  private void offered(int number, long version) {
    events.received(this, number, version);
    if (isClosed || held.containsKey(number)) {
      return;
    }
    send(
        acquire,
        number,
        version,
        (status, bytes, from, to, repeated) -> {
          if (status == 200) {
            hold(number, version + 1);
          } else if (status == 409 && repeated) {
            recall(number, version + 1);
          } else if (status == 409 || status == 404) {
            events.refused(this, number);
          } else {
            loop.fail("task.acquire was answered with status " + status, null);
          }
        });
  }

  /** The answer to the first acquire was lost: the task may be this worker's already. */
  private void recall(int number, long version) {
    byte[] mine = Scan.ascii("\"pid\":\"" + nature.pid() + "\"");
    byte[] same = Scan.ascii("\"version\":" + version);
    send(
        requests.getTask(),
        number,
        0,
        (status, bytes, from, to, repeated) -> {
          if (Scan.contains(bytes, from, to, mine) && Scan.contains(bytes, from, to, same)) {
            hold(number, version);
          } else {
            events.refused(this, number);
          }
        });
  }

  private void hold(int number, long version) {
    held.put(number, new Requests.Held(number, version));
    events.acquired(this, number, version);
    if (working < nature.concurrency()) {
      begin(number);
    } else {
      waiting.add(number);
    }
  }

  private void begin(int number) {
    working++;
    events.began(this, number);
    long nanos = workNanos.applyAsLong(number);
    if (nanos == 0) {
      finish(number);
    } else if (nanos > 0) {
      loop.after(nanos, () -> finish(number));
    }
  }

  /** Ends the work on a task that it holds. */
  public void finish(int number) {
    Requests.Held task = held.get(number);
    if (task == null || isClosed) {
      return;
    }
    send(
        fulfill,
        number,
        task.version(),
        (status, bytes, from, to, repeated) -> {
          held.remove(number);
          working--;
          if (status == 200 || (status == 409 && repeated)) {
            events.fulfilled(this, number);
          } else if (status == 409 || status == 404) {
            events.refused(this, number);
          } else {
            loop.fail("task.fulfill was answered with status " + status, null);
          }
          Integer next = waiting.poll();
          if (next != null) {
            begin(next);
          }
        });
  }

  /**
   * Tells the server that it takes no more, and then gives back what it holds.
   *
   * @param drained told the status of the answer to the first
   */
  public void leave(IntConsumer drained) {
    pool.send(
        requests.say(nature.group(), nature.pid(), "drain"),
        0,
        0,
        (status, _, _, _) -> {
          drained.accept(status);
          Template release = requests.release();
          for (Requests.Held task : held.values()) {
            pool.send(release, task.number(), task.version(), (_, _, _, _) -> {});
          }
        });
  }

  private interface Answer {
    void answered(int status, byte[] bytes, int from, int to, boolean repeated);
  }

  private void send(Template request, int number, long version, Answer answer) {
    send(request, number, version, answer, false);
  }

  private void send(Template request, int number, long version, Answer answer, boolean repeated) {
    pool.send(
        request,
        number,
        version,
        new Reply() {
          @Override
          public void answered(int status, byte[] bytes, int from, int to) {
            if (status == 503 && resilience == Resilience.RETRIES) {
              events.unavailable(Worker.this);
              failed(new IOException("status 503"));
            } else if (!isClosed) {
              answer.answered(status, bytes, from, to, repeated);
            }
          }

          @Override
          public void failed(IOException reason) {
            if (isClosed) {
              return;
            }
            switch (resilience) {
              case NONE -> Reply.super.failed(reason);
              case RETRIES ->
                  loop.after(
                      TimeUnit.MILLISECONDS.toNanos(20),
                      () -> send(request, number, version, answer, true));
            }
          }
        });
  }

  private void beatLater() {
    loop.after(
        TimeUnit.MILLISECONDS.toNanos(nature.ttlMs() / 2),
        () -> {
          if (!isClosed) {
            if (!held.isEmpty()) {
              Template beat = requests.heartbeat(nature.pid(), held.values());
              send(beat, 0, 0, (_, _, _, _, _) -> {});
            }
            beatLater();
          }
        });
  }

  /** Closes all its sockets at once, as the kernel does for a process that died. */
  public void die() {
    isClosed = true;
    PollStream open = stream;
    if (open != null) {
      open.close();
    }
    pool.close();
  }
}
