package dev.baton.server.config;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells the variables that are settings from those that others read or Kubernetes makes. A setting
 * that is misspelt must not pass for one of those: the server would run without it, perhaps without
 * authentication.
 */
final class Variables {

  static final String PREFIX = "RESONATE_";

  /** What SDKs and the command line read, which often run beside the server. */
  private static final Set<String> OF_CLIENTS =
      Set.of(
          "DRAIN_TIMEOUT",
          "GROUP",
          "HOST",
          "LEASE_TTL",
          "PASSWORD",
          "PID",
          "PORT",
          "PREFIX",
          "REQUEST_TIMEOUT",
          "SCHEME",
          "SLOTS",
          "TIMEOUT",
          "TOKEN",
          "TTL",
          "URL",
          "USERNAME");

  /** Of a Service whose name begins with "resonate", and of a container that Docker links. */
  private static final Pattern OF_THE_PLATFORM =
      Pattern.compile(
          "(.*_)?SERVICE_(HOST|PORT(_.+)?)"
              + "|(.*_)?PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?"
              + "|NAME|ENV_.*");

  private Variables() {}

  /**
   * Those that nobody reads.
   *
   * @throws ConfigurationException if one of them looks like a setting
   */
  static Set<String> unknown(Map<String, String> environment) {
    Map<String, String> unknown = new TreeMap<>();
    environment.forEach((name, value) -> {
      String upper = name.toUpperCase(Locale.ROOT);
      if (upper.startsWith(PREFIX)
          && ofVariable(name) == null
          && !isOfOthers(name.substring(PREFIX.length()), value)) {
        unknown.put(name, upper.substring(PREFIX.length()));
      }
    });
    unknown.forEach((name, rest) -> {
      if (rest.contains("__") || Nearest.to(rest) != null) {
        throw new ConfigurationException(
            name + " is no setting of the server" + Nearest.hint(rest, Key::variable));
      }
    });
    return unknown.keySet();
  }

  private static boolean isOfOthers(String rest, String value) {
    return OF_CLIENTS.contains(rest)
        || OF_THE_PLATFORM.matcher(rest).matches()
        || rest.endsWith("_PORT") && value.contains("://");
  }

  private static @Nullable Key ofVariable(String name) {
    for (Key key : Key.values()) {
      if (key.variable().equals(name)) {
        return key;
      }
    }
    return null;
  }
}
