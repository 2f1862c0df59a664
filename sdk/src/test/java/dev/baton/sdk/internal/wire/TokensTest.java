package dev.baton.sdk.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.sdk.TokenSupplier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokensTest {

  @TempDir private Path folder;

  private final List<String> given = new ArrayList<>(List.of("one", "two\n", "three"));
  private long nanos;

  private Tokens tokens() {
    return new Tokens(given::removeFirst, () -> nanos);
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  @Test
  void tokenIsAskedForOnceAMinute() throws IOException {
    var tokens = tokens();
    assertThat(tokens.current()).isEqualTo("one");
    pass(Duration.ofSeconds(59));
    assertThat(tokens.current()).isEqualTo("one");
    pass(Duration.ofSeconds(1));
    assertThat(tokens.current()).isEqualTo("two");
  }

  @Test
  void refusedTokenIsAskedForAgainButNotWithoutAPause() throws IOException {
    var tokens = tokens();
    assertThat(tokens.current()).isEqualTo("one");
    assertThat(tokens.hasOtherThan("one")).as("asked for just now").isFalse();
    pass(Duration.ofSeconds(1));
    assertThat(tokens.hasOtherThan("one")).isTrue();
    assertThat(tokens.current()).isEqualTo("two");
    assertThat(tokens.hasOtherThan("one")).as("refused before it was renewed").isTrue();
    assertThat(given).containsExactly("three");
  }

  @Test
  void tokenIsUsedOnWhileThereIsNoOther() throws IOException {
    var tokens =
        new Tokens(
            () -> {
              if (given.size() < 3) {
                throw new IOException("nobody is there");
              }
              return given.removeFirst();
            },
            () -> nanos);
    assertThat(tokens.current()).isEqualTo("one");
    pass(Duration.ofHours(1));
    assertThat(tokens.current()).isEqualTo("one");
    var never = new Tokens(() -> "not a token", () -> nanos);
    assertThatThrownBy(never::current)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("there is no token")
        .hasMessageNotContaining("not a token");
    assertThat(new Tokens(null, () -> nanos).current()).isNull();
    assertThat(new Tokens(null, () -> nanos).hasOtherThan(null)).isFalse();
  }

  @Test
  void fileIsReadAgain() throws IOException {
    var file = Files.writeString(folder.resolve("token"), "one\n");
    var tokens = new Tokens(TokenSupplier.file(file), () -> nanos);
    assertThat(tokens.current()).isEqualTo("one");
    Files.writeString(file, "two\n");
    pass(Duration.ofMinutes(1));
    assertThat(tokens.current()).isEqualTo("two");
    Files.delete(file);
    pass(Duration.ofMinutes(1));
    assertThat(tokens.current()).isEqualTo("two");
  }
}
