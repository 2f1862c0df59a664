package dev.baton.server.process;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the engine has to say on connections: collected during a step and handed to each event loop
 * at once, so that a loop is woken once a batch and not once an answer.
 */
public final class Outbox {

  private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

  private final ThreadLocal<@Nullable Loop> loops = new ThreadLocal<>();

  /** Loops that something waits for. Only who steps looks. */
  private final List<Loop> filled = new ArrayList<>();

  /** The thread whose step it is. */
  private volatile @Nullable Thread stepping;

  /** Whose step it is, if anybody's. Any thread may ask. */
  @Nullable Thread stepping() {
    return stepping;
  }

  /** From now on this thread steps. */
  void begin() {
    stepping = Thread.currentThread();
  }

  /** The event loop that calls this, to be spoken to later. */
  public Loop here(Vertx vertx) {
    Loop loop = loops.get();
    if (loop == null) {
      loop = new Loop(vertx.getOrCreateContext());
      loops.set(loop);
    }
    return loop;
  }

  /** Hands over what has been collected. Only by who steps. */
  void flush() {
    filled.forEach(Loop::flush);
    filled.clear();
  }

  /** The same, and what is for the event loop that steps is said before this returns. */
  void flushNow() {
    Loop own = current();
    boolean isOwnFilled = filled.remove(own);
    flush();
    if (isOwnFilled && own != null) {
      own.say();
    }
  }

  /** The step is over. */
  void end() {
    flush();
    stepping = null;
  }

  /** The event loop that calls this, if it has been {@link #here} before. */
  @Nullable Loop current() {
    return loops.get();
  }

  /** An event loop. */
  public final class Loop {

    private final Context context;
    private List<Runnable> waiting = new ArrayList<>();
    private boolean isCallPlanned;

    private Loop(Context context) {
      this.context = context;
    }

    /** Does something on the loop: soon, and when called in a step at the next flush. */
    public void execute(Runnable task) {
      if (Thread.currentThread() != stepping) {
        context.runOnContext(_ -> task.run());
        return;
      }
      if (waiting.isEmpty()) {
        filled.add(this);
      }
      waiting.add(task);
    }

    /**
     * Does something once on this loop, which must be the caller's, when it has read all that it
     * can read now.
     */
    void afterReading(Runnable task) {
      if (!isCallPlanned) {
        isCallPlanned = true;
        context.runOnContext(_ -> {
          isCallPlanned = false;
          task.run();
        });
      }
    }

    private void flush() {
      List<Runnable> tasks = take();
      context.runOnContext(_ -> tasks.forEach(Loop::perform));
    }

    /** What it does may leave something more for the next flush. */
    private void say() {
      take().forEach(Loop::perform);
    }

    private List<Runnable> take() {
      List<Runnable> tasks = waiting;
      waiting = new ArrayList<>(tasks.size());
      return tasks;
    }

    private static void perform(Runnable task) {
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.error("What was to be said on a connection could not be", e);
      }
    }
  }
}
