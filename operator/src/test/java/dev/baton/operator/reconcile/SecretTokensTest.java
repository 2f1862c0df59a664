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
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretTokensTest {

  private final SteppedClock clock = new SteppedClock();
  private final Queue<String> secrets = new ArrayDeque<>();
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private final AtomicReference<Executor> lane = new AtomicReference<>(Runnable::run);
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
          task -> lane.get().execute(task),
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

  @Test
  void anApiServerThatDoesNotAnswerHoldsUpNobodyWhoHasAToken() {
    AtomicInteger changes = new AtomicInteger();
    tokens.onChange(changes::incrementAndGet);
    lane.set(waiting::add);
    secrets.addAll(List.of("first", "second", "second"));
    assertThat(tokens.read(KEY)).as("there is no other answer").isEqualTo("first");
    clock.step(SecretTokens.KEPT);
    assertThat(tokens.read(KEY)).isEqualTo("first");
    assertThat(tokens.read(KEY)).isEqualTo("first");
    assertThat(waiting).as("it is asked for once").hasSize(1);
    waiting.remove().run();
    assertThat(tokens.read(KEY)).isEqualTo("second");
    assertThat(waiting).isEmpty();
    clock.step(SecretTokens.KEPT);
    tokens.read(KEY);
    waiting.remove().run();
    assertThat(changes).as("who asked is told that it is another").hasValue(1);
  }

  @Test
  void aTokenThatNobodyHasAskedForInAWhileIsReadFirst() {
    lane.set(waiting::add);
    secrets.addAll(List.of("first", "second"));
    tokens.read(KEY);
    clock.step(SecretTokens.KEPT.plus(SecretTokens.FORGOTTEN_AFTER));
    assertThat(tokens.read(KEY)).isEqualTo("second");
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
