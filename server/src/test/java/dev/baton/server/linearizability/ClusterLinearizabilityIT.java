package dev.baton.server.linearizability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.server.MemberProcesses;
import dev.baton.testing.PgBouncer;
import dev.baton.testing.Postgres;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code -Dlinearizability.losses=100} for a long one. */
@Timeout(3_600)
class ClusterLinearizabilityIT {

  private static final int LOSSES = Integer.getInteger("linearizability.losses", 4);
  private static final int ANSWERS_BETWEEN = 150;

  /** One of its own, since it is killed. */
  private static final Postgres POSTGRES = Postgres.start();

  private final String url = POSTGRES.newDatabase();

  @AfterAll
  static void stop() {
    POSTGRES.close();
  }

  @Test
  void whatClientsSawOfSeveralServersCouldHaveComeFromTheRulesAlone() throws Exception {
    check("directly", url);
  }

  /** The pooler lends connections by transaction; skipped where there is none. */
  @Test
  void soCouldWhatTheySawOfServersBehindAPooler() throws Exception {
    assumeTrue(PgBouncer.isAvailable(), "there is no PgBouncer here");
    // By default it tells nobody for 15 s that a database is there again which it found lost.
    try (PgBouncer bouncer = PgBouncer.start(POSTGRES, "transaction", "server_login_retry = 1")) {
      String through = url.replace(":" + POSTGRES.port() + "/", ":" + bouncer.port() + "/");
      check("through PgBouncer", through + "&prepareThreshold=0");
    }
  }

  private void check(String how, String database) throws Exception {
    try (ClusterSession session =
        new ClusterSession(database, this::ownerPort, ClusterLinearizabilityIT::loseDatabase)) {
      List<List<Operation>> histories = session.run(LOSSES, ANSWERS_BETWEEN);
      int operations = 0;
      long unanswered = 0;
      for (List<Operation> history : histories) {
        Checker.Verdict verdict = Checker.check(history);
        assertThat(verdict.explanation()).isEmpty();
        operations += history.size();
        unanswered += history.stream().filter(each -> each.response() == null).count();
      }
      System.out.printf(
          "Linearizability of %d servers, %s: %,d operations on %d origins, %d losses, %d"
              + " operations without an answer%n",
          ClusterSession.SERVERS, how, operations, histories.size(), LOSSES, unanswered);
      assertThat(session.differences()).isEmpty();
      assertThat(operations).isGreaterThanOrEqualTo(LOSSES * ANSWERS_BETWEEN);
    }
  }

  private static void loseDatabase() {
    POSTGRES.kill();
    POSTGRES.startAgain();
  }

  /** Asked past the pooler; nobody knows while the database is down. */
  private int ownerPort() {
    return MemberProcesses.ownerPort(url);
  }
}
