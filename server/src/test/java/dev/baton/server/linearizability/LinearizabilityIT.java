package dev.baton.server.linearizability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.core.Command;
import dev.baton.server.ServerProcess;
import dev.baton.testing.Postgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code -Dlinearizability.kills=300} for a long one. */
class LinearizabilityIT {

  private static final int KILLS = Integer.getInteger("linearizability.kills", 3);
  private static final int ANSWERS_A_LIFE = 250;

  @TempDir Path folder;

  @Test
  void whatClientsSawOfAServerThatIsKilledCouldHaveComeFromTheRulesAlone() throws Exception {
    Path file = folder.resolve("baton.db");
    check(new Session(() -> ServerProcess.start(file), ANSWERS_A_LIFE), () -> {});
  }

  /** With PostgreSQL itself killed while clients work, and between two lives of the server. */
  @Test
  void norCouldItHaveOnPostgresqlWhichIsKilledToo() throws Exception {
    try (Postgres postgres = Postgres.start()) {
      String database = postgres.newDatabase();
      AtomicInteger lives = new AtomicInteger();
      List<Thread> restarts = new ArrayList<>();
      Session session =
          new Session(
              () -> {
                ServerProcess server = ServerProcess.onPostgres(database);
                if (lives.incrementAndGet() % 2 == 0) {
                  restarts.add(Thread.ofVirtual().start(() -> restart(postgres)));
                }
                return server;
              },
              ANSWERS_A_LIFE);
      check(session, () -> join(restarts));
      join(restarts);
    }
  }

  private static void join(List<Thread> threads) {
    for (Thread thread : threads) {
      await().atMost(Duration.ofSeconds(60)).until(() -> !thread.isAlive());
    }
  }

  private static void restart(Postgres postgres) {
    postgres.kill();
    postgres.startAgain();
  }

  private static void check(Session session, Session.Interlude interlude) throws Exception {
    List<List<Operation>> histories = session.run(KILLS, interlude);
    int operations = 0;
    long unanswered = 0;
    long steps = 0;
    for (List<Operation> history : histories) {
      Checker.Verdict verdict = Checker.check(history);
      assertThat(verdict.explanation()).isEmpty();
      steps += verdict.steps();
      operations += history.size();
      unanswered += history.stream().filter(LinearizabilityIT::isUnanswered).count();
    }
    System.out.printf(
        "Linearizability: %,d operations of %d clients on %d origins, %d kills, %d operations"
            + " without an answer, %,d steps%n",
        operations, Session.CLIENTS, histories.size(), KILLS, unanswered, steps);
    assertThat(session.differences()).isEmpty();
    assertThat(operations).isGreaterThanOrEqualTo(KILLS * ANSWERS_A_LIFE);
  }

  private static boolean isUnanswered(Operation operation) {
    return operation.response() == null && operation.command() instanceof Command.Client;
  }

  @Test
  void aServerThatForgetsIsFoundOut() throws Exception {
    Path file = folder.resolve("forgetful.db");
    Session session = new Session(() -> ServerProcess.start(file), 60);
    List<List<Operation>> histories =
        session.run(
            1,
            () -> {
              Files.delete(file);
              Files.deleteIfExists(Path.of(file + "-wal"));
              Files.deleteIfExists(Path.of(file + "-shm"));
            });
    boolean isImpossible = histories.stream().anyMatch(history -> !Checker.check(history).holds());
    assertThat(isImpossible || !session.differences().isEmpty()).isTrue();
  }
}
