package dev.baton.server.linearizability;

import static org.awaitility.Awaitility.await;

import dev.baton.core.Command;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.server.ServerProcess;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Clients that ask at once for the same few promises, and a server that is killed in between. */
final class Session {

  static final int CLIENTS = 8;
  private static final int ORIGINS = 3;
  private static final int OPERATIONS_MOST = 60;
  private static final int PATIENCE_SECONDS = 120;

  private final Servers servers;
  private final int answersALife;
  private final Timeless timeless = new Timeless();
  private final List<Origin> origins = new ArrayList<>();
  private final List<Origin> active = new ArrayList<>();
  private final ConcurrentSkipListMap<Integer, Long> starts = new ConcurrentSkipListMap<>();
  private volatile CompletableFuture<Life> server = new CompletableFuture<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private volatile boolean isOver;

  /** The server between two kills. */
  private record Life(int number, ServerProcess process, CountDownLatch answers) {}

  /**
   * @param answersALife after so many answers the server is killed
   */
  Session(Servers servers, int answersALife) {
    this.servers = servers;
    this.answersALife = answersALife;
  }

  /** Starts a server on the same store. */
  interface Servers {
    ServerProcess start() throws IOException;
  }

  /** What happens between two lives of a server. */
  interface Interlude {
    void run() throws IOException;
  }

  /** Lets the clients work; answers one history for each origin. */
  List<List<Operation>> run(int kills, Interlude interlude) throws Exception {
    start();
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Workload workload = new Workload(i);
      clients.add(
          Thread.ofVirtual()
              .name("client-" + i)
              .uncaughtExceptionHandler((_, e) -> failures.add(e))
              .start(() -> work(workload)));
    }
    try {
      for (int i = 0; i < kills; i++) {
        if (!server.join().answers().await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          throw new AssertionError("the server answers too little");
        }
        kill();
        interlude.run();
        start();
      }
      isOver = true;
      for (Thread client : clients) {
        client.join();
      }
      if (!failures.isEmpty()) {
        throw new AssertionError("a client failed", failures.getFirst());
      }
      for (Origin origin : origins) {
        look(origin);
      }
    } finally {
      kill();
    }
    return origins.stream().map(origin -> origin.history(starts)).toList();
  }

  /** Promises that had other times later than at first; to be asked after the run. */
  List<String> differences() {
    return timeless.differences();
  }

  private void start() throws IOException {
    ServerProcess started = servers.start();
    int number = starts.size() + 1;
    starts.put(number, System.nanoTime());
    server.complete(new Life(number, started, new CountDownLatch(answersALife)));
  }

  private void kill() throws InterruptedException {
    ServerProcess victim = server.join().process();
    server = new CompletableFuture<>();
    victim.kill();
    victim.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private synchronized Origin origin(Workload workload) {
    active.removeIf(origin -> origin.isFull(OPERATIONS_MOST));
    while (active.size() < ORIGINS) {
      Origin fresh = new Origin("o" + origins.size());
      origins.add(fresh);
      active.add(fresh);
    }
    return active.get(workload.below(ORIGINS));
  }

  private void work(Workload workload) {
    while (!isOver) {
      Life life = server.join();
      try (Wire wire = new Wire(life.process().port())) {
        while (!isOver) {
          Origin origin = origin(workload);
          call(wire, origin, workload.next(origin), life);
          life.answers().countDown();
        }
      } catch (IOException e) {
        // The server has been killed, or is about to be.
      }
    }
  }

  private void call(Wire wire, Origin origin, Request request, Life life) throws IOException {
    Command command = new Command.Client(request);
    long calledAt = System.nanoTime();
    try {
      Response response = timeless.of(wire.call(request));
      if (response.status() == 503) { // Nobody knows whether it has happened.
        origin.saw(command, calledAt, Long.MAX_VALUE, null, life.number());
        awaitReady(life);
        return;
      }
      origin.saw(command, calledAt, System.nanoTime(), response, life.number());
    } catch (IOException e) {
      origin.saw(command, calledAt, Long.MAX_VALUE, null, life.number());
      throw e;
    }
  }

  /**
   * Each operation of which nobody knows whether it happened makes the search for an order longer.
   */
  private static void awaitReady(Life life) {
    await()
        .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> {
          URI ready = URI.create("http://127.0.0.1:" + life.process().port() + "/ready");
          try {
            return ((HttpURLConnection) ready.toURL().openConnection()).getResponseCode() == 200;
          } catch (IOException e) {
            return true; // It has been killed, as the next call will notice.
          }
        });
  }

  private void look(Origin origin) throws IOException {
    Life life = server.join();
    try (Wire wire = new Wire(life.process().port())) {
      for (Request request : Workload.look(origin)) {
        call(wire, origin, request, life);
      }
    }
  }
}
