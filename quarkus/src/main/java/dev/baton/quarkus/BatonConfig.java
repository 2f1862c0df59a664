package dev.baton.quarkus;

import dev.baton.sdk.FunctionThreads;
import dev.baton.sdk.ReplayMismatch;
import dev.baton.sdk.Settings;
import dev.baton.sdk.TokenSupplier;
import io.quarkus.runtime.annotations.ConfigPhase;
import io.quarkus.runtime.annotations.ConfigRoot;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Baton. A variable such as {@code RESONATE_URL}, which the operator sets, counts as {@code
 * QUARKUS_BATON_URL} does. What is not set has the default of {@link Settings}.
 */
@ConfigMapping(prefix = "quarkus.baton")
@ConfigRoot(phase = ConfigPhase.RUN_TIME)
public interface BatonConfig {

  /**
   * Where the server listens. In dev mode and in tests a server is started if this is not set; else
   * the default is {@code http://localhost:8001}.
   */
  Optional<URI> url();

  /** The group that this application works for; {@code default} by default. */
  Optional<String> group();

  /** The name of this worker; random by default. */
  Optional<String> pid();

  /** The token, if the server asks for one. */
  Optional<String> token();

  /** A file with the token, which is read again when it is renewed. */
  Optional<Path> tokenFile();

  /** How many tasks at once, 0 for no limit; the setting of the group by default. */
  Optional<Integer> slots();

  /** After how long without a heartbeat a task goes to others; 15 s by default. */
  Optional<Duration> leaseTtl();

  /** How long running tasks may go on when the application stops; 20 s by default. */
  Optional<Duration> drainTimeout();

  /** How long a call is repeated to a server that is away; 30 s by default. */
  Optional<Duration> requestTimeout();

  /** On which threads functions run: {@code virtual} (the default) or {@code platform}. */
  Optional<FunctionThreads> threads();

  /** What becomes of a call whose steps no longer match: {@code hold} (the default) or reject. */
  Optional<ReplayMismatch> replayMismatch();

  /** The worker. */
  Worker worker();

  /** The worker. */
  interface Worker {
    /** Whether this application takes tasks; without it is a client only. */
    @WithDefault("true")
    boolean enabled();
  }

  /** What is set, as settings. */
  default Settings settings() {
    var settings = Settings.defaults();
    settings = set(settings, url(), Settings::withUrl);
    settings = set(settings, group(), Settings::withGroup);
    settings = set(settings, pid(), Settings::withPid);
    settings =
        set(settings, tokenFile(), (known, file) -> known.withTokens(TokenSupplier.file(file)));
    settings = set(settings, token(), Settings::withToken);
    settings = set(settings, slots(), Settings::withSlots);
    settings = set(settings, leaseTtl(), Settings::withLeaseTtl);
    settings = set(settings, drainTimeout(), Settings::withDrainTimeout);
    settings = set(settings, requestTimeout(), Settings::withRequestTimeout);
    settings = set(settings, threads(), Settings::withFunctionThreads);
    return set(settings, replayMismatch(), Settings::withReplayMismatch);
  }

  private static <T> Settings set(
      Settings settings, Optional<T> value, BiFunction<Settings, T, Settings> with) {
    return value.map(it -> with.apply(settings, it)).orElse(settings);
  }
}
