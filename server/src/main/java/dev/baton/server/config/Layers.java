package dev.baton.server.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The values of the keys as text. Later layers win: defaults, the file {@code resonate.toml} of the
 * working directory, the environment, the command line (protocol section 17).
 */
public final class Layers {

  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");

  private static final Pattern BYTES = Pattern.compile("([0-9]{1,12})(%|k|m|g|)");

  /** Several of them have a sum. */
  private static final long MOST_BYTES = Long.MAX_VALUE / 8;

  private static final String DEFAULT = "default";

  /** What others that send spans read, too; it wins over the variable of the key. */
  private static final String OTLP_VARIABLE = "OTEL_EXPORTER_OTLP_ENDPOINT";

  /** A value and where it came from, for error messages. */
  record Entry(List<String> values, String origin) {}

  private final Map<Key, Entry> entries = new EnumMap<>(Key.class);

  private final Set<String> unknownVariables = new TreeSet<>();

  /** The defaults alone. */
  public Layers() {
    for (Key key : Key.values()) {
      String fallback = key.fallback();
      if (fallback != null) {
        entries.put(key, new Entry(List.of(fallback), DEFAULT));
      }
    }
  }

  /**
   * Those of a server within another program, such as a test: it keeps nothing, listens on any free
   * port of this machine, and has none for metrics.
   */
  public static Layers inMemory() {
    return new Layers()
        .set(Key.SERVER_PORT, "0")
        .set(Key.SERVER_BIND, "127.0.0.1")
        .set(Key.SERVER_HOST, "127.0.0.1")
        .set(Key.METRICS_PORT, "0")
        .set(Key.STORAGE_SQLITE_PATH, ":memory:");
  }

  /** Adds the file, if it exists. An unknown key is an error. */
  public Layers file(Path path) {
    if (Files.isDirectory(path)) {
      // Container runtimes make a folder where a file that is to be mounted is not there.
      throw new ConfigurationException(path + ": a folder, where the file of settings should be");
    }
    if (!Files.isRegularFile(path)) {
      return this;
    }
    JsonNode tree;
    try {
      tree = new TomlMapper().readTree(path.toFile());
    } catch (IOException e) {
      throw new ConfigurationException(path + ": not readable as TOML: " + e.getMessage());
    }
    walk(path, "", tree);
    return this;
  }

