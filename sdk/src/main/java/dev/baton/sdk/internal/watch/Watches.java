package dev.baton.sdk.internal.watch;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.sdk.ConnectionException;
import dev.baton.sdk.ResonateException;
import dev.baton.sdk.ServerException;
import dev.baton.sdk.internal.time.Time;
import dev.baton.sdk.internal.wire.Bodies;
import dev.baton.sdk.internal.wire.Cancellation;
import dev.baton.sdk.internal.wire.Requests;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The promises that somebody in this process waits for. Each is listened to, and because an unblock
 * message may be lost, asked for again from time to time, at its deadline and after every
 * reconnection. A watch that nobody holds any more is forgotten, and so is one that has seen its
 * promise settled.
 */
public final class Watches {

  private static final Logger LOG = LoggerFactory.getLogger(Watches.class);
  private static final long LOOK_AGAIN_MS = 30_000;
  private static final long AFTER_DEADLINE_MS = 50;
  private static final long NOT_ANSWERED_MS = 1_000;

  private final Requests requests;
  private final Supplier<String> address;
  private final Time time;
  private final Executor executor;
  private final Map<String, Entry> watches = new ConcurrentHashMap<>();

  /** Those that somebody waits for who holds only a future. */
  private final Set<Watch> kept = ConcurrentHashMap.newKeySet();

  private final ReferenceQueue<Watch> unheld = new ReferenceQueue<>();
  private volatile boolean closed;

  private static final class Entry extends WeakReference<Watch> {
    private final String id;

    Entry(Watch watch, ReferenceQueue<Watch> unheld) {
      super(watch, unheld);
      this.id = watch.id();
    }
  }

  /**
   * @param address this process's own, on which it is reachable once this is asked
   * @param executor of what waits for answers
   */
  public Watches(Requests requests, Supplier<String> address, Time time, Executor executor) {
    this.requests = requests;
    this.address = address;
    this.time = time;
    this.executor = executor;
  }

  /** The watch of that promise; nothing is sent before it is looked at. */
  public Watch of(String id) {
    forgetUnheld();
    while (true) {
      var watch = new Watch(id, this);
      var entry =
          watches.compute(
              id, (key, old) -> old == null || old.get() == null ? new Entry(watch, unheld) : old);
      var found = entry.get();
      if (found != null) {
        return found;
      }
    }
  }

  Time time() {
    return time;
  }

  BooleanSupplier until(Duration limit) {
    return requests.until(limit);
  }

  private void forgetUnheld() {
    for (var gone = unheld.poll(); gone != null; gone = unheld.poll()) {
      var entry = (Entry) gone;
      watches.remove(entry.id, entry);
    }
  }

  /** Cancels a promise and what is below it; who waits for it hears of that. */
  PromiseRecord cancel(String id, Duration patience) {
    var settled = new Cancellation(requests, patience).cancel(id);
    settled(settled);
    return settled;
  }

  /** Tells whoever waits. */
  public void settled(PromiseRecord promise) {
    var entry = watches.get(promise.id());
    var watch = entry == null ? null : entry.get();
    if (watch != null && promise.isSettled()) {
      complete(watch, promise);
    }
  }

  private void complete(Watch watch, PromiseRecord promise) {
    watch.complete(promise);
    watches.computeIfPresent(watch.id(), (key, entry) -> entry.get() == watch ? null : entry);
  }

  /**
   * Registers the listener and learns what the promise is now.
   *
   * @throws ServerException if there is no such promise, or it is not to be seen
   */
  public void look(Watch watch, BooleanSupplier patience) {
    checkOpen(watch);
    var request = new PromiseRequest.RegisterListener(watch.id(), address.get());
    Requests.Answer answer;
    try {
      answer = requests.send(request, () -> !closed && patience.getAsBoolean());
    } catch (ConnectionException e) {
      checkOpen(watch);
      throw e;
    }
    var promise = Bodies.promise(request, answer.response());
    long now = time.millis();
    long jitter = ThreadLocalRandom.current().nextLong(LOOK_AGAIN_MS / 4);
    long atDeadline = promise.timeoutAt() + AFTER_DEADLINE_MS;
    long later = now + LOOK_AGAIN_MS - jitter;
    watch.lookAgainAt(atDeadline > now ? Math.min(atDeadline, later) : later);
    if (promise.isSettled()) {
      complete(watch, promise);
    }
  }

  /** The promise when it is settled; it is watched until then, whether somebody holds it or not. */
  CompletableFuture<PromiseRecord> future(Watch watch) {
    var settled = watch.future();
    if (!settled.isDone() && kept.add(watch)) {
      var unused = settled.whenComplete((promise, failure) -> kept.remove(watch));
      if (closed) {
        watch.fail(closedWhile(watch));
      } else if (!watch.isRegistered()) {
        lookAgain(watch, NOT_ANSWERED_MS);
      }
    }
    return settled;
  }

  private void checkOpen(Watch watch) {
    if (closed) {
      throw closedWhile(watch);
    }
  }

  private static ResonateException closedWhile(Watch watch) {
    return new ResonateException("closed while waiting for " + watch.id());
  }

  /** Looks again at what is due. Called about once a second. */
  public void tick() {
    long now = time.millis();
    live().stream().filter(watch -> watch.isDue(now)).forEach(this::lookAgain);
  }

  /** Looks again at everything: messages may have been lost. */
  public void reconnected() {
    live().stream().filter(Watch::isRegistered).forEach(this::lookAgain);
  }

  /** Whoever waits is told that nothing will come. */
  public void close() {
    closed = true;
    live().forEach(watch -> watch.fail(closedWhile(watch)));
  }

  /** How many promises are watched. */
  public int size() {
    forgetUnheld();
    return watches.size();
  }

  private void lookAgain(Watch watch) {
    lookAgain(watch, LOOK_AGAIN_MS);
  }

  /**
   * @param laterMs after how long to look again should there be no answer
   */
  private void lookAgain(Watch watch, long laterMs) {
    watch.lookAgainAt(time.millis() + laterMs);
    executor.execute(() -> {
      try {
        look(watch, () -> false);
      } catch (ServerException e) {
        if (e.status() < 500 && e.status() != 401) {
          watch.fail(e);
        }
      } catch (ResonateException e) {
        LOG.debug("{} will be looked at again: {}", watch.id(), e.getMessage());
      }
    });
  }

  private List<Watch> live() {
    forgetUnheld();
    var live = new ArrayList<Watch>();
    watches
        .values()
        .removeIf(entry -> {
          var watch = entry.get();
          if (watch == null || watch.isDone()) {
            return true;
          }
          live.add(watch);
          return false;
        });
    return live;
  }
}
