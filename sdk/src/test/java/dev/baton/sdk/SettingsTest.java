package dev.baton.sdk;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.sdk.internal.Environment;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

  @TempDir private Path folder;

  @Test
  void environmentChangesTheDefaults() {
    var settings =
        Settings.fromEnvironment(
            Map.ofEntries(
                entry("RESONATE_URL", "https://resonate:8443/base"),
                entry("RESONATE_GROUP", "workers"),
                entry("RESONATE_PID", "w1"),
                entry("RESONATE_TOKEN", "secret"),
                entry("RESONATE_SLOTS", "3"),
                entry("RESONATE_THREADS", "platform"),
                entry("RESONATE_REPLAY_MISMATCH", "reject"),
                entry("RESONATE_LEASE_TTL", "5"),
                entry("RESONATE_DRAIN_TIMEOUT", "PT1M30S"),
                entry("RESONATE_REFUSAL_LIMIT", "PT1H"),
                entry("RESONATE_REQUEST_TIMEOUT", "0.5")));
    assertThat(settings.url()).isEqualTo(URI.create("https://resonate:8443/base"));
    assertThat(settings.group()).isEqualTo("workers");
    assertThat(settings.pid()).isEqualTo("w1");
    assertThat(settings.slots()).isEqualTo(3);
    assertThat(settings.hasOwnSlots()).isTrue();
    assertThat(settings.token()).isEqualTo("secret");
    assertThat(settings.leaseTtl()).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.drainTimeout()).isEqualTo(Duration.ofSeconds(90));
    assertThat(settings.requestTimeout()).isEqualTo(Duration.ofMillis(500));
    assertThat(settings.refusalLimit()).isEqualTo(Duration.ofHours(1));
    assertThat(settings.functionThreads()).isEqualTo(FunctionThreads.PLATFORM);
    assertThat(settings.replayMismatch()).isEqualTo(ReplayMismatch.REJECT);
  }

  @Test
  void emptyEnvironmentGivesTheDefaults() {
    var settings = Settings.fromEnvironment(Map.of("RESONATE_GROUP", " "));
    assertThat(settings.url()).isEqualTo(Settings.DEFAULT_URL);
    assertThat(settings.group()).isEqualTo(Settings.DEFAULT_GROUP);
    assertThat(settings.slots()).isEqualTo(Settings.DEFAULT_SLOTS);
    assertThat(settings.hasOwnSlots()).isFalse();
    assertThat(settings.token()).isNull();
    assertThat(settings.pid()).isNotEqualTo(Settings.defaults().pid());
  }

  @ParameterizedTest
  @CsvSource({
    "RESONATE_SLOT, RESONATE_SLOTS",
    "RESONATE_GRUOP, RESONATE_GROUP",
    "resonate_url, RESONATE_URL",
    "RESONATE_TOKENFILE, RESONATE_TOKEN_FILE",
    "RESONATE_REFUSALS_LIMIT, RESONATE_REFUSAL_LIMIT"
  })
  void aMisspeltVariableIsRefused(String written, String meant) {
    String message = written + " is no setting of the SDK; did you mean " + meant + "?";
    assertThatThrownBy(() -> Settings.fromEnvironment(Map.of(written, "3")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> Environment.properties(Map.of(written, "3"), "baton."))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RESONATE_SERVER__PORT",
        "RESONATE_AUTH__ISS",
        "RESONATE_HOST",
        "RESONATE_PORT",
        "RESONATE_TTL",
        "RESONATE_SERVICE_HOST",
        "RESONATE_PORT_8001_TCP",
        "SLOT"
      })
  void whatOthersReadIsPassedOver(String name) {
    assertThat(Settings.fromEnvironment(Map.of(name, "3")).slots())
        .isEqualTo(Settings.DEFAULT_SLOTS);
  }

  @Test
  void tokenMayStandInAFile() throws Exception {
    var file = Files.writeString(folder.resolve("token"), "aa.bb.cc\n");
    var settings = Settings.fromEnvironment(Map.of("RESONATE_TOKEN_FILE", file.toString()));
    assertThat(settings.token()).isNull();
    assertThat(Objects.requireNonNull(settings.tokens()).token()).isEqualTo("aa.bb.cc\n");
    assertThat(settings.withToken(null).tokens()).isNull();
    assertThat(Objects.requireNonNull(settings.withToken("x").tokens()).token()).isEqualTo("x");
  }

  @Test
  void theLineEndThatAFileLeavesIsNoPartOfTheToken() {
    assertThat(Settings.defaults().withToken("aa.bb.cc\r\n").token()).isEqualTo("aa.bb.cc");
  }

  @ParameterizedTest
  @ValueSource(strings = {"secret\nclaims", "Bearer secret", "secret\0"})
  void whatNoTokenHasIsRefusedWithoutShowingIt(String token) {
    for (ThrowingCallable use :
        List.<ThrowingCallable>of(
            () -> Settings.defaults().withToken(token),
            () -> Settings.fromEnvironment(Map.of("RESONATE_TOKEN", token)))) {
      assertThatThrownBy(use)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("which no token has")
          .satisfies(e -> {
            var trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            assertThat(trace.toString()).doesNotContain("secret\n", "secret\0", "r secret");
          });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://::1:8001", "http://fd00::a"})
  void anIpv6AddressWithoutBracketsIsSaidSo(String url) {
    assertThatThrownBy(() -> Settings.fromEnvironment(Map.of("RESONATE_URL", url)))
        .hasMessageContaining("RESONATE_URL is")
        .hasMessageContaining("brackets around the IPv6 address");
    assertThat(Settings.defaults().withUrl(URI.create("http://[::1]:8001")).url().getHost())
        .isEqualTo("[::1]");
  }

  @Test
  void aVariableThatTheLocaleGarblesIsRefused() {
    assertThatThrownBy(() -> Settings.fromEnvironment(Map.of("RESONATE_GROUP", "gr\uFFFD\uFFFD")))
        .hasMessageContaining("RESONATE_GROUP cannot be read in this locale");
  }

  @ParameterizedTest
  @CsvSource({
    "RESONATE_URL, localhost:8001",
    "RESONATE_URL, ftp://host",
    "RESONATE_SLOTS, many",
    "RESONATE_SLOTS, -1",
    "RESONATE_THREADS, green",
    "RESONATE_REPLAY_MISMATCH, ignore",
    "RESONATE_REFUSAL_LIMIT, 0",
    "RESONATE_DRAIN_TIMEOUT, soon",
    "RESONATE_DRAIN_TIMEOUT, P1",
    "RESONATE_DRAIN_TIMEOUT, 5d",
    "RESONATE_DRAIN_TIMEOUT, NaN",
    "RESONATE_DRAIN_TIMEOUT, 0x1p3",
    "RESONATE_REQUEST_TIMEOUT, 1e300",
    "RESONATE_DRAIN_TIMEOUT, -1",
    "RESONATE_LEASE_TTL, 0.01",
    "RESONATE_REQUEST_TIMEOUT, 0"
  })
  void wrongValueIsNamed(String name, String value) {
    assertThatThrownBy(() -> Settings.fromEnvironment(Map.of(name, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(name + " is '" + value + "'");
  }

  @ParameterizedTest
  @CsvSource({"2, PT2S", "0.25, PT0.25S", "0, PT0S", "pt2m, PT2M", "PT1H, PT1H"})
  void aDurationIsSecondsOrIso8601(String text, Duration expected) {
    assertThat(Settings.fromEnvironment(Map.of("RESONATE_DRAIN_TIMEOUT", text)).drainTimeout())
        .isEqualTo(expected);
  }

  @Test
  void tokenIsNotShown() {
    assertThat(Settings.defaults().withToken("secret").toString()).doesNotContain("secret");
  }
}
