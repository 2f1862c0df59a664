package dev.baton.sdk.internal.wire;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP client in two tempers. An address behind which nothing is any more swallows what is sent
 * to it, so the first tries to connect are short and a dead address costs less than a second each;
 * a network that is only slow gets its time after a few of them.
 */
final class Clients implements AutoCloseable {

  private static final Duration QUICK = Duration.ofMillis(700);
  private static final Duration PATIENT = Duration.ofSeconds(5);
  private static final int QUICK_TRIES = 4;
  private static final int THREADS = 2;

  /** Bodies are small and their readers do not block, so few threads are enough. */
  private final ExecutorService executor =
      Executors.newFixedThreadPool(THREADS, Control.factory("resonate-http-"));

  private final Consumer<HttpClient.Builder> more;
  private volatile HttpClient quick;
  private final AtomicInteger timedOut = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable HttpClient patient;

  /** The network has shown that it needs the time. */
  private volatile boolean slow;

  /**
   * @param more what is to be set beside what is set here: TLS, a proxy
   */
  Clients(Consumer<HttpClient.Builder> more) {
    this.more = more;
    this.quick = client(QUICK);
  }

  private HttpClient client(Duration connectTimeout) {
    var builder = HttpClient.newBuilder();
    more.accept(builder);
    return builder
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(connectTimeout)
        .executor(executor)
        .build();
  }

  HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException {
    var client = choose();
    try {
      return client.send(request, heard(client, BodyHandlers.ofByteArray()));
    } catch (IOException e) {
      failed(client, e);
      throw e;
    }
  }

  <T> CompletableFuture<HttpResponse<T>> begin(
      HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    var client = choose();
    return client
        .sendAsync(request, heard(client, handler))
        .whenComplete((response, failure) ->
            failed(client, failure instanceof CompletionException ? failure.getCause() : failure));
  }

  /** Notes when the head of the answer comes, which for a stream is long before its end. */
  private <T> HttpResponse.BodyHandler<T> heard(
      HttpClient client, HttpResponse.BodyHandler<T> handler) {
    return head -> {
      answered(client);
      return handler.apply(head);
    };
  }

  private HttpClient choose() {
    return slow || timedOut.get() >= QUICK_TRIES ? patient() : quick;
  }

  private HttpClient patient() {
    lock.lock();
    try {
      var current = patient;
      if (current == null) {
        current = client(PATIENT);
        patient = current;
      }
      return current;
    } finally {
      lock.unlock();
    }
  }

  private void answered(HttpClient client) {
    if (client == patient) {
      slow = true;
    } else if (timedOut.get() != 0) {
      timedOut.set(0);
    }
  }

  private void failed(HttpClient client, @Nullable Throwable failure) {
    if (failure instanceof HttpConnectTimeoutException) {
      timedOut.updateAndGet(count -> client == patient ? 0 : count + 1);
    }
  }

  /** What waits for an answer fails at once, and what follows goes over new connections. */
  void renew() {
    lock.lock();
    try {
      var before = quick;
      quick = client(QUICK);
      end(before);
      end(patient);
      patient = null;
    } finally {
      lock.unlock();
    }
  }

  private static void end(@Nullable HttpClient client) {
    if (client != null) {
      client.shutdownNow();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      end(quick);
      end(patient);
    } finally {
      lock.unlock();
    }
    executor.shutdown();
  }
}
