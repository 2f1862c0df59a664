package dev.baton.sdk.internal;

import dev.baton.protocol.Spelling;
import dev.baton.sdk.FunctionThreads;
import dev.baton.sdk.ReplayMismatch;
import dev.baton.sdk.Settings;
import dev.baton.sdk.TokenSupplier;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Settings from environment variables. */
public final class Environment {

  private static final String PREFIX = "RESONATE_";

  private static final Pattern SECONDS = Pattern.compile("[+-]?[0-9]{1,12}(\\.[0-9]{1,9})?");

  private static final List<String> DURATIONS =
      List.of("lease-ttl", "drain-timeout", "request-timeout");

  private static final List<String> OTHERS =
      List.of("url", "group", "pid", "token", "token-file", "slots", "threads", "replay-mismatch");

  /** The refusal limit is of {@code serve()}, which no framework calls: it is no property. */
  private static final List<String> NAMES =
      Stream.of(DURATIONS, OTHERS, List.of("refusal-limit"))
          .flatMap(List::stream)
          .map(Environment::variable)
          .toList();

  /** What other SDKs read. */
  private static final Set<String> OF_OTHER_SDKS =
      Set.of("HOST", "PASSWORD", "PORT", "PREFIX", "SCHEME", "TIMEOUT", "TTL", "USERNAME");

  private Environment() {}

  /**
   * The same variables as a framework's properties: {@code RESONATE_DRAIN_TIMEOUT=2.5} is {@code
   * <prefix>drain-timeout=PT2.5S}.
   *
   * @param prefix such as {@code baton.}
   * @throws IllegalArgumentException if a variable looks like one of these, misspelt
   */
  public static Map<String, String> properties(Map<String, String> variables, String prefix) {
    refuseMisspelt(variables);
    var properties = new HashMap<String, String>();
    OTHERS.forEach(
        key -> present(variables, key).ifPresent(it -> properties.put(prefix + key, it)));
    DURATIONS.forEach(key ->
        present(variables, key)
            .ifPresent(it ->
                properties.put(
                    prefix + key, SECONDS.matcher(it).matches() ? "PT" + it + "S" : it)));
    return properties;
  }

  private static Optional<String> present(Map<String, String> variables, String key) {
    return Optional.ofNullable(variables.get(PREFIX + variable(key)))
        .map(String::strip)
        .filter(it -> !it.isEmpty());
  }

  private static String variable(String key) {
    return key.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  /**
   * A worker that misses a setting by a letter would run without it: with other slots, for another
   * group. What looks like none of them may be anybody's, such as a server's.
   */
  private static void refuseMisspelt(Map<String, String> variables) {
    for (String name : new TreeSet<>(variables.keySet())) {
      if (!name.toUpperCase(Locale.ROOT).startsWith(PREFIX)) {
        continue;
      }
      String rest = name.substring(PREFIX.length());
      String meant = Spelling.nearest(rest, NAMES);
      if (meant != null && !name.equals(PREFIX + meant) && !OF_OTHER_SDKS.contains(rest)) {
        throw new IllegalArgumentException(
            name + " is no setting of the SDK; did you mean " + PREFIX + meant + "?");
      }
    }
  }

  /**
   * The defaults changed by those variables.
   *
   * @throws IllegalArgumentException if one has no valid value, or looks like one of these,
   *     misspelt
   */
  public static Settings settings(Map<String, String> variables) {
    refuseMisspelt(variables);
    var settings = Settings.defaults();
    settings = set(settings, variables, "URL", URI::create, Settings::withUrl);
    settings = set(settings, variables, "GROUP", Function.identity(), Settings::withGroup);
    settings = set(settings, variables, "PID", Function.identity(), Settings::withPid);
    settings =
        set(
            settings,
            variables,
            "TOKEN_FILE",
            Path::of,
            (known, path) -> known.withTokens(TokenSupplier.file(path)));
    settings = set(settings, variables, "TOKEN", Function.identity(), Settings::withToken);
    settings = set(settings, variables, "SLOTS", Integer::valueOf, Settings::withSlots);
    settings = set(settings, variables, "LEASE_TTL", Environment::duration, Settings::withLeaseTtl);
    settings =
        set(
            settings,
            variables,
            "DRAIN_TIMEOUT",
            Environment::duration,
            Settings::withDrainTimeout);
    settings =
        set(
            settings,
            variables,
            "REQUEST_TIMEOUT",
            Environment::duration,
            Settings::withRequestTimeout);
    settings =
        set(
            settings,
            variables,
            "REFUSAL_LIMIT",
            Environment::duration,
            Settings::withRefusalLimit);
    settings =
        set(
            settings,
            variables,
            "THREADS",
            text -> constant(FunctionThreads.class, text),
            Settings::withFunctionThreads);
    return set(
        settings,
        variables,
        "REPLAY_MISMATCH",
        text -> constant(ReplayMismatch.class, text),
        Settings::withReplayMismatch);
  }

  private static <T> Settings set(
      Settings settings,
      Map<String, String> variables,
      String name,
      Function<String, T> parse,
      BiFunction<Settings, T, Settings> with) {
    String text = variables.getOrDefault(PREFIX + name, "").strip();
    if (text.isEmpty()) {
      return settings;
    }
    if (text.indexOf('\uFFFD') >= 0) {
      throw new IllegalArgumentException(
          "RESONATE_" + name + " cannot be read in this locale; set LC_ALL=C.UTF-8");
    }
    try {
      return with.apply(settings, parse.apply(text));
    } catch (IllegalArgumentException | DateTimeParseException e) {
      String shown = name.equals("TOKEN") ? "a secret" : "'" + text + "'";
      throw new IllegalArgumentException(
          "RESONATE_" + name + " is " + shown + ", which is no valid value: " + e.getMessage(), e);
    }
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String text) {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equalsIgnoreCase(text)) {
        return constant;
      }
    }
    throw new IllegalArgumentException(
        "it is one of " + Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT));
  }

  /** Seconds, with or without a fraction, or ISO-8601. */
  private static Duration duration(String text) {
    if (text.startsWith("P") || text.startsWith("p")) {
      return Duration.parse(text);
    }
    if (!SECONDS.matcher(text).matches()) { // Java would take 5d, five days to its reader, for 5.
      throw new IllegalArgumentException("it is seconds, such as 2.5, or ISO 8601, such as PT2.5S");
    }
    return Duration.parse("PT" + text + "S");
  }
}
