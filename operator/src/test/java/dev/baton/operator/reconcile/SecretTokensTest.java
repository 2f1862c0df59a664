package dev.baton.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.operator.SteppedClock;
import dev.baton.operator.server.GroupAddress.SecretKey;
import dev.baton.operator.server.ServerUnavailableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretTokensTest {

  private final SteppedClock clock = new SteppedClock();
  private final Queue<String> secrets = new ArrayDeque<>();
  private final SecretTokens tokens =
      new SecretTokens(
          key -> {
            String token = secrets.poll();
            if (token == null) {
              throw new ServerUnavailableException(
                  ServerUnavailableException.Kind.TOKEN_MISSING, key + " does not exist");
            }
            return token;
          },
          clock);

  @Test
  void aSecretIsReadOnceForAllWhoAskAndAgainAfterAWhile() {
    secrets.addAll(List.of("first", "second"));
    assertThat(tokens.read(KEY)).isEqualTo("first");
    assertThat(tokens.read(KEY)).isEqualTo("first");
    clock.step(SecretTokens.KEPT);
    assertThat(tokens.read(KEY)).isEqualTo("second");
  }

  @Test
  void aTokenThatAServerRefusesIsReadAgainSoon() {
    secrets.addAll(List.of("old", "new", "newest"));
    tokens.read(KEY);
    tokens.refused();
    tokens.refused();
    clock.step(Duration.ofSeconds(2));
    assertThat(tokens.read(KEY)).isEqualTo("new");
    assertThat(tokens.read(KEY)).isEqualTo("new");
  }

  @Test
  void aSecretThatIsMissingIsAskedForAgainSoonButNotEachTime() {
    assertThatThrownBy(() -> tokens.read(KEY)).hasMessageContaining("does not exist");
    secrets.add("there");
    assertThatThrownBy(() -> tokens.read(KEY)).hasMessageContaining("does not exist");
    clock.step(Duration.ofSeconds(2));
    assertThat(tokens.read(KEY)).isEqualTo("there");
  }

  private static final SecretKey KEY = new SecretKey("ns", "baton-token", "token");

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theLineEndThatEchoLeavesGoes() {
    assertThat(SecretTokens.decoded(KEY, base64("aa.bb.cc\n"))).isEqualTo("aa.bb.cc");
  }

  @ParameterizedTest
  @ValueSource(strings = {"secret\ntoken", "Bearer secret", "secret\0", "secr\u00e9t", " \n", ""})
  void whatNoTokenHasIsRefusedWithoutShowingIt(String text) {
    assertThatThrownBy(() -> SecretTokens.decoded(KEY, base64(text)))
        .isInstanceOf(ServerUnavailableException.class)
        .hasMessageContaining("key token of Secret ns/baton-token is empty, or holds blanks")
        .message()
        .doesNotContain("secr");
  }

  @Test
  void whatIsNotBase64IsSaidSo() {
    assertThatThrownBy(() -> SecretTokens.decoded(KEY, "***"))
        .isInstanceOf(ServerUnavailableException.class)
        .hasMessageContaining("is not base64");
  }
}
