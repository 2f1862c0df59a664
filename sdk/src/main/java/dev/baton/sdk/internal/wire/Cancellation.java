package dev.baton.sdk.internal.wire;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Response;
import dev.baton.protocol.Tags;
import dev.baton.protocol.Value;
import dev.baton.sdk.ResonateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Ends calls before their functions do. Whoever works on one is told by the server; what a call has
 * begun is found by its origin and ended, too, except for what is detached from it.
 */
public record Cancellation(Requests requests, Duration patience) {

  /** A call that is under way may begin something while it is ended; not without end. */
  private static final int MOST_ROUNDS = 5;

  private static final long PAGE = 500;

  /** Cancels the promise, if it is pending, and then what is below it. */
  public PromiseRecord cancel(String id) {
    var request = settle(id);
    var settled = Bodies.promise(request, requests.send(request, patience));
    if (settled.state() == PromiseRecord.State.REJECTED_CANCELED) {
      cancelBelow(id, settled.tags().getOrDefault(Tags.ORIGIN, Targets.originOf(id)));
    }
    return settled;
  }

  /**
   * Cancels what a call has begun.
   *
   * @param origin of its tree
   * @throws ResonateException if the server cannot be reached or refuses; then some may be left
   */
  public void cancelBelow(String id, String origin) {
    for (int round = 0; round < MOST_ROUNDS; round++) {
      var pending = below(id, pending(origin));
      if (pending.isEmpty()) {
        return;
      }
      cancel(pending);
    }
  }

  private void cancel(List<PromiseRecord> promises) {
    var until = requests.until(patience);
    var all =
        promises.stream().map(promise -> requests.begin(settle(promise.id()), until)).toList();
    try {
      CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof ResonateException known
          ? known
          : new ResonateException("cancelling what is below a call", e);
    }
  }

  private static PromiseRequest.Settle settle(String id) {
    return new PromiseRequest.Settle(id, PromiseRecord.State.REJECTED_CANCELED, Value.EMPTY);
  }

  private List<PromiseRecord> pending(String origin) {
    var found = new ArrayList<PromiseRecord>();
    @Nullable String cursor = null;
    do {
      var search =
          new PromiseRequest.Search(
              PromiseRecord.State.PENDING, Map.of(Tags.ORIGIN, origin), PAGE, cursor);
      var body = requests.call(search, patience);
      if (!(body instanceof Response.PromisePage page)) {
        throw Bodies.unexpected(search, body);
      }
      found.addAll(page.promises());
      cursor = page.cursor();
    } while (cursor != null);
    return found;
  }

  /**
   * Those whose ids begin with that one's, and those that such a one, or it itself, has made: not
   * all SDKs give children ids that show their parent.
   */
  static List<PromiseRecord> below(String id, List<PromiseRecord> pending) {
    var byParent = new HashMap<String, List<PromiseRecord>>();
    var below = new LinkedHashMap<String, PromiseRecord>();
    for (var promise : pending) {
      if (promise.id().equals(id) || isDetached(id, promise)) {
        continue;
      }
      String parent = promise.tags().get(Tags.PARENT);
      if (parent != null) {
        byParent.computeIfAbsent(parent, key -> new ArrayList<>()).add(promise);
      }
      if (promise.id().startsWith(id + ".")) {
        below.put(promise.id(), promise);
      }
    }
    var toLookAt = new ArrayList<String>(below.keySet());
    toLookAt.add(id);
    var seen = new HashSet<String>();
    while (!toLookAt.isEmpty()) {
      String next = toLookAt.removeLast();
      if (seen.add(next)) {
        for (var child : byParent.getOrDefault(next, List.of())) {
          below.putIfAbsent(child.id(), child);
          toLookAt.add(child.id());
        }
      }
    }
    return List.copyOf(below.values());
  }

  /** Whether it is detached from the call, or below what is. */
  private static boolean isDetached(String id, PromiseRecord promise) {
    return promise.id().startsWith(id + ".")
        && Targets.isDetached(promise.id().substring(id.length()));
  }
}
