package dev.baton.operator.reconcile;

import static dev.baton.operator.server.ServerUnavailableException.Kind.TOKEN_MISSING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.resources.TokenMark;
import dev.baton.operator.server.GroupAddress.SecretKey;
import dev.baton.operator.server.ServerUnavailableException;
import dev.baton.operator.server.Tokens;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TokenReadingTest {

  private static final SecretKey KEY = new SecretKey("ns", "baton-token", "token");
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Tokens MISSING =
      key -> {
        throw new ServerUnavailableException(TOKEN_MISSING, key + " does not exist");
      };

  private final TokenReading reading = new TokenReading();

  @Test
  void withoutATokenThereIsNoMark() {
    assertThat(reading.mark(null, MISSING, null, NOW)).isNull();
    PodTemplateSpec template = new PodTemplateSpec();
    assertThat(TokenMark.put(template, null)).isSameAs(template);
  }

  @Test
  void aRotatedTokenChangesTheMarkThatDoesNotShowIt() {
    String first = reading.mark(KEY, _ -> "secret-1", null, NOW);
    assertThat(first).hasSize(12).doesNotContain("secret");
    assertThat(reading.mark(KEY, _ -> "secret-2", null, NOW.plusSeconds(4))).isEqualTo(first);
    String second = reading.mark(KEY, _ -> "secret-2", null, NOW.plusSeconds(5));
    assertThat(second).isNotEqualTo(first);
    assertThat(reading.mark(KEY, _ -> "secret-2", null, NOW.plusSeconds(30))).isEqualTo(second);
  }

  @Test
  void anotherSecretIsReadAtOnceAndTheSameOneSeldom() {
    AtomicInteger reads = new AtomicInteger();
    Tokens counted =
        _ -> {
          reads.incrementAndGet();
          return "t";
        };
    String first = reading.mark(KEY, counted, null, NOW);
    reading.mark(KEY, counted, null, NOW.plusSeconds(1));
    assertThat(reads).hasValue(1);
    SecretKey other = new SecretKey("ns", "other", "token");
    assertThat(reading.mark(other, counted, null, NOW.plusSeconds(2))).isNotEqualTo(first);
    assertThat(reads).hasValue(2);
  }

  @Test
  void aTokenThatCannotBeReadReplacesNoPod() {
    Deployment running = deployment("aabbccddeeff");
    assertThat(reading.mark(KEY, MISSING, running, NOW)).isEqualTo("aabbccddeeff");
    assertThat(reading.mark(KEY, MISSING, null, NOW)).isEqualTo("aabbccddeeff");
    assertThat(new TokenReading().mark(KEY, MISSING, null, NOW)).isNull();
  }

  private static Deployment deployment(String mark) {
    return new DeploymentBuilder()
        .withNewSpec()
        .withTemplate(TokenMark.put(new PodTemplateSpec(), mark))
        .endSpec()
        .build();
  }
}
