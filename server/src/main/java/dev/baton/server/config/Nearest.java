package dev.baton.server.config;

import dev.baton.protocol.Spelling;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Guesses which key was meant by a name that is none. */
final class Nearest {

  private static final Map<String, Key> KEYS =
      Arrays.stream(Key.values()).collect(Collectors.toMap(Key::path, Function.identity()));

  private Nearest() {}

  /** The key of which the name is a misspelling, or null if it looks like none. */
  static @Nullable Key to(String name) {
    String path = Spelling.nearest(name, KEYS.keySet());
    if (path != null) {
      return KEYS.get(path);
    }
    String letters = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    return letters.contains("publickey") ? Key.AUTH_PUBLICKEY : null;
  }

  /** What follows an error about the name. */
  static String hint(String name, Function<Key, String> shown) {
    Key nearest = to(name);
    return nearest == null ? "" : "; did you mean " + shown.apply(nearest) + "?";
  }
}
