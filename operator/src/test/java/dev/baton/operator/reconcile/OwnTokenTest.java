package dev.baton.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.operator.SteppedClock;
import dev.baton.operator.server.GroupAddress.SecretKey;
import dev.baton.operator.server.ServerAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnTokenTest {

  private static final SecretKey OF_TENANT = new SecretKey("shop", "token", "token");
  private static final ServerAddress OURS = new ServerAddress("http://baton:8001", OF_TENANT);

  private final SteppedClock clock = new SteppedClock();
  private final Path file;
  private final OwnToken tokens;

  OwnTokenTest(@TempDir Path scratch) {
    file = scratch.resolve("token");
    tokens = new OwnToken(key -> "of " + key.namespace(), file, Set.of("http://baton:8001"), clock);
  }

  @Test
  void itGoesToTheNamedServersAndToNoOther() throws IOException {
    Files.writeString(file, "own\n");
    assertThat(tokens.forServer(OURS)).isEqualTo("own");
    assertThat(tokens.forServer(new ServerAddress("http://elsewhere:8001", OF_TENANT)))
        .isEqualTo("of shop");
    assertThat(tokens.forServer(new ServerAddress("http://elsewhere:8001", null))).isNull();
    assertThat(tokens.read(OF_TENANT)).as("what the workers get").isEqualTo("of shop");
  }

  @Test
  void aRotatedFileCountsAfterAMomentAndAtOnceWhereTheOldOneIsRefused() throws IOException {
    Files.writeString(file, "first");
    tokens.forServer(OURS);
    Files.writeString(file, "second");
    assertThat(tokens.forServer(OURS)).isEqualTo("first");
    clock.step(Duration.ofSeconds(5));
    assertThat(tokens.forServer(OURS)).isEqualTo("second");
    Files.writeString(file, "third");
    tokens.refused();
    assertThat(tokens.forServer(OURS)).isEqualTo("third");
  }

  @Test
  void aFileThatIsMissingOrOddIsSaidByItsName() throws IOException {
    assertThatThrownBy(() -> tokens.forServer(OURS)).hasMessageContaining(file.toString());
    Files.writeString(file, "two words");
    assertThatThrownBy(() -> tokens.forServer(OURS)).hasMessageContaining("blanks");
  }
}
