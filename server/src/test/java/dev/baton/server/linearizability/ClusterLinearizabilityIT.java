package dev.baton.server.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.testing.Postgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code -Dlinearizability.losses=100} for a long one. */
@Timeout(3_600)
class ClusterLinearizabilityIT {

  private static final int LOSSES = Integer.getInteger("linearizability.losses", 4);
  private static final int ANSWERS_BETWEEN = 150;

  private final String url = Postgres.shared().newDatabase();

  @Test
  void whatClientsSawOfSeveralServersCouldHaveComeFromTheRulesAlone() throws Exception {
    try (ClusterSession session = new ClusterSession(url, this::ownerPort)) {
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
          "Linearizability of %d servers: %,d operations on %d origins, %d losses, %d operations"
              + " without an answer%n",
          ClusterSession.SERVERS, operations, histories.size(), LOSSES, unanswered);
      assertThat(session.differences()).isEmpty();
      assertThat(operations).isGreaterThanOrEqualTo(LOSSES * ANSWERS_BETWEEN);
    }
  }

  private int ownerPort() {
    try (Connection connection = DriverManager.getConnection(url, Postgres.USER, "");
        Statement select = connection.createStatement();
        ResultSet row = select.executeQuery("SELECT url FROM baton_shard WHERE NOT released")) {
      String owner = row.next() ? row.getString(1) : null;
      return owner == null ? 0 : Integer.parseInt(owner.substring(owner.lastIndexOf(':') + 1));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
