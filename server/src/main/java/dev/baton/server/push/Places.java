package dev.baton.server.push;

import dev.baton.server.config.Networks;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the addresses of a target, and tells which of them may be reached. Connections are made to
 * the very addresses that were looked at, so that what a name means later does not matter.
 * Thread-safe.
 */
final class Places {

  /** So many names are looked up at once. A name server that is silent holds each for seconds. */
  private static final int THREADS = 32;

  private static final int MEMORY = 10_000;

  /** So long nobody is asked again. */
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** So long an answer is better than none. */
  private static final long USABLE_NANOS = TimeUnit.MINUTES.toNanos(10);

  private record Known(InetAddress[] addresses, long at) {}

  private final ThreadPoolExecutor executor =
      new ThreadPoolExecutor(
          0,
          THREADS,
          10,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          Thread.ofPlatform().daemon().name("push-lookup-", 0).factory());

  private final Map<String, Known> known =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
          return size() > MEMORY;
        }
      };

  private final Lookup lookup;
  private final LongSupplier nanoTime;
  private final Networks allow;
  private final Networks deny;

  /**
   * @param allow if it is not empty, no address beside these
   * @param deny none of these, whatever is allowed
   */
  Places(Lookup lookup, LongSupplier nanoTime, Networks allow, Networks deny) {
    this.lookup = lookup;
    this.nanoTime = nanoTime;
    this.allow = allow;
    this.deny = deny;
  }

  /** The addresses that a message may be posted to, at least one; fails with a failure if none. */
  Future<List<InetAddress>> find(String name) {
    Known before = known(name);
    if (before != null && nanoTime.getAsLong() - before.at() < FRESH_NANOS) {
      return allowed(before.addresses());
    }
    Promise<List<InetAddress>> found = Promise.promise();
    try {
      executor.execute(() -> allowed(name, before).onComplete(found));
    } catch (RejectedExecutionException e) {
      return before == null
          ? failed(Failure.Kind.NOT_SENT, "too many names are being looked up")
          : allowed(before.addresses());
    }
    return found.future();
  }

  private @Nullable Known known(String name) {
    InetAddress literal = literal(name);
    if (literal != null) {
      return new Known(new InetAddress[] {literal}, nanoTime.getAsLong());
    }
    synchronized (known) {
      Known found = known.get(name);
      return found == null || nanoTime.getAsLong() - found.at() >= USABLE_NANOS ? null : found;
    }
  }

  private static @Nullable InetAddress literal(String name) {
    try {
      return InetAddress.ofLiteral(name);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private Future<List<InetAddress>> allowed(String name, @Nullable Known before) {
    try {
      InetAddress[] addresses = lookup.addresses(name);
      synchronized (known) {
        known.remove(name); // The youngest go last.
        known.put(name, new Known(addresses, nanoTime.getAsLong()));
      }
      return allowed(addresses);
    } catch (UnknownHostException e) {
      return before == null
          ? failed(Failure.Kind.UNREACHABLE, "its name cannot be resolved")
          : allowed(before.addresses());
    }
  }

  private Future<List<InetAddress>> allowed(InetAddress[] found) {
    List<InetAddress> allowed = new ArrayList<>(found.length);
    for (InetAddress address : found) {
      if ((allow.isEmpty() || allow.contains(address)) && !deny.contains(address)) {
        allowed.add(address);
      }
    }
    if (!allowed.isEmpty()) {
      return Future.succeededFuture(allowed);
    }
    return failed(
        Failure.Kind.NOT_ALLOWED,
        "nothing is posted to its address, %s (transports.http_push.allow and deny)"
            .formatted(found.length == 0 ? "of which it has none" : found[0].getHostAddress()));
  }

  private static <T> Future<T> failed(Failure.Kind kind, String text) {
    return Future.failedFuture(new Failure(kind, text).thrown());
  }

  void close() {
    executor.shutdownNow();
  }
}
