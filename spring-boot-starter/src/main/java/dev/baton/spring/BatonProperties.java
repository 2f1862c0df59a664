package dev.baton.spring;

import dev.baton.sdk.FunctionThreads;
import dev.baton.sdk.ReplayMismatch;
import dev.baton.sdk.Settings;
import dev.baton.sdk.TokenSupplier;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;

/**
 * What {@code baton.*} says. A variable such as {@code RESONATE_URL}, which the operator sets,
 * counts as {@code BATON_URL} does. What is not set has the default of {@link Settings}; durations
 * without a unit are seconds.
 *
 * @param url Where the server listens; http://localhost:8001 by default.
 * @param group The group that this application works for; default by default.
 * @param pid The name of this worker; random by default.
 * @param token The token, if the server asks for one.
 * @param tokenFile A file with the token, which is read again when it is renewed.
 * @param slots How many tasks at once, 0 for no limit; the setting of the group by default.
 * @param leaseTtl After how long without a heartbeat a task goes to others; 15 s by default.
 * @param drainTimeout How long running tasks may go on when the application stops; 20 s by default.
 * @param requestTimeout How long a call is repeated to a server that is away; 30 s by default.
 * @param threads On which threads functions run: virtual (the default) or platform.
 * @param replayMismatch What becomes of a call whose steps no longer match: hold (the default) or
 *     reject.
 * @param worker The worker.
 * @param tracing Spans, where baton-sdk-opentelemetry is and OpenTelemetry is a bean.
 * @param metrics Meters, where Micrometer is.
 */
@ConfigurationProperties(prefix = "baton", ignoreUnknownFields = false)
public record BatonProperties(
    @Nullable URI url,
    @Nullable String group,
    @Nullable String pid,
    @Nullable String token,
    @Nullable Path tokenFile,
    @Nullable Integer slots,
    @DurationUnit(ChronoUnit.SECONDS) @Nullable Duration leaseTtl,
    @DurationUnit(ChronoUnit.SECONDS) @Nullable Duration drainTimeout,
    @DurationUnit(ChronoUnit.SECONDS) @Nullable Duration requestTimeout,
    @Nullable FunctionThreads threads,
    @Nullable ReplayMismatch replayMismatch,
    @DefaultValue Worker worker,
    @DefaultValue Tracing tracing,
    @DefaultValue Metrics metrics) {

  /**
   * The worker.
   *
   * @param enabled Whether this application takes tasks; without it is a client only.
   */
  public record Worker(@DefaultValue("true") boolean enabled) {}

  /**
   * Spans of calls, attempts and steps.
   *
   * @param enabled Whether they are made.
   */
  public record Tracing(@DefaultValue("true") boolean enabled) {}

  /**
   * Meters of the worker, and with baton-sdk-micrometer of calls, attempts and steps.
   *
   * @param enabled Whether there are any.
   */
  public record Metrics(@DefaultValue("true") boolean enabled) {}

  Settings settings() {
    var settings = Settings.defaults();
    settings = set(settings, url, Settings::withUrl);
    settings = set(settings, group, Settings::withGroup);
    settings = set(settings, pid, Settings::withPid);
    settings =
        set(settings, tokenFile, (known, file) -> known.withTokens(TokenSupplier.file(file)));
    settings = set(settings, token, Settings::withToken);
    settings = set(settings, slots, Settings::withSlots);
    settings = set(settings, leaseTtl, Settings::withLeaseTtl);
    settings = set(settings, drainTimeout, Settings::withDrainTimeout);
    settings = set(settings, requestTimeout, Settings::withRequestTimeout);
    settings = set(settings, threads, Settings::withFunctionThreads);
    return set(settings, replayMismatch, Settings::withReplayMismatch);
  }

  private static <T> Settings set(
      Settings settings, @Nullable T value, BiFunction<Settings, T, Settings> with) {
    return value == null ? settings : with.apply(settings, value);
  }

  /** Without the token, which must not reach a log. */
  @Override
  public String toString() {
    return "BatonProperties[url=%s, group=%s, pid=%s, worker=%s]"
        .formatted(url, group, pid, worker);
  }
}
