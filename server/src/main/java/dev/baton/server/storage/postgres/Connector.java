package dev.baton.server.storage.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Opens connections. Who and the password are read anew each time if they are in files. */
final class Connector {

  /**
   * Asked itself: what drivers there are is looked up once a process, and failed there for good.
   */
  private static final Driver DRIVER = driver();

  private final PostgresStorage.Settings settings;

  Connector(PostgresStorage.Settings settings) {
    this.settings = settings;
  }

  private static Driver driver() {
    try { // By name: its annotations are of classes that are not there to compile with.
      return (Driver) Class.forName("org.postgresql.Driver").getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the driver of PostgreSQL is not in this build", e);
    }
  }

  /** Opens one whose statements are prepared when they are used for the first time. */
  Connection open() throws SQLException {
    return open("1");
  }

  /** Opens one whose statements are planned each time for what they are given. */
  Connection openForSearches() throws SQLException {
    return open("0");
  }

  private Connection open(String prepareThreshold) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("ApplicationName", "baton");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("connectTimeout", seconds(settings.connectTimeout().toMillis()));
    // For as long as it takes to log in; then it is the other.
    properties.setProperty("socketTimeout", seconds(settings.connectTimeout().toMillis()));
    if (!settings.url().contains("prepareThreshold=")) { // What the URL says wins.
      properties.setProperty("prepareThreshold", prepareThreshold);
    }
    put(properties, "user", settings.user(), settings.userFile());
    put(properties, "password", settings.password(), settings.passwordFile());
    for (Map.Entry<String, String> each : settings.properties().entrySet()) {
      properties.setProperty(each.getKey(), each.getValue());
    }
    Connection connection = DRIVER.connect(settings.url(), properties);
    if (connection == null) {
      throw new SQLException("storage.postgres.url must begin with jdbc:postgresql://");
    }
    connection.setNetworkTimeout(Runnable::run, (int) settings.timeout().toMillis());
    return connection;
  }

  private static void put(
      Properties properties, String name, @Nullable String value, @Nullable Path file)
      throws SQLException {
    if (file != null) {
      try {
        properties.setProperty(name, Files.readString(file).strip());
      } catch (IOException e) {
        throw new SQLException("the file of the " + name + " cannot be read: " + file, e);
      }
    } else if (value != null) {
      properties.setProperty(name, value);
    }
  }

  private static String seconds(long millis) {
    return Long.toString(Math.max(1, (millis + 999) / 1_000));
  }
}
