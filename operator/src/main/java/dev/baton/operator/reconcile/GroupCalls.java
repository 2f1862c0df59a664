package dev.baton.operator.reconcile;

import dev.baton.operator.server.ServerUnavailableException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What servers are asked to do for WorkerGroups, besides their pods: each on a virtual thread of
 * its own, so that one that does not answer holds up nobody. What is under way is not begun twice.
 * The WorkerGroup is looked at again afterwards, a while later if it came to nothing.
 */
final class GroupCalls {

  private static final Logger log = LoggerFactory.getLogger(GroupCalls.class);

  /** A server that was not there, or refused, is not asked for ever without a pause. */
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);

  /** So long after a change of the server's its stream may still bring what was before. */
  private static final Duration SHOWN_AFTER = Duration.ofSeconds(1);

  /** A minute's worth. */
  private static final int ATTEMPTS = 30;

  private record Call(ResourceID group, String what) {

    String name() {
      return group.getNamespace().map(it -> it + "/").orElse("") + group.getName();
    }
  }

  private final Consumer<ResourceID> wake;
  private final Duration afterFailure;
  private final Duration shownAfter;
  private final Set<Call> underWay = ConcurrentHashMap.newKeySet();

  GroupCalls(Consumer<ResourceID> wake) {
    this(wake, AFTER_FAILURE, SHOWN_AFTER);
  }

  /**
   * With its times.
   *
   * @param afterFailure how long nothing is tried again
   * @param shownAfter how long a change that was made is not made again
   */
  GroupCalls(Consumer<ResourceID> wake, Duration afterFailure, Duration shownAfter) {
    this.wake = wake;
    this.afterFailure = afterFailure;
    this.shownAfter = shownAfter;
  }

  /** Begins what asks, unless it is under way. */
  void begin(ResourceID group, String what, Runnable call) {
    begin(group, what, Duration.ZERO, call);
  }

  /**
   * Begins what changes something at the server, unless it is under way or was done a moment ago:
   * who wants it again then has not seen yet what came of it.
   */
  void beginChange(ResourceID group, String what, Runnable call) {
    begin(group, what, shownAfter, call);
  }

  private void begin(ResourceID group, String what, Duration rest, Runnable call) {
    Call key = new Call(group, what);
    if (underWay.add(key)) {
      Thread.ofVirtual().name(what + " of " + group).start(() -> run(key, rest, call));
    }
  }

  /** Begins what nobody will ask for again: it is tried for a while. */
  void beginUntilDone(ResourceID group, String what, Runnable call) {
    Call key = new Call(group, what);
    if (underWay.add(key)) {
      Thread.ofVirtual()
          .name(what + " of " + group)
          .start(() -> {
            try {
              tryOn(key, call);
            } finally {
              underWay.remove(key);
            }
          });
    }
  }

  private void tryOn(Call key, Runnable call) {
    for (int attempt = 1; true; attempt++) {
      try {
        call.run();
        return;
      } catch (ServerUnavailableException e) {
        if (attempt == ATTEMPTS) {
          log.warn("{}: {} was not done: {}", key.name(), key.what, e.text());
          return;
        }
      }
      try {
        Thread.sleep(afterFailure);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void run(Call key, Duration rest, Runnable call) {
    try {
      try {
        call.run();
        if (rest.isPositive()) {
          wake.accept(
              key.group); // what was done is seen at once, and again when it may be repeated
          Thread.sleep(rest);
        }
      } catch (ServerUnavailableException e) {
        log.warn("{}: {} was not done: {}", key.name(), key.what, e.text());
        Thread.sleep(afterFailure);
      }
    } catch (InterruptedException e) {
      return;
    } finally {
      underWay.remove(key);
    }
    wake.accept(key.group);
  }
}
