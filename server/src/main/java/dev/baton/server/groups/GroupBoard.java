package dev.baton.server.groups;

import dev.baton.server.background.BackgroundThread;
import dev.baton.server.background.Share;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.process.Engine;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows all groups to whoever asks, on a thread of its own. A step of the engine only takes
 * snapshots of those that have changed; whatever is made of them is made here, once for all who
 * have asked meanwhile. The thread then rests for some time that grows with its work, so that many
 * who ask often get their answers later, and slow nobody else.
 */
public final class GroupBoard implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(GroupBoard.class);

  /** How many workers and tasks one step looks at. */
  private static final int MOST_A_STEP = 5_000;

  /** Groups that change faster than they can be looked at are shown as they were. */
  private static final int MOST_STEPS = 20;

  /** This many times its work the thread rests at least. */
  private static final long REST = 3;

  /** And this many times what the engine has worked for it. */
  private static final long REST_OF_ENGINE = 50;

  /** While others are served, who asks is gathered for so long after a look. */
  private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** Several answers are so far apart. */
  private static final long MOST_GAP_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

  private static final long MOST_REST_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long FOLLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long NEVER = Long.MAX_VALUE;

  /** More than it takes to show all groups once. */
  private static final long END_MS = 200;

  private final Engine engine;
  private final Dispatcher dispatcher;
  private final Share share;
  private final ScheduledThreadPoolExecutor thread;
  private final long origin = System.nanoTime();

  private record Following(Consumer<Groups> then, BooleanSupplier isOn) {}

  private final LongSupplier nextEvent;

  /** Before the engine starts there may be more. */
  private final List<Following> followings = new ArrayList<>();

  private volatile boolean isFollowPlanned;
  private volatile Groups latest = Groups.NONE;

  /** For how long the look at hand has done nothing; of the board's thread. */
  private long pausedNanos;

  // Guarded by this.
  private List<Consumer<Groups>> asked = new ArrayList<>();
  private long plannedAt = NEVER;
  private long notBefore;
  private boolean isLooking;

  /** The engine, and nobody else, says how the look at hand ends. */
  private boolean isInEngine;

  private List<Consumer<Groups>> beingShown = List.of();

  /** The thread has ended; it takes nothing from some time before that. */
  private boolean isClosed;

  /** A board that knows nothing of events. */
  public GroupBoard(Engine engine, Dispatcher dispatcher, Share share) {
    this(engine, dispatcher, share, () -> 0);
  }

  /**
   * A board.
   *
   * @param share of its thread
   * @param nextEvent the number of the next event; asked in a step of the engine
   */
  public GroupBoard(Engine engine, Dispatcher dispatcher, Share share, LongSupplier nextEvent) {
    this.nextEvent = nextEvent;
    this.share = share;
    this.engine = engine;
    this.dispatcher = dispatcher;
    this.thread = new ScheduledThreadPoolExecutor(1, task -> BackgroundThread.of("groups", task));
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** What one look has cost so far. */
  private final class Look {
    private int steps;
    private long engineNanos;

    /** In a step of the engine. */
    void step() {
      long began = System.nanoTime();
      Dispatcher.Snapshots snapshots = dispatcher.snapshots(MOST_A_STEP);
      engineNanos += System.nanoTime() - began;
      if (snapshots.isWhole() || ++steps == MOST_STEPS) {
        over(new Groups(snapshots.groups(), engine.now(), nextEvent.getAsLong()));
      } else {
        inEngine();
      }
    }

    /** What cannot be looked at any more is shown as it was last. */
    void inEngine() {
      engine.execute(this::step, () -> over(latest));
    }

    private void over(Groups groups) {
      List<Consumer<Groups>> left;
      synchronized (GroupBoard.this) {
        isInEngine = false;
        if (!thread.isShutdown()) {
          thread.execute(() -> show(groups, this));
          return;
        }
        if (!isClosed) {
          return; // Whoever closes the board sees to them when its thread has ended.
        }
        left = beingShown;
        beingShown = List.of();
      }
      show(groups, left);
    }
  }

  /**
   * Shows the groups as they stand after this call, or later, on the board's thread, which the
   * caller must not hold up for longer than it takes to make something of them. Once the board is
   * closed they are shown as they were last, on any thread. May be called from any thread; never
   * blocks.
   */
  public void look(Consumer<Groups> then) {
    synchronized (this) {
      if (!isClosed) {
        asked.add(then);
        plan(0);
        return;
      }
    }
    show(latest, List.of(then));
  }

  /**
   * Shows the groups to somebody whenever they may have changed, at most five times a second. To be
   * called before the engine starts.
   *
   * @param isOn whether there is anybody at all who follows; asked in each step of the engine
   */
  public void follow(Consumer<Groups> then, BooleanSupplier isOn) {
    if (followings.isEmpty()) {
      engine.afterEach(this::stepped);
    }
    followings.add(new Following(then, isOn));
  }

  private boolean isFollowed() {
    for (Following following : followings) {
      if (following.isOn().getAsBoolean()) {
        return true;
      }
    }
    return false;
  }

  /** The groups as they were shown last. On the board's thread, or any other. */
  public Groups latest() {
    return latest;
  }

  /** Does something on the board's thread, if the board is not closed by then. */
  public synchronized void later(long delayMs, Runnable action) {
    if (!thread.isShutdown()) {
      thread.schedule(guarded(action), delayMs, TimeUnit.MILLISECONDS);
    }
  }

  private void stepped() {
    if (!isFollowPlanned && isFollowed()) {
      isFollowPlanned = true;
      synchronized (this) {
        plan(FOLLOW_NANOS);
      }
    }
  }

  private long nanos() {
    return System.nanoTime() - origin;
  }

  /** Plans a look, so long after the last at the earliest. */
  private void plan(long gapNanos) {
    if (isLooking) {
      return; // What has been asked is seen to at the end of it.
    }
    long now = nanos();
    long at = Math.max(now, notBefore + gapNanos);
    if (at < plannedAt && !thread.isShutdown()) {
      plannedAt = at;
      thread.schedule(guarded(this::begin), at - now, TimeUnit.NANOSECONDS);
    }
  }

  private void begin() {
    Look look;
    synchronized (this) {
      if (isLooking || nanos() < plannedAt) {
        return; // Of two that were planned the later one.
      }
      plannedAt = NEVER;
      isLooking = true;
      isInEngine = true;
      look = new Look();
      beingShown = asked;
      asked = new ArrayList<>();
    }
    isFollowPlanned = false; // What changes from here on is a reason to look again.
    look.inEngine();
  }

  private void show(Groups groups, Look look) {
    long began = System.nanoTime();
    long bytesBegan = BackgroundThread.allocatedBytes();
    List<Consumer<Groups>> by;
    synchronized (this) {
      latest = groups;
      by = beingShown;
      beingShown = List.of();
    }
    pausedNanos = 0;
    showInTurn(groups, by);
    for (Following following : followings) {
      if (following.isOn().getAsBoolean()) {
        guarded(() -> following.then().accept(groups)).run();
      }
    }
    long workedNanos = System.nanoTime() - began - pausedNanos;
    long bytes = BackgroundThread.allocatedBytes() - bytesBegan;
    long restNanos =
        Math.max(
            Math.max(workedNanos * REST, share.restNanos(workedNanos, bytes)),
            look.engineNanos * REST_OF_ENGINE);
    if (share.isServing()) {
      restNanos = Math.max(restNanos, GATHER_NANOS); // What is sent is work for others, too.
    }
    synchronized (this) {
      isLooking = false;
      notBefore = nanos() + Math.min(restNanos, MOST_REST_NANOS);
      if (!asked.isEmpty()) {
        plan(0);
      } else if (isFollowPlanned) {
        plan(FOLLOW_NANOS);
      }
    }
  }

  private void showInTurn(Groups groups, List<Consumer<Groups>> to) {
    for (Consumer<Groups> then : to) {
      show(groups, List.of(then));
      pauseAmong(to.size());
    }
  }

  /**
   * While others are served, a moment lies between those who are shown something: what is sent to
   * them is work for the event loops, of which others wait for one answer and not for all. On the
   * board's thread.
   *
   * @param count how many are shown something
   */
  public void pauseAmong(int count) {
    if (count > 1 && share.isServing()) {
      long began = System.nanoTime();
      LockSupport.parkNanos(Math.min(MOST_GAP_NANOS, GATHER_NANOS / count));
      pausedNanos += System.nanoTime() - began;
    }
  }

  private static void show(Groups groups, List<Consumer<Groups>> to) {
    to.forEach(then -> guarded(() -> then.accept(groups)).run());
  }

  private static Runnable guarded(Runnable action) {
    return () -> {
      try {
        action.run();
      } catch (RuntimeException e) {
        LOG.error("The groups could not be shown", e);
      }
    };
  }

  /**
   * Ends the thread. Who has asked and was not shown anything is shown the groups as they were,
   * once it is certain that the engine does not look any more.
   */
  @Override
  public void close() {
    synchronized (this) {
      thread.shutdownNow(); // Who holds this and finds it running may hand something to it.
    }
    awaitThread(); // Those who are shown something need not be safe from two threads.
    List<Consumer<Groups>> left = new ArrayList<>();
    synchronized (this) {
      isClosed = true;
      if (!isInEngine) {
        left.addAll(beingShown);
        beingShown = List.of();
      }
      left.addAll(asked);
      asked = new ArrayList<>();
    }
    show(latest, left);
  }

  private void awaitThread() {
    try {
      if (!thread.awaitTermination(END_MS, TimeUnit.MILLISECONDS)) {
        LOG.debug("The groups are still being shown");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
