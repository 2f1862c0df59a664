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

  /** A minute's worth. */
  private static final int ATTEMPTS = 30;

  private record Call(ResourceID group, String what) {}

  private final Consumer<ResourceID> wake;
  private final Set<Call> underWay = ConcurrentHashMap.newKeySet();

  GroupCalls(Consumer<ResourceID> wake) {
    this.wake = wake;
  }

  /** Begins it, unless it is under way. */
  void begin(ResourceID group, String what, Runnable call) {
    Call key = new Call(group, what);
    if (underWay.add(key)) {
      Thread.ofVirtual().name(what + " of " + group).start(() -> run(key, call));
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
          log.warn("{}: {} was not done: {}", key.group, key.what, e.text());
          return;
        }
      }
      try {
        Thread.sleep(AFTER_FAILURE);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void run(Call key, Runnable call) {
    try {
      call.run();
    } catch (ServerUnavailableException e) {
      log.warn("{}: {} was not done: {}", key.group, key.what, e.text());
      try {
        Thread.sleep(AFTER_FAILURE);
      } catch (InterruptedException interrupted) {
        return;
      }
    } finally {
      underWay.remove(key);
    }
    wake.accept(key.group);
  }
}
