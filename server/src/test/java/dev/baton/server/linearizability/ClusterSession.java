package dev.baton.server.linearizability;

import dev.baton.core.Command;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.server.ServerProcess;
import dev.baton.testing.Ports;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * Clients that ask for the same few promises at once, each request at a random one of several
 * servers over one database, while the owner is killed, or stands still, another server is killed,
 * or the database.
 */
final class ClusterSession implements AutoCloseable {

  static final int CLIENTS = 8;
  static final int SERVERS = 3;
  private static final int ORIGINS = 3;
  private static final int OPERATIONS_MOST = 60;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What is lost, in turns. */
  private enum Loss {
    OWNER_IS_KILLED,
    OWNER_STANDS_STILL,
    DATABASE_IS_KILLED,
    ANOTHER_IS_KILLED
  }

  /** A server of the present, and which port the others know it by. */
  private record Running(ServerProcess process, int wirePort) {}

  private final IntSupplier ownerPort;

  private final Runnable databaseLoss;
  private final String database;
  private final AtomicReferenceArray<Running> servers = new AtomicReferenceArray<>(SERVERS);
  private final Timeless timeless = new Timeless();
  private final List<Origin> origins = new ArrayList<>();
  private final List<Origin> active = new ArrayList<>();
  private final List<Long> losses = new CopyOnWriteArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final AtomicInteger answers = new AtomicInteger();
  private final Random random = new Random(7);
  private volatile boolean isOver;

  /**
   * Starts the servers.
   *
   * @param database its URL, as servers are told it
   * @param ownerPort finds out which port the owner is known by; 0 if there is none
   * @param databaseLoss ends the database at once and starts it again
   */
  ClusterSession(String database, IntSupplier ownerPort, Runnable databaseLoss) throws IOException {
    this.database = database;
    this.ownerPort = ownerPort;
    this.databaseLoss = databaseLoss;
    for (int i = 0; i < SERVERS; i++) {
      start(i);
    }
  }

  private void start(int i) throws IOException {
    int wirePort = Ports.free();
    servers.set(i, new Running(ServerProcess.startMember(database, wirePort, List.of()), wirePort));
  }

  /** Lets the clients work; answers one history for each origin. */
  List<List<Operation>> run(int losses, int answersBetween) throws Exception {
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      int number = i;
      clients.add(
          Thread.ofVirtual()
              .uncaughtExceptionHandler((_, e) -> failures.add(e))
              .start(() -> work(new Workload(number), new Random(number))));
    }
    for (int i = 0; i < losses; i++) {
      awaitAnswers(answersBetween);
      lose(Loss.values()[i % Loss.values().length]);
    }
    awaitAnswers(answersBetween);
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
    return origins.stream().map(origin -> origin.history(this.losses)).toList();
  }

  private void awaitAnswers(int more) {
    int enough = answers.get() + more;
    awaiting("the servers answer").until(() -> answers.get() >= enough);
  }

  private static ConditionFactory awaiting(String what) {
    return Awaitility.await(what)
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5));
  }

  private void lose(Loss loss) throws IOException, InterruptedException {
    int owner = owner();
    losses.add(System.nanoTime());
    switch (loss) {
      case OWNER_IS_KILLED -> replace(owner);
      case OWNER_STANDS_STILL -> {
        Running lost = servers.get(owner);
        lost.process().freeze(true);
        awaitOtherOwner(lost.wirePort());
        losses.add(System.nanoTime());
        lost.process().freeze(false);
      }
      case DATABASE_IS_KILLED -> databaseLoss.run();
      case ANOTHER_IS_KILLED -> replace((owner + 1) % SERVERS);
    }
  }

  private void replace(int victim) throws IOException, InterruptedException {
    ServerProcess lost = servers.get(victim).process();
    lost.kill();
    lost.waitFor(60, TimeUnit.SECONDS);
    start(victim);
  }

  private int owner() {
    return awaiting("a server owns the store").until(this::ownerNow, found -> found >= 0);
  }

  private int ownerNow() {
    int port = ownerPort.getAsInt();
    return IntStream.range(0, SERVERS)
        .filter(i -> servers.get(i).wirePort() == port)
        .findFirst()
        .orElse(-1);
  }

  private void awaitOtherOwner(int than) {
    awaiting("another takes over").until(() -> ownerPort.getAsInt() != than);
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

  private void work(Workload workload, Random dice) {
    while (!isOver) {
      Origin origin = origin(workload);
      ask(origin, workload.next(origin), dice.nextInt(SERVERS));
    }
  }

  /** On a connection of its own: one that was lost would be taken for another's. */
  private void ask(Origin origin, Request request, int at) {
    Command command = new Command.Client(request);
    try (Wire wire = new Wire(servers.get(at).process().port())) {
      long calledAt = System.nanoTime();
      try {
        Response response = wire.call(request);
        if (response.status() == 503 || response.status() == 429) {
          origin.saw(command, calledAt, Long.MAX_VALUE, null, 0);
        } else {
          origin.saw(command, calledAt, System.nanoTime(), timeless.of(response), 0);
          answers.incrementAndGet();
        }
      } catch (IOException e) {
        origin.saw(command, calledAt, Long.MAX_VALUE, null, 0);
      }
    } catch (IOException e) {
      // Nothing was sent: the server has been killed, or is about to be.
    }
  }

  private void look(Origin origin) {
    for (Request request : Workload.look(origin)) {
      ask(origin, request, random.nextInt(SERVERS));
    }
  }

  /** Promises that had other times later than at first; to be asked after the run. */
  List<String> differences() {
    return timeless.differences();
  }

  @Override
  public void close() {
    for (int i = 0; i < SERVERS; i++) {
      Running running = servers.get(i);
      if (running != null) {
        running.process().kill();
      }
    }
  }
}
