package dev.baton.bench.curious;

import dev.baton.bench.load.LoadException;
import dev.baton.bench.load.Samples;
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

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String url;
  private final String metricsUrl;
  private final int trees;
  private final Map<Kind, Samples> samples = new EnumMap<>(Kind.class);
  private final AtomicInteger turn = new AtomicInteger();
  private final List<Thread> reading = new ArrayList<>();
  private volatile boolean isReading;
  private volatile Throwable failure = new IOException("nothing failed");
  private volatile boolean hasFailed;

  /**
   * @param host the server's name and port
   * @param trees how many there are
   */
  CuriousClients(String host, int metricsPort, int trees) {
    this.url = "http://" + host;
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

  /** Lets all read. */
  void begin() {
    check();
    isReading = true;
    for (Kind kind : Kind.values()) {
      for (int i = 0; i < kind.clients(); i++) {
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
    isReading = false;
    http.shutdownNow();
  }
}