  private void walk(Path file, String prefix, JsonNode node) {
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      String path = prefix + member.getKey();
      JsonNode value = member.getValue();
      Key key = ofPath(path);
      if (key != null) {
        if (value.isContainerNode() && !(value.isArray() && key.kind() == Key.Kind.LIST)) {
          throw new ConfigurationException(
              "%s (%s in %s) must be one value, not %s"
                  .formatted(path, path, file, value.isArray() ? "a list" : "a table"));
        }
        entries.put(key, new Entry(texts(value), path + " in " + file));
      } else if (value.isObject()) {
        walk(file, path + ".", value);
      } else {
        throw new ConfigurationException(
            "%s: unknown key '%s'%s".formatted(file, path, Nearest.hint(path, Key::path)));
      }
    }
  }

  private static List<String> texts(JsonNode value) {
    if (!value.isArray()) {
      return List.of(value.asText());
    }
    List<String> texts = new ArrayList<>();
    value.forEach(element -> texts.add(element.asText()));
    return texts;
  }

  private static @Nullable Key ofPath(String path) {
    for (Key key : Key.values()) {
      if (key.path().equals(path)) {
        return key;
      }
    }
    return null;
  }

  /**
   * Adds the environment variables of the keys. One that looks like such a variable and is none is
   * an error; what SDKs read and Kubernetes sets is not looked at.
   */
  public Layers environment(Map<String, String> environment) {
    unknownVariables.addAll(Variables.unknown(environment));
    for (Key key : Key.values()) {
      String value = environment.get(key.variable());
      if (value != null) {
        List<String> values =
            key.kind() == Key.Kind.LIST
                ? List.of(value.strip().split("\\s*,\\s*"))
                : List.of(value);
        entries.put(key, new Entry(values, key.variable()));
      }
    }
    String endpoint = environment.get(OTLP_VARIABLE);
    if (endpoint != null && !endpoint.isBlank()) {
      entries.put(Key.OTLP_ENDPOINT, new Entry(List.of(endpoint), OTLP_VARIABLE));
    }
    return this;
  }

  /** Adds one value of the command line or of a program. */
  public Layers set(Key key, String... values) {
    entries.put(key, new Entry(List.of(values), key.flag()));
    return this;
  }

  String text(Key key) {
    String text = textOrNull(key);
    if (text == null || text.isBlank()) {
      throw new ConfigurationException(origin(key) + " must not be empty");
    }
    return text;
  }

  @Nullable String textOrNull(Key key) {
    Entry entry = entries.get(key);
    return entry == null || entry.values().isEmpty() ? null : entry.values().getFirst();
  }

  /** What is left empty by mistake, as by a variable of another that is not set, is no list. */
  List<String> list(Key key) {
    Entry entry = entries.get(key);
    if (entry == null) {
      return List.of();
    }
    if (entry.values().stream().anyMatch(String::isBlank)) {
      throw new ConfigurationException(origin(key) + " must not hold an empty value");
    }
    return entry.values();
  }

  boolean isOn(Key key) {
    String text = text(key);
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new ConfigurationException(
              origin(key) + " must be true or false, not '" + text + "'");
    };
  }

  int number(Key key, int least, int most) {
    String text = text(key);
    try {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, with the range.
    }
    throw new ConfigurationException(
        origin(key) + " must be an integer from " + least + " to " + most + ", not '" + text + "'");
  }

  /** A length of time: digits and ms, s, m, h or d, or a plain 0. */
  Duration duration(Key key) {
    String text = text(key);
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    Matcher parts = DURATION.matcher(text);
    if (!parts.matches()) {
      throw refuse(key, "must be a duration such as 90s, 12h or 30d, or 0");
    }
    long count = Long.parseLong(parts.group(1));
    return switch (parts.group(2)) {
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }

  /**
   * A number of bytes: a share of the heap in percent, or digits with k, m, g or nothing behind.
   *
   * @param heap what shares are of, bytes
   */
  long bytes(Key key, long heap) {
    Matcher parts = BYTES.matcher(text(key));
    if (!parts.matches()) {
      throw refuse(key, "must be a share of the heap such as 20%, or a size such as 64m");
    }
    long count = Long.parseLong(parts.group(1));
    if (count == 0) {
      throw refuse(key, "must be more than 0, or nothing would ever find room");
    }
    return switch (parts.group(2)) {
      case "%" -> times(count, heap / 100);
      case "k" -> times(count, 1 << 10);
      case "m" -> times(count, 1 << 20);
      case "g" -> times(count, 1 << 30);
      default -> count;
    };
  }

  /** More than there can be is as good as the most. */
  private static long times(long count, long unit) {
    return count > MOST_BYTES / unit ? MOST_BYTES : count * unit;
  }

  /** Whether somebody has set it. */
  boolean isSet(Key key) {
    Entry entry = entries.get(key);
    return entry != null && !entry.origin().equals(DEFAULT);
  }

  /** Variables of our prefix that nobody reads. */
  Set<String> unknownVariables() {
    return unknownVariables;
  }

  /** A key and where its value came from. */
  String origin(Key key) {
    Entry entry = entries.get(key);
    return entry == null ? key.path() : key.path() + " (" + entry.origin() + ")";
  }

  /** An error about a key's value. */
  ConfigurationException refuse(Key key, String rule) {
    return new ConfigurationException(origin(key) + " " + rule + ", not '" + textOrNull(key) + "'");
  }
}
