package dev.baton.bench.measure;

import dev.baton.bench.load.LoadException;
import dev.baton.bench.load.Target;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A task that somebody keeps by heartbeats, three to a lease, for as long as it is open. */
final class KeptLease implements AutoCloseable {

  private static final String FAR = "99999999999999";

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI url;
  private final ScheduledExecutorService beats =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
  private final AtomicInteger lost = new AtomicInteger();
  private volatile @Nullable Exception failure;

  KeptLease(Target target, long leaseMs) throws IOException, InterruptedException {
    this.url = URI.create("http://" + target.host());
    call(
        "promise.create",
        "{\"id\":\"held\",\"timeoutAt\":"
            + FAR
            + ",\"tags\":{\"resonate:target\":\"poll://any@held\"}}");
    call(
        "task.acquire",
        "{\"id\":\"held\",\"version\":0,\"pid\":\"holder\",\"ttl\":" + leaseMs + "}");
    beats.scheduleWithFixedDelay(this::beat, 0, leaseMs / 3, TimeUnit.MILLISECONDS);
  }

  private void beat() {
    try {
      call("task.heartbeat", "{\"pid\":\"holder\",\"tasks\":[{\"id\":\"held\",\"version\":1}]}");
      String task = call("task.get", "{\"id\":\"held\"}");
      if (!task.contains("\"state\":\"acquired\"") || !task.contains("\"version\":1")) {
        lost.incrementAndGet();
      }
    } catch (InterruptedException _) {
      // Closed.
    } catch (IOException e) {
      failure = e;
      beats.shutdown();
    }
  }

  private String call(String kind, String data) throws IOException, InterruptedException {
    String body =
        "{\"kind\":\"%s\",\"head\":{\"corrId\":\"c\",\"version\":\"2026-04-01\"},\"data\":%s}"
            .formatted(kind, data);
    var answer =
        http.send(
            HttpRequest.newBuilder(url).POST(BodyPublishers.ofString(body)).build(),
            BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(kind + " was answered with " + answer.statusCode());
    }
    return answer.body();
  }

  /** How often it was seen to be lost. */
  int losses() {
    Exception broken = failure;
    if (broken != null) {
      throw new LoadException("a lease could not be kept: " + broken, broken);
    }
    return lost.get();
  }

  @Override
  public void close() {
    beats.shutdownNow();
    http.shutdownNow();
  }
}
