package dev.baton.server.config;

import dev.baton.core.PromiseIdTemplate;
import dev.baton.core.RuleSet;
import dev.baton.protocol.ServerUrl;
import dev.baton.server.memory.MemoryLedger;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The server's configuration, checked. Each part says what its values mean in {@link Key}.
 *
 * @param probeInterval after how long a store that cannot save is tried again
 * @param retention zero keeps settled promises for ever
 */
public record ServerConfig(
    String level,
    boolean debug,
    RuleSet rules,
    Http http,
    Reads reads,
    Memory memory,
    Storage storage,
    Duration probeInterval,
    Duration retention,
    @Nullable Auth auth,
    Dispatch dispatch,
    Cluster cluster,
    Poll poll,
    Push push,
    @Nullable Legacy legacy,
    Console console,
    Metrics metrics,
    @Nullable Tracing tracing) {

  /**
   * The console.
   *
   * @param actions whether its page may change something
   * @param events how many are remembered
   * @param streams how many may be open
   */
  public record Console(boolean enabled, boolean actions, int events, int streams) {}

  /**
   * The scraper's port.
   *
   * @param port 0: none
   * @param groupsMost how many groups are shown one by one
   */
  public record Metrics(String bind, int port, int groupsMost) {}

  /**
   * Where spans are sent. Absent: there are none.
   *
   * @param endpoint a URL, with its path if it is spoken to by HTTP
   */
  public record Tracing(String endpoint, Protocol protocol) {

    /** How a collector is spoken to. */
    public enum Protocol {
      GRPC,
      HTTP
    }
  }

  private static final int MOST_OF_HEAP_PERCENT = 85;

  /** What lists that several are given may take; a hundredth of a small heap. */
  private static final long MOST_OF_LISTS = 1 << 20;

  /** One writes; two are for who owns the store. */
  private static final int CONNECTIONS_OF_AN_OWNER = 3;

  private static final Duration PROBE_OF_POSTGRES = Duration.ofMillis(200);

  /** Where collectors listen for OTLP over HTTP. */
  private static final int OTLP_HTTP_PORT = 4318;

  private static final String OTLP_ENDPOINT_RULE =
      "must be host:port or an http or https URL, such as http://collector:4318";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");
  private static final Pattern NAMED_URL =
      Pattern.compile("https?://[A-Za-z0-9._-]+(:[0-9]{1,5})?/?");
  private static final Pattern CLUSTER_URL =
      Pattern.compile("http://([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\]):[0-9]{1,5}/?");
  private static final Pattern ALLOWED_HOST =
      Pattern.compile("\\.?[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");
  private static final Pattern SECRET = Pattern.compile("[!-~]{16,1024}");
  private static final Pattern ORIGIN = Pattern.compile("[a-z][a-z0-9+.-]*://[^/?#@A-Z\\s]+");

  /** The listener and its limits. */
  public record Http(
      String host,
      int port,
      String bind,
      @Nullable String url,
      Duration warmUp,
      Duration readyGrace,
      Duration shutdownTimeout,
      List<String> corsAllowOrigins,
      List<String> allowedHosts,
      int maxBodyBytes,
      Sizes sizes,
      int maxBatch,
      int queueSize,
      int maxConnections,
      int maxConnectionsPerAddress,
      Duration headerTimeout,
      Duration bodyTimeout,
      Duration idleTimeout,
      Duration stallTimeout,
      @Nullable TlsFiles tls) {}

  /** The PEM files of a certificate and of its key. */
  public record TlsFiles(String certificate, String key) {}

  /**
   * What only reads.
   *
   * @param share what each kind of it takes of one processor while others are served, in percent
   */
  public record Reads(int threads, int queueSize, int share, int maxAnswerBytes) {}

  /**
   * How many bytes each part of the server may hold in memory for its clients.
   *
   * @param lists no setting: it is little, and without it lists would only be made more often
   */
  public record Memory(
      long requests, long live, long answers, long streams, long posts, long lists) {

    /** The limit of a part. */
    public long of(MemoryLedger.Part part) {
      return switch (part) {
        case REQUESTS -> requests;
        case LIVE -> live;
        case ANSWERS -> answers;
        case STREAMS -> streams;
        case POSTS -> posts;
        case LISTS -> lists;
      };
    }
  }

  /** How long, in characters, and how many what is stored may be. */
  public record Sizes(int maxIdLength, int maxTags, int maxNameLength, int maxTagLength) {}

  /** The most bytes of an id that an index of the store takes; null if any id may be stored. */
  public @Nullable Integer mostIdBytes() {
    return switch (storage) {
      case Storage.Memory _, Storage.Sqlite _ -> null;
      case Storage.Postgres _ -> 2_000;
    };
  }

  /** Where promises are kept. */
  public sealed interface Storage {
    /** Nowhere: they end with the process. */
    record Memory() implements Storage {}

    /**
     * In a file.
     *
     * @param autoCheckpoint pages in the log with which a commit brings them into the file; 0: none
     * @param backupDir where backups are written; null: beside the file
     */
    record Sqlite(String path, int autoCheckpoint, @Nullable String backupDir) implements Storage {}

    /**
     * In a database.
     *
     * @param database how to reach it
     * @param timeout how long it may be silent
     */
    record Postgres(PostgresUrl database, Login login, Duration connectTimeout, Duration timeout)
        implements Storage {}

    /** Who a server is to its database: each as it is, or in a file that is read when needed. */
    record Login(
        @Nullable String user,
        @Nullable String userFile,
        @Nullable String password,
        @Nullable String passwordFile) {

      @Override
      public String toString() {
        return "Login[" + (userFile == null ? user : userFile) + "]";
      }
    }
  }

  /**
   * Who may do what. Absent: everybody everything.
   *
   * @param publicKey PEM text, the path of a file of it, or {@code none}
   * @param issuer what {@code iss} must be, or null for anything
   * @param audience what {@code aud} must contain, or null for anything
   * @param anyGroup whether every token reaches every group, whatever it claims
   */
  public record Auth(
      String publicKey, @Nullable String issuer, @Nullable String audience, boolean anyGroup) {

    /** Whether signatures are not looked at. */
    public boolean isUnchecked() {
      return publicKey.equals("none");
    }

    /** Whether the key is in a file, which may change. */
    public boolean isFile() {
      return !isUnchecked() && !publicKey.contains("-----BEGIN");
    }
  }

  /**
   * How offers are repeated and what a broken connection means.
   *
   * @param replicaGrace what counts instead of the grace if a server was lost with the connection
   */
  public record Dispatch(
      Duration redelivery, Duration retry, Duration grace, Duration replicaGrace) {}

  /**
   * One of several servers over one store.
   *
   * @param url where the others reach this one; null: at its host and port
   * @param secret null: they do not
   * @param hold how long a request waits for an owner of the store
   */
  public record Cluster(
      int port, String bind, @Nullable String url, @Nullable String secret, Duration hold) {}

  /** The workers' channel. */
  public record Poll(
      boolean enabled,
      int maxConnections,
      int bufferSize,
      int bufferBytes,
      Duration keepAlive,
      Duration ackTimeout) {}

  /**
   * Messages to http targets.
   *
   * @param allow if it is not empty, nothing is posted elsewhere
   * @param deny nothing is posted there, whatever is allowed
   */
  public record Push(
      boolean enabled,
      int concurrency,
      int perHost,
      Networks allow,
      Networks deny,
      Duration connectTimeout,
      Duration requestTimeout) {}

  /**
   * The interface before the protocol. Absent: not served.
   *
   * @param pollPort the port of its messages; 0 picks a free one
   */
  public record Legacy(int pollPort) {}

  /** Checks the values and names the first one that is not usable. */
  public static ServerConfig of(Layers layers) {
    checkReference(layers);
    checkPorts(layers);
    Duration retry = millis(layers, Key.TASKS_RETRY_TIMEOUT, 1);
    return new ServerConfig(
        level(layers),
        layers.isOn(Key.DEBUG),
        new RuleSet(profile(layers), retry.toMillis(), preloadBytes(layers)),
        http(layers),
        new Reads(
            layers.number(Key.SERVER_READERS, 1, 64),
            layers.number(Key.SERVER_READER_QUEUE, 1, 1 << 20),
            layers.number(Key.SERVER_READER_SHARE, 1, 100),
            answerBytes(layers)),
        memory(layers),
        storage(layers),
        probeInterval(layers),
        layers.duration(Key.STORAGE_RETENTION),
        auth(layers),
        new Dispatch(
            millis(layers, Key.DISPATCH_REDELIVERY, 1),
            retry,
            millis(layers, Key.HANDOVER_GRACE, 0),
            millis(layers, Key.HANDOVER_REPLICA_GRACE, 0)),
        cluster(layers),
        new Poll(
            layers.isOn(Key.POLL_ENABLED),
            layers.number(Key.POLL_MAX_CONNECTIONS, 1, 10_000_000),
            layers.number(Key.POLL_BUFFER_SIZE, 1, 1_000_000),
            layers.number(Key.POLL_BUFFER_BYTES, 1_024, 1 << 30),
            millis(layers, Key.POLL_KEEP_ALIVE, 100),
            ackTimeout(layers)),
        new Push(
            layers.isOn(Key.PUSH_ENABLED),
            layers.number(Key.PUSH_CONCURRENCY, 1, 100_000),
            layers.number(Key.PUSH_PER_HOST, 1, 100_000),
            allowedNetworks(layers),
            networks(layers, Key.PUSH_DENY),
            millis(layers, Key.PUSH_CONNECT_TIMEOUT, 1),
            millis(layers, Key.PUSH_REQUEST_TIMEOUT, 1)),
        legacy(layers),
        new Console(
            layers.isOn(Key.CONSOLE_ENABLED),
            layers.isOn(Key.CONSOLE_ACTIONS),
            layers.number(Key.CONSOLE_EVENTS, 16, 1 << 22),
            layers.number(Key.CONSOLE_STREAMS, 0, 100_000)),
        metrics(layers),
        tracing(layers));
  }

  /**
   * What only the reference server has. Settings that would change what the server does, or whom it
   * trusts, are refused.
   */
  private static void checkReference(Layers layers) {
    millis(layers, Key.TASKS_LEASE_TIMEOUT, 1);
    millis(layers, Key.TIMEOUTS_POLL_INTERVAL, 1);
    millis(layers, Key.MESSAGES_POLL_INTERVAL, 1);
    layers.number(Key.MESSAGES_BATCH_SIZE, 1, 1_000_000);
    layers.number(Key.STORAGE_MYSQL_POOL_SIZE, 1, 1_000_000);
    layers.number(Key.GCPS_CONCURRENCY, 1, 1_000_000);
    millis(layers, Key.GCPS_TIMEOUT, 1);
    if (!layers.text(Key.PUSH_AUTH_MODE).equals("none")) {
      throw layers.refuse(
          Key.PUSH_AUTH_MODE, "must be none: posts to http targets carry no credentials");
    }
    for (Key transport : List.of(Key.GCPS_ENABLED, Key.BASH_ENABLED)) {
      if (layers.isOn(transport)) {
        throw layers.refuse(transport, "must be false: there is no such transport");
      }
    }
  }

  private static void checkPorts(Layers layers) {
    Map<Integer, Key> taken = new HashMap<>();
    List<Key> ports = new ArrayList<>(List.of(Key.SERVER_PORT));
    if (!layers.isSet(Key.METRICS_BIND)) {
      ports.add(Key.METRICS_PORT);
    }
    if (layers.isOn(Key.LEGACY_ENABLED)) {
      ports.add(Key.LEGACY_POLL_PORT);
    }
    for (Key key : ports) {
      int port = layers.number(key, 0, 65_535);
      Key other = port == 0 ? null : taken.put(port, key);
      if (other != null) {
        throw layers.refuse(key, "must be another port than " + other.path());
      }
    }
  }

  private static Http http(Layers layers) {
    return new Http(
        host(layers),
        layers.number(Key.SERVER_PORT, 0, 65_535),
        layers.text(Key.SERVER_BIND),
        url(layers),
        millis(layers, Key.SERVER_WARM_UP, 0),
        millis(layers, Key.SERVER_READY_GRACE, 0),
        millis(layers, Key.SERVER_SHUTDOWN_TIMEOUT, 0),
        origins(layers),
        allowedHosts(layers),
        maxBodyBytes(layers),
        new Sizes(
            layers.number(Key.SERVER_MAX_ID_LENGTH, 16, PromiseIdTemplate.MOST_CHARACTERS),
            layers.number(Key.SERVER_MAX_TAGS, 16, 1 << 20),
            layers.number(Key.SERVER_MAX_NAME_LENGTH, 32, 1 << 30),
            layers.number(Key.SERVER_MAX_TAG_LENGTH, 256, 1 << 30)),
        layers.number(Key.SERVER_MAX_BATCH, 1, 1 << 20),
        layers.number(Key.SERVER_QUEUE_SIZE, 1, 1 << 24),
        layers.number(Key.SERVER_MAX_CONNECTIONS, 1, 10_000_000),
        connectionsPerAddress(layers),
        millis(layers, Key.SERVER_HEADER_TIMEOUT, 0),
        millis(layers, Key.SERVER_BODY_TIMEOUT, 0),
        idleTimeout(layers),
        millis(layers, Key.SERVER_STALL_TIMEOUT, 0),
        tls(layers));
  }

  private static @Nullable TlsFiles tls(Layers layers) {
    String certificate = layers.textOrNull(Key.SERVER_TLS_CERT);
    String key = layers.textOrNull(Key.SERVER_TLS_KEY);
    if (certificate == null && key == null) {
      return null;
    }
    if (certificate == null || key == null) {
      throw layers.refuse(
          certificate == null ? Key.SERVER_TLS_KEY : Key.SERVER_TLS_CERT,
          "must come with "
              + (certificate == null ? Key.SERVER_TLS_CERT : Key.SERVER_TLS_KEY).path());
    }
    return new TlsFiles(layers.text(Key.SERVER_TLS_CERT), layers.text(Key.SERVER_TLS_KEY));
  }

  /** Several pages fit into what all answers may take. */
  private static int answerBytes(Layers layers) {
    int most = layers.number(Key.SERVER_MAX_ANSWER_BYTES, 1024, 1 << 28);
    return (int) Math.min(most, Math.max(1024, memory(layers).answers() / 8));
  }

  /** Several answers fit into what all answers may take. */
  private static long preloadBytes(Layers layers) {
    long most = layers.number(Key.SERVER_MAX_PRELOAD_BYTES, 0, 1 << 30);
    return Math.min(most, memory(layers).answers() / 4);
  }

  /** All shares together leave room for the server itself. */
  private static Memory memory(Layers layers) {
    long heap = Runtime.getRuntime().maxMemory();
    Memory memory =
        new Memory(
            layers.bytes(Key.MEMORY_REQUESTS, heap),
            layers.bytes(Key.MEMORY_LIVE, heap),
            layers.bytes(Key.MEMORY_ANSWERS, heap),
            layers.bytes(Key.MEMORY_STREAMS, heap),
            layers.bytes(Key.MEMORY_POSTS, heap),
            Math.min(MOST_OF_LISTS, heap / 100));
    long sum = 0;
    for (MemoryLedger.Part part : MemoryLedger.Part.values()) {
      sum += part == MemoryLedger.Part.LISTS ? 0 : memory.of(part); // That is no setting.
    }
    long most = heap / 100 * MOST_OF_HEAP_PERCENT;
    if (sum > most) {
      throw new ConfigurationException(
          "memory.requests, live, answers, streams and posts must be at most %d%% of the heap (%d of %d bytes) together, not %d"
              .formatted(MOST_OF_HEAP_PERCENT, most, heap, sum));
    }
    return memory;
  }

  private static String host(Layers layers) {
    String host = layers.text(Key.SERVER_HOST);
    if (!NAME.matcher(host).matches() && !isIpv6(Hosts.withoutBrackets(host))) {
      throw layers.refuse(
          Key.SERVER_HOST, "must be a host name or an IP address (server.url is for a whole URL)");
    }
    return host;
  }

  private static boolean isIpv6(String text) {
    try {
      return text.indexOf(':') >= 0 && InetAddress.ofLiteral(text) != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Unlike Java, others have hosts with an underscore, as Docker makes them. */
  private static @Nullable String url(Layers layers) {
    String url = layers.textOrNull(Key.SERVER_URL);
    try {
      return url == null || NAMED_URL.matcher(url).matches() ? url : ServerUrl.of(url).toString();
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          layers.origin(Key.SERVER_URL) + " must be " + e.getMessage());
    }
  }

  /** Browsers write an origin in one way only; what is written otherwise would match nothing. */
  private static List<String> origins(Layers layers) {
    List<String> origins = layers.list(Key.SERVER_CORS_ALLOW_ORIGINS);
    for (String origin : origins) {
      boolean isDefaultPort = origin.matches("http://.*:80") || origin.matches("https://.*:443");
      if (!origin.equals("*") && (!ORIGIN.matcher(origin).matches() || isDefaultPort)) {
        throw new ConfigurationException(
            "%s must be *, or origins as browsers send them: scheme and host in small letters, the port unless it is the default, and nothing behind, such as https://app.example; not '%s'"
                .formatted(layers.origin(Key.SERVER_CORS_ALLOW_ORIGINS), origin));
      }
    }
    return origins;
  }

  /**
   * What a browser says is compared without its port; what is written otherwise matches nothing.
   */
  private static List<String> allowedHosts(Layers layers) {
    List<String> hosts = layers.list(Key.SERVER_ALLOWED_HOSTS);
    for (String host : hosts) {
      if (!ALLOWED_HOST.matcher(host).matches()) {
        throw new ConfigurationException(
            "%s must be host names, without scheme and port, such as baton.example, or .example for all below it; not '%s'"
                .formatted(layers.origin(Key.SERVER_ALLOWED_HOSTS), host));
      }
    }
    return hosts;
  }

  private static int maxBodyBytes(Layers layers) {
    int bytes = layers.number(Key.SERVER_MAX_BODY_BYTES, 1024, 1 << 30);
    long room = layers.bytes(Key.MEMORY_REQUESTS, Runtime.getRuntime().maxMemory());
    boolean isChosen = layers.isSet(Key.SERVER_MAX_BODY_BYTES) || layers.isSet(Key.MEMORY_REQUESTS);
    if (bytes > room && isChosen) {
      throw layers.refuse(
          Key.SERVER_MAX_BODY_BYTES,
          "must be at most memory.requests (%d), or no such body would ever find room"
              .formatted(room));
    }
    return bytes;
  }

  private static int connectionsPerAddress(Layers layers) {
    int all = layers.number(Key.SERVER_MAX_CONNECTIONS, 1, 10_000_000);
    int given = layers.number(Key.SERVER_MAX_CONNECTIONS_PER_ADDRESS, 0, 10_000_000);
    return given == 0 ? all - all / 4 : given;
  }

  /** Streams are kept alive by comments, so the time must be more than that between them. */
  private static Duration idleTimeout(Layers layers) {
    Duration idle = millis(layers, Key.SERVER_IDLE_TIMEOUT, 0);
    Duration keepAlive = millis(layers, Key.POLL_KEEP_ALIVE, 100);
    if (idle.isPositive() && idle.compareTo(keepAlive) <= 0) {
      throw layers.refuse(
          Key.SERVER_IDLE_TIMEOUT,
          "must be 0 or more than transports.http_poll.keep_alive (%d)"
              .formatted(keepAlive.toMillis()));
    }
    return idle;
  }

  /** Shorter than a second, a packet that is lost once would be taken for a machine. */
  private static Duration ackTimeout(Layers layers) {
    Duration timeout = millis(layers, Key.POLL_ACK_TIMEOUT, 0);
    if (timeout.isPositive() && timeout.toMillis() < 1_000) {
      throw layers.refuse(Key.POLL_ACK_TIMEOUT, "must be 0 or at least 1000");
    }
    return timeout;
  }

  private static Storage storage(Layers layers) {
    String type = layers.text(Key.STORAGE_TYPE);
    int poolSize = layers.number(Key.STORAGE_POSTGRES_POOL_SIZE, 1, 1_000_000);
    if (type.equals("postgres")) {
      return postgres(layers, poolSize);
    }
    if (!type.equals("sqlite")) {
      throw layers.refuse(Key.STORAGE_TYPE, "must be sqlite or postgres");
    }
    String path = layers.text(Key.STORAGE_SQLITE_PATH);
    return path.equals(":memory:")
        ? new Storage.Memory()
        : new Storage.Sqlite(
            path,
            layers.number(Key.STORAGE_SQLITE_AUTO_CHECKPOINT, 0, 1_000_000),
            layers.textOrNull(Key.STORAGE_SQLITE_BACKUP_DIR));
  }

  private static Storage.Postgres postgres(Layers layers, int poolSize) {
    int least = layers.number(Key.SERVER_READERS, 1, 64) + CONNECTIONS_OF_AN_OWNER;
    if (poolSize < least) {
      throw layers.refuse(
          Key.STORAGE_POSTGRES_POOL_SIZE,
          "must be at least %d: one for each of server.readers and %d more"
              .formatted(least, CONNECTIONS_OF_AN_OWNER));
    }
    Storage.Login login =
        new Storage.Login(
            layers.textOrNull(Key.STORAGE_POSTGRES_USER),
            layers.textOrNull(Key.STORAGE_POSTGRES_USER_FILE),
            layers.textOrNull(Key.STORAGE_POSTGRES_PASSWORD),
            layers.textOrNull(Key.STORAGE_POSTGRES_PASSWORD_FILE));
    oneOf(layers, Key.STORAGE_POSTGRES_USER, Key.STORAGE_POSTGRES_USER_FILE);
    oneOf(layers, Key.STORAGE_POSTGRES_PASSWORD, Key.STORAGE_POSTGRES_PASSWORD_FILE);
    return new Storage.Postgres(
        PostgresUrl.of(layers),
        login,
        millis(layers, Key.STORAGE_POSTGRES_CONNECT_TIMEOUT, 100),
        millis(layers, Key.STORAGE_POSTGRES_TIMEOUT, 100));
  }

  private static void oneOf(Layers layers, Key value, Key file) {
    if (layers.textOrNull(value) != null && layers.textOrNull(file) != null) {
      throw new ConfigurationException(
          layers.origin(file) + " must be absent, or " + layers.origin(value) + " must be");
    }
  }

  /** A store that comes back by itself is looked at more often. */
  private static Duration probeInterval(Layers layers) {
    boolean isRemote = layers.text(Key.STORAGE_TYPE).equals("postgres");
    return isRemote && !layers.isSet(Key.STORAGE_PROBE_INTERVAL)
        ? PROBE_OF_POSTGRES
        : millis(layers, Key.STORAGE_PROBE_INTERVAL, 10);
  }

  private static Cluster cluster(Layers layers) {
    String bind = layers.textOrNull(Key.CLUSTER_BIND);
    return new Cluster(
        layers.number(Key.CLUSTER_PORT, 0, 65_535),
        bind == null ? layers.text(Key.SERVER_BIND) : layers.text(Key.CLUSTER_BIND),
        clusterUrl(layers),
        clusterSecret(layers),
        millis(layers, Key.CLUSTER_HOLD, 0));
  }

  private static @Nullable String clusterUrl(Layers layers) {
    String url = layers.textOrNull(Key.CLUSTER_URL);
    if (url != null && !CLUSTER_URL.matcher(url).matches()) {
      throw layers.refuse(
          Key.CLUSTER_URL, "must be http://, a host or an address, a colon and a port");
    }
    return url;
  }

  private static @Nullable String clusterSecret(Layers layers) {
    String file = layers.textOrNull(Key.CLUSTER_SECRET_FILE);
    String secret = layers.textOrNull(Key.CLUSTER_SECRET);
    if (file != null && secret != null) {
      throw layers.refuse(Key.CLUSTER_SECRET_FILE, "must be absent beside cluster.secret");
    }
    if (file != null) {
      try {
        secret = Files.readString(Path.of(file)).strip();
      } catch (IOException e) {
        throw layers.refuse(Key.CLUSTER_SECRET_FILE, "must be a file that can be read");
      }
    }
    if (secret != null && !SECRET.matcher(secret).matches()) {
      throw new ConfigurationException(
          layers.origin(file == null ? Key.CLUSTER_SECRET : Key.CLUSTER_SECRET_FILE)
              + " must hold 16 to 1024 printable ASCII characters without spaces");
    }
    return secret;
  }

  private static @Nullable Auth auth(Layers layers) {
    String issuer = layers.textOrNull(Key.AUTH_ISS);
    String audience = layers.textOrNull(Key.AUTH_AUD);
    for (Key key : List.of(Key.AUTH_ISS, Key.AUTH_AUD)) {
      if (layers.textOrNull(key) != null) {
        layers.text(key); // No token's is blank.
      }
    }
    if (layers.textOrNull(Key.AUTH_PUBLICKEY) == null) {
      if (issuer != null || audience != null) {
        throw layers.refuse(
            issuer == null ? Key.AUTH_AUD : Key.AUTH_ISS,
            "has no effect without auth.publickey; it must be absent");
      }
      return null;
    }
    return new Auth(layers.text(Key.AUTH_PUBLICKEY), issuer, audience, isAnyGroup(layers));
  }

  /** Debugging replays what was recorded of the reference server, where every token opens all. */
  private static boolean isAnyGroup(Layers layers) {
    return switch (layers.textOrNull(Key.AUTH_GROUPS)) {
      case null -> layers.isOn(Key.DEBUG);
      case "claims" -> false;
      case "any" -> true;
      default -> throw layers.refuse(Key.AUTH_GROUPS, "must be claims or any");
    };
  }

  private static Metrics metrics(Layers layers) {
    String bind = layers.textOrNull(Key.METRICS_BIND);
    return new Metrics(
        bind == null ? layers.text(Key.SERVER_BIND) : layers.text(Key.METRICS_BIND),
        layers.number(Key.METRICS_PORT, 0, 65_535),
        layers.number(Key.METRICS_GROUPS, 1, 1_000_000));
  }

  private static @Nullable Tracing tracing(Layers layers) {
    String given = layers.textOrNull(Key.OTLP_ENDPOINT);
    String protocol = layers.textOrNull(Key.OTLP_PROTOCOL);
    if (protocol != null && !protocol.equals("grpc") && !protocol.equals("http/protobuf")) {
      throw layers.refuse(Key.OTLP_PROTOCOL, "must be grpc or http/protobuf");
    }
    if (given == null || given.isBlank()) {
      return null;
    }
    URI url;
    try {
      url = new URI(given.contains("://") ? given : "http://" + given);
    } catch (URISyntaxException e) {
      throw layers.refuse(Key.OTLP_ENDPOINT, OTLP_ENDPOINT_RULE);
    }
    boolean isUrl = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!isUrl || url.getHost() == null) {
      throw layers.refuse(Key.OTLP_ENDPOINT, OTLP_ENDPOINT_RULE);
    }
    boolean hasPath = !url.getPath().isEmpty() && !url.getPath().equals("/");
    boolean isHttp =
        protocol == null
            ? hasPath || url.getPort() == OTLP_HTTP_PORT
            : protocol.equals("http/protobuf");
    if (!isHttp && hasPath) {
      throw layers.refuse(Key.OTLP_ENDPOINT, "must have no path with otlp_protocol grpc");
    }
    String base = url.getScheme() + "://" + url.getAuthority();
    return isHttp
        ? new Tracing(hasPath ? url.toString() : base + "/v1/traces", Tracing.Protocol.HTTP)
        : new Tracing(base, Tracing.Protocol.GRPC);
  }

  private static @Nullable Legacy legacy(Layers layers) {
    int pollPort = layers.number(Key.LEGACY_POLL_PORT, 0, 65_535);
    if (!layers.isOn(Key.LEGACY_ENABLED)) {
      return null;
    }
    if (layers.text(Key.STORAGE_TYPE).equals("postgres")) {
      throw layers.refuse(
          Key.LEGACY_ENABLED,
          "must be false with storage.type postgres: that interface is served by one server alone");
    }
    if (profile(layers) == RuleSet.Profile.MAIN) {
      throw layers.refuse(
          Key.PROFILE, "must be release with legacy.enabled: by the rules of main no sleep ends");
    }
    return new Legacy(pollPort);
  }

  /** What allows no network would mean that all of them are allowed. */
  private static Networks allowedNetworks(Layers layers) {
    Networks allowed = networks(layers, Key.PUSH_ALLOW);
    if (allowed.isEmpty() && layers.isSet(Key.PUSH_ALLOW)) {
      throw layers.refuse(
          Key.PUSH_ALLOW,
          "must hold a network, or be absent, which allows all that is not denied;"
              + " transports.http_push.enabled=false posts nowhere");
    }
    return allowed;
  }

  private static Networks networks(Layers layers, Key key) {
    try {
      return Networks.of(layers.list(key));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(
          "%s must hold networks such as 10.0.0.0/8 or fd00::/8, loopback, private, metadata or none, not '%s'"
              .formatted(layers.origin(key), e.getMessage()));
    }
  }

  private static RuleSet.Profile profile(Layers layers) {
    return switch (layers.text(Key.PROFILE)) {
      case "release" -> RuleSet.Profile.RELEASE;
      case "main" -> RuleSet.Profile.MAIN;
      default -> throw layers.refuse(Key.PROFILE, "must be release or main");
    };
  }

  private static String level(Layers layers) {
    String level = layers.text(Key.LEVEL).toLowerCase(Locale.ROOT);
    if (!List.of("trace", "debug", "info", "warn", "error", "off").contains(level)) {
      throw layers.refuse(Key.LEVEL, "must be trace, debug, info, warn, error or off");
    }
    return level;
  }

  private static Duration millis(Layers layers, Key key, int least) {
    return Duration.ofMillis(layers.number(key, least, Integer.MAX_VALUE));
  }
}
