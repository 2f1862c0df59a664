package dev.baton.bench.measure;

import dev.baton.bench.load.LoadException;
import dev.baton.bench.load.Samples;
import dev.baton.bench.load.Target;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients that read large things, each the next as soon as it has the last. */
final class CuriousClients implements AutoCloseable {

  private static final String FAR = "99999999999999";

  /** What they read, and how many of them at once. */
  enum Kind {
    SEARCH("a search that finds nothing", 2),
    PAGE("a page of 1,000 rows by a tag", 2),
    TREE("a tree", 2),
    GROUPS("the list of groups", 8),
    METRICS("the metrics", 1),
    BACKUP("a backup", 1);

    private final String label;
    private final int clients;

    Kind(String label, int clients) {
      this.label = label;
      this.clients = clients;
    }

    String label() {
      return label;
    }
  }

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String url;
  private final String metricsUrl;
  private final int trees;
  private final Map<Kind, Samples> samples = new EnumMap<>(Kind.class);
  private final AtomicInteger turn = new AtomicInteger();
  private final AtomicInteger lost = new AtomicInteger();
  private final List<Thread> reading = new ArrayList<>();
  private volatile boolean isReading;
  private volatile boolean isOver;
  private volatile Throwable failure = new IOException("nothing failed");
  private volatile boolean hasFailed;

  /**
   * @param trees how many there are
   */
  CuriousClients(Target target, int metricsPort, int trees) {
    this.url = "http://" + target.host();
    this.metricsUrl = "http://127.0.0.1:" + metricsPort + "/metrics";
    this.trees = trees;
    for (Kind kind : Kind.values()) {
      samples.put(kind, new Samples());
    }
  }

  /** Groups without workers: they are known by their settings. */
  void makeGroups(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      send(
          HttpRequest.newBuilder(URI.create(url + "/groups/quiet-" + i))
              .PUT(BodyPublishers.ofString("{\"slotsPerWorker\":2}"))
              .build());
    }
  }

  /** Acquires a task and keeps it by heartbeats, three to a lease. */
  void holdLease(long leaseMs) throws Exception {
    call(
        "promise.create",
        "{\"id\":\"held\",\"timeoutAt\":"
            + FAR
            + ",\"tags\":{\"resonate:target\":\"poll://any@held\"}}");
    call(
        "task.acquire",
        "{\"id\":\"held\",\"version\":0,\"pid\":\"holder\",\"ttl\":" + leaseMs + "}");
    Thread.ofVirtual()
        .start(() -> {
          while (!isOver) {
            try {
              call(
                  "task.heartbeat",
                  "{\"pid\":\"holder\",\"tasks\":[{\"id\":\"held\",\"version\":1}]}");
              String task = call("task.get", "{\"id\":\"held\"}");
              if (!task.contains("\"state\":\"acquired\"") || !task.contains("\"version\":1")) {
                lost.incrementAndGet();
              }
              Thread.sleep(leaseMs / 3);
            } catch (Exception e) {
              fail(e);
              return;
            }
          }
        });
  }

  /** How often the lease was seen to be lost. */
  int leasesLost() {
    check();
    return lost.get();
  }

  /** Lets all read. */
  void begin() {
    check();
    isReading = true;
    for (Kind kind : Kind.values()) {
      for (int i = 0; i < kind.clients; i++) {
        reading.add(Thread.ofVirtual().start(() -> read(kind)));
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
    while (isReading && !hasFailed) {
      long began = System.nanoTime();
      try {
        readOnce(kind);
      } catch (Exception e) {
        fail(e);
        return;
      }
      synchronized (of) {
        of.add(System.nanoTime() - began);
      }
    }
  }

  private void readOnce(Kind kind) throws Exception {
    switch (kind) {
      case SEARCH -> call("promise.search", "{\"tags\":{\"no\":\"where\"}}");
      case PAGE -> {
        int of = turn.incrementAndGet() % 100;
        call("promise.search", "{\"limit\":1000,\"tags\":{\"of\":\"" + of + "\"}}");
      }
      case TREE -> {
        String root = "tree-%08d".formatted(turn.incrementAndGet() * 7919L % trees);
        String found = call("promise.search", "{\"tags\":{\"resonate:origin\":\"" + root + "\"}}");
        if (!found.contains(root + ".9")) {
          throw new LoadException("a tree is not whole: " + found, null);
        }
      }
      case GROUPS -> send(HttpRequest.newBuilder(URI.create(url + "/groups")).build());
      case METRICS -> send(HttpRequest.newBuilder(URI.create(metricsUrl)).build());
      case BACKUP -> {
        var request =
            HttpRequest.newBuilder(URI.create(url + "/backup"))
                .POST(BodyPublishers.noBody())
                .build();
        int status = http.send(request, BodyHandlers.discarding()).statusCode();
        if (status != 200) {
          throw new LoadException("a backup was answered with status " + status, null);
        }
      }
    }
  }

  private String call(String kind, String data) throws Exception {
    String body =
        "{\"kind\":\"%s\",\"head\":{\"corrId\":\"c\",\"version\":\"2026-04-01\"},\"data\":%s}"
            .formatted(kind, data);
    return send(
        HttpRequest.newBuilder(URI.create(url)).POST(BodyPublishers.ofString(body)).build());
  }

  private String send(HttpRequest request) throws Exception {
    var answer = http.send(request, BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new LoadException(request + " was answered with " + answer.statusCode(), null);
    }
    return answer.body();
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

  @Override
  public void close() {
    isOver = true;
    isReading = false;
    http.shutdownNow();
  }
}
