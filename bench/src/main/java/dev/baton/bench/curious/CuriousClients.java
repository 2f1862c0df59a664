package dev.baton.bench.curious;

import dev.baton.bench.load.LoadException;
import dev.baton.bench.load.Samples;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients that read large things, each the next as soon as it has the last. */
final class CuriousClients {

  /** More than a tree has. */
  private static final int TREE_BYTES = 1 << 20;

  private final String host;
  private final String metricsHost;
  private final int trees;
  private final Set<Kind> kinds;
  private final Map<Kind, Samples> samples = new EnumMap<>(Kind.class);
  private final AtomicInteger turn = new AtomicInteger();
  private final List<Thread> reading = new ArrayList<>();
  private volatile boolean isReading;
  private volatile Throwable failure = new IOException("nothing failed");
  private volatile boolean hasFailed;

  /**
   * @param host the server's name and port
   * @param trees how many there are
   * @param kinds what is read
   */
  CuriousClients(String host, int metricsPort, int trees, Set<Kind> kinds) {
    this.host = host;
    this.metricsHost = "127.0.0.1:" + metricsPort;
    this.trees = trees;
    this.kinds = kinds;
    for (Kind kind : Kind.values()) {
      samples.put(kind, new Samples());
    }
  }

  /** Groups without workers: they are known by their settings. */
  void makeGroups(int count) throws IOException {
    try (Reading connection = new Reading(host)) {
      for (int i = 0; i < count; i++) {
        connection.ask("PUT /groups/quiet-" + i, "{\"slotsPerWorker\":2}", 0);
      }
    }
  }

  /** Lets all read. */
  void begin() {
    check();
    isReading = true;
    for (Kind kind : kinds) {
      for (int i = 0; i < kind.clients(); i++) {
        reading.add(Thread.ofPlatform().daemon().start(() -> read(kind)));
      }
    }
  }

  /** Lets all come to the end of what they read. */
  void pause() {
    isReading = false;
    for (Thread thread : reading) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new LoadException("interrupted", e);
      }
    }
    reading.clear();
    check();
  }

  /** How long one took, in seconds. */
  double seconds(Kind kind) {
    Samples of = Objects.requireNonNull(samples.get(kind));
    synchronized (of) {
      return of.ms(0.5) / 1000;
    }
  }

  private void read(Kind kind) {
    Samples of = Objects.requireNonNull(samples.get(kind));
    try (Reading from = new Reading(kind == Kind.METRICS ? metricsHost : host)) {
      while (isReading && !hasFailed) {
        long began = System.nanoTime();
        readOnce(kind, from);
        synchronized (of) {
          of.add(System.nanoTime() - began);
        }
      }
    } catch (IOException | RuntimeException e) {
      fail(e);
    }
  }

  private void readOnce(Kind kind, Reading from) throws IOException {
    switch (kind) {
      case SEARCH -> call(from, "promise.search", "{\"tags\":{\"no\":\"where\"}}", 0);
      case PAGE -> {
        int of = turn.incrementAndGet() % 100;
        call(from, "promise.search", "{\"limit\":1000,\"tags\":{\"of\":\"" + of + "\"}}", 0);
      }
      case TREE -> {
        String root = "tree-%08d".formatted(turn.incrementAndGet() * 7919L % trees);
        String data = "{\"tags\":{\"resonate:origin\":\"" + root + "\"}}";
        String found = call(from, "promise.search", data, TREE_BYTES);
        if (!found.contains(root + ".9")) {
          throw new LoadException("a tree is not whole: " + found, null);
        }
      }
      case GROUPS -> from.ask("GET /groups", "", 0);
      case METRICS -> from.ask("GET /metrics", "", 0);
      case BACKUP -> from.ask("POST /backup", "", 0);
    }
  }

  private static String call(Reading from, String kind, String data, int kept) throws IOException {
    String body =
        "{\"kind\":\"%s\",\"head\":{\"corrId\":\"c\",\"version\":\"2026-04-01\"},\"data\":%s}"
            .formatted(kind, data);
    return from.ask("POST /", body, kept);
  }

  private void fail(Throwable e) {
    failure = e;
    hasFailed = true;
  }

  private void check() {
    if (hasFailed) {
      throw new LoadException("a reader failed: " + failure, failure);
    }
  }
}
