package dev.baton.server.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code -Dlinearizability.kills=300} for a long one. */
class LinearizabilityIT {

  private static final int KILLS = Integer.getInteger("linearizability.kills", 3);
  private static final int ANSWERS_A_LIFE = 250;

  @TempDir Path folder;

  @Test
  void whatClientsSawOfAServerThatIsKilledCouldHaveComeFromTheRulesAlone() throws Exception {
    Session session = new Session(folder.resolve("baton.db"), ANSWERS_A_LIFE);
    List<List<Operation>> histories = session.run(KILLS, () -> {});
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
    Session session = new Session(file, 60);
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
