package dev.baton.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.function.Predicate;

/** Asks an address until the answer is the one waited for. */
record Probe(URI address) {
  private static final Duration PAUSE = Duration.ofMillis(50);

  /** Waits for status 200 with a body that pleases; fails at once when the process has ended. */
  void awaitAnswer(String process, Stage stage, Duration limit, Predicate<String> pleases)
      throws InterruptedException {
    var deadline = System.nanoTime() + limit.toNanos();
    try (var http = HttpClient.newHttpClient()) {
      while (!isAnsweredWell(http, pleases)) {
        if (!stage.isAlive(process)) {
          throw new DemoFailedException(process + " ended before it was ready");
        }
        if (System.nanoTime() > deadline) {
          throw new DemoFailedException(
              process + " is not ready after " + limit.toSeconds() + " s (asked " + address + ")");
        }
        Thread.sleep(PAUSE);
      }
    }
  }

  private boolean isAnsweredWell(HttpClient http, Predicate<String> pleases)
      throws InterruptedException {
    var request = HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(2)).build();
    try {
      var answer = http.send(request, BodyHandlers.ofString());
      return answer.statusCode() == 200 && pleases.test(answer.body());
    } catch (IOException e) {
      return false; // Not up yet.
    }
  }
}
