package dev.baton.server.config;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a database is, as the driver takes it. People write URLs as PostgreSQL's own tools do, with
 * who they are in front of the host and their names of parameters, or as JDBC does.
 *
 * @param jdbc without user and password
 * @param properties what else the driver is told
 */
public record PostgresUrl(
    String jdbc, @Nullable String user, @Nullable String password, Map<String, String> properties) {

  private static final Set<String> MODES =
      Set.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

  /** What PostgreSQL's own tools call otherwise than the driver. */
  private static final Map<String, String> NAMES =
      Map.of("application_name", "ApplicationName", "connect_timeout", "connectTimeout");

  public PostgresUrl {
    properties = Map.copyOf(properties);
  }

  /** Where it is, without what is secret. */
  @Override
  public String toString() {
    return jdbc.substring("jdbc:postgresql://".length());
  }

  static PostgresUrl of(Layers layers) {
    String text = layers.textOrNull(Key.STORAGE_POSTGRES_URL);
    if (text == null || text.isBlank()) {
      throw new ConfigurationException(
          layers.origin(Key.STORAGE_POSTGRES_URL) + " must be given with storage.type postgres");
    }
    PostgresUrl url = parse(text);
    if (url == null) {
      // The text may hold a password.
      throw new ConfigurationException(
          layers.origin(Key.STORAGE_POSTGRES_URL)
              + " must be a URL such as postgres://host:5432/database, with a database");
    }
    Map<String, String> properties = new LinkedHashMap<>(url.properties());
    String mode = layers.textOrNull(Key.STORAGE_POSTGRES_SSLMODE);
    if (mode != null && !MODES.contains(mode)) {
      throw layers.refuse(
          Key.STORAGE_POSTGRES_SSLMODE,
          "must be disable, allow, prefer, require, verify-ca or verify-full");
    }
    for (Key key :
        List.of(
            Key.STORAGE_POSTGRES_SSLMODE,
            Key.STORAGE_POSTGRES_SSLROOTCERT,
            Key.STORAGE_POSTGRES_SSLCERT,
            Key.STORAGE_POSTGRES_SSLKEY)) {
      String value = layers.textOrNull(key);
      if (value != null) {
        properties.put(key.path().substring(key.path().lastIndexOf('.') + 1), value);
      }
    }
    return new PostgresUrl(url.jdbc(), url.user(), url.password(), properties);
  }

  /** Null if it is none. */
  static @Nullable PostgresUrl parse(String text) {
    String rest = null;
    for (String scheme : List.of("jdbc:postgresql://", "postgresql://", "postgres://")) {
      rest = rest == null && text.startsWith(scheme) ? text.substring(scheme.length()) : rest;
    }
    int slash = rest == null ? -1 : rest.indexOf('/');
    if (rest == null || slash <= 0) {
      return null;
    }
    String authority = rest.substring(0, slash);
    String path = rest.substring(slash + 1);
    int question = path.indexOf('?');
    String database = question < 0 ? path : path.substring(0, question);
    int at = authority.lastIndexOf('@');
    if (database.isEmpty() || at == authority.length() - 1) {
      return null;
    }
    String user = null;
    String password = null;
    if (at >= 0) {
      String who = authority.substring(0, at);
      int colon = who.indexOf(':');
      user = decode(colon < 0 ? who : who.substring(0, colon));
      password = colon < 0 ? null : decode(who.substring(colon + 1));
    }
    Map<String, String> properties = new LinkedHashMap<>();
    for (String pair : question < 0 ? new String[0] : path.substring(question + 1).split("&")) {
      int equals = pair.indexOf('=');
      if (equals <= 0) {
        return null;
      }
      String name = pair.substring(0, equals);
      properties.put(NAMES.getOrDefault(name, name), decode(pair.substring(equals + 1)));
    }
    String userGiven = properties.remove("user");
    String passwordGiven = properties.remove("password");
    String hosts = authority.substring(at + 1);
    if (hosts.contains(",")) { // After a failover another of them takes writes.
      properties.putIfAbsent("targetServerType", "primary");
    }
    return new PostgresUrl(
        "jdbc:postgresql://" + hosts + "/" + database,
        userGiven == null ? user : userGiven,
        passwordGiven == null ? password : passwordGiven,
        properties);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
