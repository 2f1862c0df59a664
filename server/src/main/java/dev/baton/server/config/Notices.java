package dev.baton.server.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What is said at the start of settings that can be used and yet do not do what their author may
 * expect: they have no effect, or another setting keeps them from it.
 */
public final class Notices {

  /** SDKs that do not read how often something is written take longer silence for death. */
  private static final Duration SILENCE_OF_CLIENTS = Duration.ofSeconds(40);

  private static final Set<Key> OF_PUSH =
      Set.of(
          Key.PUSH_CONCURRENCY,
          Key.PUSH_PER_HOST,
          Key.PUSH_ALLOW,
          Key.PUSH_DENY,
          Key.PUSH_CONNECT_TIMEOUT,
          Key.PUSH_REQUEST_TIMEOUT);
  private static final Set<Key> OF_POLL =
      Set.of(
          Key.POLL_MAX_CONNECTIONS,
          Key.POLL_BUFFER_SIZE,
          Key.POLL_BUFFER_BYTES,
          Key.POLL_KEEP_ALIVE,
          Key.POLL_ACK_TIMEOUT);
  private static final Set<Key> OF_LEGACY = Set.of(Key.LEGACY_POLL_PORT);
  private static final Set<Key> OF_CONSOLE =
      Set.of(Key.CONSOLE_ACTIONS, Key.CONSOLE_EVENTS, Key.CONSOLE_STREAMS);
  private static final Set<Key> OF_METRICS = Set.of(Key.METRICS_BIND, Key.METRICS_GROUPS);
  private static final Set<Key> OF_CLUSTER =
      Set.of(
          Key.CLUSTER_PORT,
          Key.CLUSTER_BIND,
          Key.CLUSTER_URL,
          Key.CLUSTER_SECRET,
          Key.CLUSTER_SECRET_FILE,
          Key.CLUSTER_HOLD,
          Key.HANDOVER_REPLICA_GRACE);

  private final Layers layers;
  private final List<String> notices = new ArrayList<>();

  private Notices(Layers layers) {
    this.layers = layers;
  }

  /** One sentence each; none if all is as it should be. */
  public static List<String> of(Layers layers, ServerConfig config) {
    Notices found = new Notices(layers);
    for (Key key : Key.values()) {
      if (layers.isSet(key) && !key.hasEffect()) {
        found.notices.add(layers.origin(key) + " is " + key.meaning());
      }
    }
    layers
        .unknownVariables()
        .forEach(name -> found.notices.add(name + " is no setting of the server"));
    found.without(config.push().enabled(), OF_PUSH, Key.PUSH_ENABLED, "false");
    found.without(config.poll().enabled(), OF_POLL, Key.POLL_ENABLED, "false");
    found.without(config.legacy() != null, OF_LEGACY, Key.LEGACY_ENABLED, "false");
    found.without(config.console().enabled(), OF_CONSOLE, Key.CONSOLE_ENABLED, "false");
    found.without(config.metrics().port() != 0, OF_METRICS, Key.METRICS_PORT, "0");
    found.without(config.tracing() != null, Set.of(Key.OTLP_PROTOCOL), Key.OTLP_ENDPOINT, "absent");
    found.without(config.auth() != null, Set.of(Key.AUTH_GROUPS), Key.AUTH_PUBLICKEY, "absent");
    found.without(
        config.storage() instanceof ServerConfig.Storage.Postgres,
        OF_CLUSTER,
        Key.STORAGE_TYPE,
        "sqlite");
    found.ofOtherStores(config.storage());
    found.compare(config);
    return found.notices;
  }

  private void without(boolean isGiven, Set<Key> keys, Key condition, String state) {
    for (Key key : Key.values()) {
      if (!isGiven && keys.contains(key) && layers.isSet(key)) {
        notices.add(
            "%s has no effect: %s is %s".formatted(layers.origin(key), condition.path(), state));
      }
    }
  }

  private void ofOtherStores(ServerConfig.Storage storage) {
    boolean isPostgres = storage instanceof ServerConfig.Storage.Postgres;
    String others = isPostgres ? "storage.sqlite." : "storage.postgres.";
    for (Key key : Key.values()) {
      if (key.path().startsWith(others) && layers.isSet(key)) {
        notices.add(
            "%s has no effect: storage.type is %s"
                .formatted(layers.origin(key), isPostgres ? "postgres" : "sqlite"));
      }
    }
  }

  private void compare(ServerConfig config) {
    ServerConfig.Http http = config.http();
    atMost(Key.SERVER_MAX_BATCH, http.maxBatch(), Key.SERVER_QUEUE_SIZE, http.queueSize());
    atMost(
        Key.SERVER_MAX_ID_LENGTH,
        http.sizes().maxIdLength(),
        Key.SERVER_MAX_BODY_BYTES,
        http.maxBodyBytes());
    atMost(
        Key.POLL_MAX_CONNECTIONS,
        config.poll().maxConnections(),
        Key.SERVER_MAX_CONNECTIONS,
        http.maxConnections());
    atMost(
        Key.DISPATCH_REDELIVERY,
        config.dispatch().redelivery().toMillis(),
        Key.TASKS_RETRY_TIMEOUT,
        config.dispatch().retry().toMillis());
    atMost(
        Key.PUSH_CONNECT_TIMEOUT,
        config.push().connectTimeout().toMillis(),
        Key.PUSH_REQUEST_TIMEOUT,
        config.push().requestTimeout().toMillis());
    if (config.poll().keepAlive().compareTo(SILENCE_OF_CLIENTS) >= 0) {
      notices.add(
          "%s is %d: clients that do not read Baton-Keep-Alive-Ms take %d ms of silence for the server's death, and proxies often close at 60000"
              .formatted(
                  layers.origin(Key.POLL_KEEP_ALIVE),
                  config.poll().keepAlive().toMillis(),
                  SILENCE_OF_CLIENTS.toMillis()));
    }
  }

  /** Says that a value is never reached, if anybody has chosen one of the two. */
  private void atMost(Key key, long value, Key bound, long most) {
    if (value > most && (layers.isSet(key) || layers.isSet(bound))) {
      notices.add(
          "%s is %d and is never reached: %s is %d"
              .formatted(layers.origin(key), value, layers.origin(bound), most));
    }
  }
}
