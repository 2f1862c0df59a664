package dev.baton.server.push;

import dev.baton.server.config.Networks;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
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
  static final int THREADS = 32;

  /** So many of one domain: its name server is not to keep those of others waiting. */
  static final int MOST_OF_DOMAIN = THREADS / 2;

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

  /** What is being looked up, by its name. Guarded by {@link #known}, as is the next. */
  private final Map<String, Promise<List<InetAddress>>> underWay = new HashMap<>();

  private final Map<String, Integer> ofDomain = new HashMap<>();

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
    synchronized (known) {
      Promise<List<InetAddress>> same = underWay.get(name);
      if (same != null) {
        return same.future();
      }
      if (!mayLookUp(name)) {
        return tooMany(before);
      }
      underWay.put(name, found);
      ofDomain.merge(domain(name), 1, Integer::sum);
    }
    try {
      executor.execute(() -> lookUp(name, before, found));
    } catch (RejectedExecutionException e) {
      ended(name);
      tooMany(before).onComplete(found);
    }
    return found.future();
  }

  /** Only while what is under way is locked. */
  private boolean mayLookUp(String name) {
    return ofDomain.getOrDefault(domain(name), 0) < MOST_OF_DOMAIN;
  }

  private void lookUp(String name, @Nullable Known before, Promise<List<InetAddress>> found) {
    Future<List<InetAddress>> addresses;
    try {
      addresses = allowed(name, before);
    } finally {
      ended(name);
    }
    addresses.onComplete(found);
  }

  private void ended(String name) {
    synchronized (known) {
      underWay.remove(name);
      ofDomain.computeIfPresent(domain(name), (_, count) -> count == 1 ? null : count - 1);
    }
  }

  private Future<List<InetAddress>> tooMany(@Nullable Known before) {
    return before == null
        ? failed(Failure.Kind.NOT_SENT, "too many names are being looked up")
        : allowed(before.addresses());
  }

  /** The last two parts of a name. */
  private static String domain(String name) {
    int last = name.lastIndexOf('.', name.length() - 2);
    int second = last < 0 ? -1 : name.lastIndexOf('.', last - 1);
    return name.substring(second + 1);
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
