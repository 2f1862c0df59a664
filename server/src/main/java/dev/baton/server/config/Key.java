package dev.baton.server.config;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A configuration key: its path in the file, from which the environment variable follows, its flag,
 * what it holds, and its default. Those that protocol section 17 lists mean the same here.
 */
public enum Key {
  LEVEL("level", "--level", Kind.TEXT, "info", "log level: trace, debug, info, warn, error or off"),
  DEBUG("debug", "--debug", Kind.SWITCH, "false", "allow debug.* requests and virtual time"),
  PROFILE(
      "profile",
      "--profile",
      Kind.TEXT,
      "release",
      "generation of the protocol's rules: release or main"),
  SERVER_HOST(
      "server.host", "--server-host", Kind.TEXT, "localhost", "host name in the default URL"),
  SERVER_PORT("server.port", "--server-port", Kind.NUMBER, "8001", "port; 0 picks a free one"),
  SERVER_BIND("server.bind", "--server-bind", Kind.TEXT, "0.0.0.0", "address to listen on"),
  SERVER_URL(
      "server.url",
      "--server-url",
      Kind.TEXT,
      null,
      "URL that execute messages carry; default http://{host}:{port}, https with server.tls_cert"),
  SERVER_TLS_CERT(
      "server.tls_cert",
      "--server-tls-cert",
      Kind.TEXT,
      null,
      "PEM file of the certificate, and those between it and its authority, that clients are shown:"
          + " the port then speaks TLS only. Read again every ten seconds"),
  SERVER_TLS_KEY(
      "server.tls_key",
      "--server-tls-key",
      Kind.TEXT,
      null,
      "PEM file of the certificate's private key (PKCS 8), not encrypted; read again with it"),
  SERVER_WARM_UP(
      "server.warm_up",
      "--server-warm-up",
      Kind.NUMBER,
      "450",
      "ms that a program that starts may practise on a server that is thrown away before it is"
          + " ready, and later while it is idle; 0: no practice. With level debug or trace there is"
          + " none"),
  SERVER_SHUTDOWN_TIMEOUT(
      "server.shutdown_timeout",
      "--server-shutdown-timeout",
      Kind.NUMBER,
      "10000",
      "ms that requests in flight get at the end"),
  SERVER_READY_GRACE(
      "server.ready_grace",
      "--server-ready-grace",
      Kind.NUMBER,
      "0",
      "ms for which a server that is asked to end serves on while it says that it is not ready:"
          + " what sends clients to it has to notice in that time"),
  SERVER_CORS_ALLOW_ORIGINS(
      "server.cors.allow_origins",
      "--server-cors-allow-origin",
      Kind.LIST,
      null,
      "origin that browsers may call from, or *; repeatable"),
  SERVER_ALLOWED_HOSTS(
      "server.allowed_hosts",
      "--server-allowed-host",
      Kind.LIST,
      null,
      "further name under which browsers may ask for this server while it asks for no token; .name"
          + " means all below it; repeatable"),
  SERVER_MAX_BODY_BYTES(
      "server.max_body_bytes",
      "--server-max-body-bytes",
      Kind.NUMBER,
      "2097152",
      "largest request body; more is 413"),
  SERVER_MAX_ID_LENGTH(
      "server.max_id_length",
      "--server-max-id-length",
      Kind.NUMBER,
      "4096",
      "longest id, in characters; more is 400"),
  SERVER_MAX_TAGS(
      "server.max_tags",
      "--server-max-tags",
      Kind.NUMBER,
      "1024",
      "most tags of a promise, or headers of a value; more is 400"),
  SERVER_MAX_NAME_LENGTH(
      "server.max_name_length",
      "--server-max-name-length",
      Kind.NUMBER,
      "4096",
      "longest name of a tag or a header, in characters; more is 400"),
  SERVER_MAX_TAG_LENGTH(
      "server.max_tag_length",
      "--server-max-tag-length",
      Kind.NUMBER,
      "65536",
      "longest value of a tag or a header, in characters; more is 400"),
  SERVER_MAX_BATCH(
      "server.max_batch",
      "--server-max-batch",
      Kind.NUMBER,
      "1024",
      "most requests that one transaction takes"),
  SERVER_QUEUE_SIZE(
      "server.queue_size",
      "--server-queue-size",
      Kind.NUMBER,
      "16384",
      "most requests that wait for a transaction; more is 429"),
  SERVER_READERS(
      "server.readers",
      "--server-readers",
      Kind.NUMBER,
      "2",
      "threads that answer searches, each with a connection of its own to the store"),
  SERVER_READER_QUEUE(
      "server.reader_queue",
      "--server-reader-queue",
      Kind.NUMBER,
      "256",
      "most searches that wait for a reader; more is 429"),
  SERVER_READER_SHARE(
      "server.reader_share",
      "--server-reader-share",
      Kind.NUMBER,
      "10",
      "percent of one processor that each kind of reading takes at most while others are served,"
          + " with 800 kB of garbage a second for each percent: small searches, large ones, groups and metrics, a backup"),
  SERVER_MAX_ANSWER_BYTES(
      "server.max_answer_bytes",
      "--server-max-answer-bytes",
      Kind.NUMBER,
      "4194304",
      "largest page of a search, and at most an eighth of memory.answers, unless a single row is"
          + " larger; the rest comes with its cursor"),
  SERVER_MAX_CONNECTIONS(
      "server.max_connections",
      "--server-max-connections",
      Kind.NUMBER,
      "20000",
      "most open HTTP connections; more are closed at once"),
  SERVER_IDLE_TIMEOUT(
      "server.idle_timeout",
      "--server-idle-timeout",
      Kind.NUMBER,
      "120000",
      "ms without a byte either way after which a connection is closed; 0 never"),
  SERVER_MAX_PRELOAD_BYTES(
      "server.max_preload_bytes",
      "--server-max-preload-bytes",
      Kind.NUMBER,
      "4194304",
      "about how many bytes of other promises come with an acquired task; what does not fit is left"
          + " out, and workers ask for it"),
  MEMORY_REQUESTS(
      "memory.requests",
      "--memory-requests",
      Kind.TEXT,
      "20%",
      "memory for requests that are being read or wait: a share of the heap, or a size such as 64m;"
          + " more is 503"),
  MEMORY_LIVE(
      "memory.live",
      "--memory-live",
      Kind.TEXT,
      "35%",
      "memory for pending promises, unfinished tasks and schedules; what is new is 503 beyond seven"
          + " eighths of it, what belongs to work that runs beyond all of it"),
  MEMORY_ANSWERS(
      "memory.answers",
      "--memory-answers",
      Kind.TEXT,
      "12%",
      "memory for large answers that their clients have not yet read, half of it for one address;"
          + " more is 503. Bounds server.max_preload_bytes to a quarter of it"),
  MEMORY_STREAMS(
      "memory.streams",
      "--memory-streams",
      Kind.TEXT,
      "6%",
      "memory for messages that workers have not yet read; what is over waits in the store"),
  MEMORY_POSTS(
      "memory.posts",
      "--memory-posts",
      Kind.TEXT,
      "3%",
      "memory for messages that are posted to http targets; what is over is posted later"),
  SERVER_MAX_CONNECTIONS_PER_ADDRESS(
      "server.max_connections_per_address",
      "--server-max-connections-per-address",
      Kind.NUMBER,
      "0",
      "most open HTTP connections from one address; 0: three quarters of server.max_connections"),
  SERVER_HEADER_TIMEOUT(
      "server.header_timeout",
      "--server-header-timeout",
      Kind.NUMBER,
      "10000",
      "ms that the head of a request may take, also the first of a connection; 0 for ever"),
  SERVER_BODY_TIMEOUT(
      "server.body_timeout",
      "--server-body-timeout",
      Kind.NUMBER,
      "30000",
      "ms that the body of a request may take, and that a client may take for each 128 KiB of a"
          + " backup; 0 for ever"),
  SERVER_STALL_TIMEOUT(
      "server.stall_timeout",
      "--server-stall-timeout",
      Kind.NUMBER,
      "10000",
      "ms that requests may wait while nothing is done at all before /health fails; 0: for ever"),
  STORAGE_TYPE(
      "storage.type",
      "--storage-type",
      Kind.TEXT,
      "sqlite",
      "where promises are kept: sqlite or postgres"),
  STORAGE_SQLITE_PATH(
      "storage.sqlite.path",
      "--storage-sqlite-path",
      Kind.TEXT,
      "resonate.db",
      "file of the store; :memory: keeps nothing"),
  STORAGE_SQLITE_AUTO_CHECKPOINT(
      "storage.sqlite.auto_checkpoint",
      "--storage-sqlite-auto-checkpoint",
      Kind.NUMBER,
      "1000",
      "pages of 4 KiB in the log with which a commit brings them into the file; 0: a tool beside"
          + " the server does that, such as Litestream"),
  STORAGE_SQLITE_BACKUP_DIR(
      "storage.sqlite.backup_dir",
      "--storage-sqlite-backup-dir",
      Kind.TEXT,
      null,
      "folder in which a backup is written before it is sent; default that of the file"),
  STORAGE_POSTGRES_URL(
      "storage.postgres.url",
      "--storage-postgres-url",
      Kind.TEXT,
      null,
      "database, such as postgres://host:5432/baton; several hosts with commas between"),
  STORAGE_POSTGRES_USER(
      "storage.postgres.user",
      "--storage-postgres-user",
      Kind.TEXT,
      null,
      "who this server is to the database, unless the URL says so"),
  STORAGE_POSTGRES_USER_FILE(
      "storage.postgres.user_file",
      "--storage-postgres-user-file",
      Kind.TEXT,
      null,
      "file that says so, instead; read for each connection"),
  STORAGE_POSTGRES_PASSWORD(
      "storage.postgres.password",
      "--storage-postgres-password",
      Kind.TEXT,
      null,
      "password, unless the URL has it; better in a file"),
  STORAGE_POSTGRES_PASSWORD_FILE(
      "storage.postgres.password_file",
      "--storage-postgres-password-file",
      Kind.TEXT,
      null,
      "file of the password, instead; read for each connection"),
  STORAGE_POSTGRES_SSLMODE(
      "storage.postgres.sslmode",
      "--storage-postgres-sslmode",
      Kind.TEXT,
      null,
      "disable, allow, prefer, require, verify-ca or verify-full, as the driver means them; default"
          + " prefer, or what the URL says"),
  STORAGE_POSTGRES_SSLROOTCERT(
      "storage.postgres.sslrootcert",
      "--storage-postgres-sslrootcert",
      Kind.TEXT,
      null,
      "file of the certificates that may have signed the database's"),
  STORAGE_POSTGRES_SSLCERT(
      "storage.postgres.sslcert",
      "--storage-postgres-sslcert",
      Kind.TEXT,
      null,
      "file of this server's certificate for the database"),
  STORAGE_POSTGRES_SSLKEY(
      "storage.postgres.sslkey",
      "--storage-postgres-sslkey",
      Kind.TEXT,
      null,
      "file of its key, PKCS-8 in DER or PKCS-12"),
  STORAGE_POSTGRES_POOL_SIZE(
      "storage.postgres.pool_size",
      "--storage-postgres-pool-size",
      Kind.NUMBER,
      "10",
      "most connections of this server: one writes, each of server.readers has one, and two are"
          + " kept for who owns the store"),
  STORAGE_POSTGRES_CONNECT_TIMEOUT(
      "storage.postgres.connect_timeout",
      "--storage-postgres-connect-timeout",
      Kind.NUMBER,
      "3000",
      "ms that a connection may take to be made"),
  STORAGE_POSTGRES_TIMEOUT(
      "storage.postgres.timeout",
      "--storage-postgres-timeout",
      Kind.NUMBER,
      "5000",
      "ms for which the database may be silent while it has been asked something; then the"
          + " connection counts as broken"),
  STORAGE_MYSQL_URL(
      "storage.mysql.url",
      "--storage-mysql-url",
      Kind.TEXT,
      null,
      "accepted, without effect: there is no such store"),
  STORAGE_MYSQL_POOL_SIZE(
      "storage.mysql.pool_size",
      "--storage-mysql-pool-size",
      Kind.NUMBER,
      "10",
      "accepted, without effect: there is no such store"),
  STORAGE_PROBE_INTERVAL(
      "storage.probe_interval",
      "--storage-probe-interval",
      Kind.NUMBER,
      "1000",
      "ms after which a store that cannot save is tried again; by default 200 with postgres"),
  STORAGE_RETENTION(
      "storage.retention",
      "--storage-retention",
      Kind.TEXT,
      "0",
      "how long settled promises are kept, such as 12h or 30d; 0 for ever"),
  AUTH_PUBLICKEY(
      "auth.publickey",
      "--auth-publickey",
      Kind.TEXT,
      null,
      "key that tokens are checked with: PEM text or a file of it; none: signatures are not"
          + " checked; without it everybody may do everything"),
  AUTH_ISS("auth.iss", "--auth-iss", Kind.TEXT, null, "what a token's iss must be"),
  AUTH_AUD("auth.aud", "--auth-aud", Kind.TEXT, null, "what a token's aud must contain"),
  AUTH_GROUPS(
      "auth.groups",
      "--auth-groups",
      Kind.TEXT,
      null,
      "which groups a token reaches: claims, those that it claims; any, all. Default claims; with"
          + " debug any"),
  TASKS_LEASE_TIMEOUT(
      "tasks.lease_timeout",
      "--tasks-lease-timeout",
      Kind.NUMBER,
      "15000",
      "ms; accepted, without effect: only the bash transport, which Baton does not have, uses it"),
  TASKS_RETRY_TIMEOUT(
      "tasks.retry_timeout",
      "--tasks-retry-timeout",
      Kind.NUMBER,
      "30000",
      "ms after which an offer that nobody took is repeated at the latest"),
  TIMEOUTS_POLL_INTERVAL(
      "timeouts.poll_interval",
      "--timeouts-poll-interval",
      Kind.NUMBER,
      "1000",
      "ms; accepted, without effect: timers fire when they are due"),
  MESSAGES_POLL_INTERVAL(
      "messages.poll_interval",
      "--messages-poll-interval",
      Kind.NUMBER,
      "100",
      "ms; accepted, without effect: messages leave at commit"),
  MESSAGES_BATCH_SIZE(
      "messages.batch_size",
      "--messages-batch-size",
      Kind.NUMBER,
      "100",
      "accepted, without effect: messages leave at commit"),
  DISPATCH_REDELIVERY(
      "dispatch.redelivery",
      "--dispatch-redelivery",
      Kind.NUMBER,
      "5000",
      "ms that a worker has to acquire a task it was sent before another gets it"),
  HANDOVER_GRACE(
      "handover.grace",
      "--handover-grace",
      Kind.NUMBER,
      "1000",
      "ms that a worker has to come back after its connection broke before its leases end; 0: only"
          + " the lease counts"),
  HANDOVER_REPLICA_GRACE(
      "handover.replica_grace",
      "--handover-replica-grace",
      Kind.NUMBER,
      "5000",
      "ms that a worker has to come back when the server that held its connection was lost, as one"
          + " of several; not less than handover.grace"),
  CLUSTER_PORT(
      "cluster.port",
      "--cluster-port",
      Kind.NUMBER,
      "8003",
      "port for the other servers of a cluster, opened if there is a cluster.secret; 0 picks a free"
          + " one"),
  CLUSTER_BIND(
      "cluster.bind",
      "--cluster-bind",
      Kind.TEXT,
      null,
      "address to listen on for the other servers; default server.bind"),
  CLUSTER_URL(
      "cluster.url",
      "--cluster-url",
      Kind.TEXT,
      null,
      "URL at which the other servers reach this one's cluster.port; default"
          + " http://{server.host}:{cluster.port}"),
  CLUSTER_SECRET(
      "cluster.secret",
      "--cluster-secret",
      Kind.TEXT,
      null,
      "what the servers of a cluster know each other by, the same for all, of 16 characters at"
          + " least; without it each serves only while it owns the store"),
  CLUSTER_SECRET_FILE(
      "cluster.secret_file",
      "--cluster-secret-file",
      Kind.TEXT,
      null,
      "file that holds cluster.secret"),
  CLUSTER_HOLD(
      "cluster.hold",
      "--cluster-hold",
      Kind.NUMBER,
      "5000",
      "ms that a request waits for an owner of the store before it is answered 503"),
  POLL_ENABLED(
      "transports.http_poll.enabled",
      "--transports-http-poll-enabled",
      Kind.SWITCH,
      "true",
      "workers may connect"),
  POLL_MAX_CONNECTIONS(
      "transports.http_poll.max_connections",
      "--transports-http-poll-max-connections",
      Kind.NUMBER,
      "10000",
      "most connected workers; more is 503"),
  POLL_BUFFER_SIZE(
      "transports.http_poll.buffer_size",
      "--transports-http-poll-buffer-size",
      Kind.NUMBER,
      "100",
      "most messages written to a worker and not yet taken by its connection"),
  POLL_BUFFER_BYTES(
      "transports.http_poll.buffer_bytes",
      "--transports-http-poll-buffer-bytes",
      Kind.NUMBER,
      "1048576",
      "most bytes of messages written to a worker and not yet taken by its connection; a larger"
          + " message goes alone"),
  POLL_KEEP_ALIVE(
      "transports.http_poll.keep_alive",
      "--transports-http-poll-keep-alive",
      Kind.NUMBER,
      "10000",
      "ms between comment lines on a quiet connection; less for a worker that asks with"
          + " ?keep-alive=N"),
  POLL_ACK_TIMEOUT(
      "transports.http_poll.ack_timeout",
      "--transports-http-poll-ack-timeout",
      Kind.NUMBER,
      "3000",
      "ms that a worker's machine has to acknowledge what it is sent before its connection counts"
          + " as broken; 0: for ever"),
  PUSH_ENABLED(
      "transports.http_push.enabled",
      "--transports-http-push-enabled",
      Kind.SWITCH,
      "true",
      "messages are posted to http targets"),
  PUSH_CONCURRENCY(
      "transports.http_push.concurrency",
      "--transports-http-push-concurrency",
      Kind.NUMBER,
      "256",
      "most posts in flight"),
  PUSH_PER_HOST(
      "transports.http_push.per_host",
      "--transports-http-push-per-host",
      Kind.NUMBER,
      "64",
      "most posts in flight to one host and port; at most half of all, 1 at first and behind one"
          + " that did not reach it, and 4 if it was silent the last time"),
  PUSH_ALLOW(
      "transports.http_push.allow",
      "--transports-http-push-allow",
      Kind.LIST,
      null,
      "networks that may be posted to and no others, such as 10.0.0.0/8, loopback or private;"
          + " repeatable"),
  PUSH_DENY(
      "transports.http_push.deny",
      "--transports-http-push-deny",
      Kind.LIST,
      "metadata",
      "networks that are never posted to: networks, loopback, private, metadata (link-local, and"
          + " where clouds answer to their machines) or none; repeatable"),
  PUSH_CONNECT_TIMEOUT(
      "transports.http_push.connect_timeout",
      "--transports-http-push-connect-timeout",
      Kind.NUMBER,
      "3000",
      "ms"),
  PUSH_REQUEST_TIMEOUT(
      "transports.http_push.request_timeout",
      "--transports-http-push-request-timeout",
      Kind.NUMBER,
      "180000",
      "ms"),
  PUSH_AUTH_MODE(
      "transports.http_push.auth.mode",
      "--transports-http-push-auth-mode",
      Kind.TEXT,
      "none",
      "how posts to http targets identify themselves: none"),
  PUSH_AUTH_TOKEN(
      "transports.http_push.auth.token",
      "--transports-http-push-auth-token",
      Kind.TEXT,
      null,
      "accepted, without effect: posts carry no token"),
  PUSH_AUTH_AUDIENCE(
      "transports.http_push.auth.audience",
      "--transports-http-push-auth-aud",
      Kind.TEXT,
      null,
      "accepted, without effect: posts carry no token"),
  PUSH_AUTH_HEADER(
      "transports.http_push.auth.header",
      "--transports-http-push-auth-header",
      Kind.TEXT,
      "Authorization",
      "accepted, without effect: posts carry no token"),
  GCPS_ENABLED(
      "transports.gcps.enabled",
      "--transports-gcps-enabled",
      Kind.SWITCH,
      "false",
      "false: Baton does not deliver to Google Pub/Sub"),
  GCPS_PROJECT(
      "transports.gcps.project",
      "--transports-gcps-project",
      Kind.TEXT,
      null,
      "accepted, without effect: there is no such transport"),
  GCPS_CONCURRENCY(
      "transports.gcps.concurrency",
      "--transports-gcps-concurrency",
      Kind.NUMBER,
      "256",
      "accepted, without effect: there is no such transport"),
  GCPS_TIMEOUT(
      "transports.gcps.timeout",
      "--transports-gcps-timeout",
      Kind.NUMBER,
      "10000",
      "ms; accepted, without effect: there is no such transport"),
  BASH_ENABLED(
      "transports.bash_exec.enabled",
      "--transports-bash-exec-enabled",
      Kind.SWITCH,
      "false",
      "false: Baton runs no scripts"),
  LEGACY_ENABLED(
      "legacy.enabled",
      "--legacy-enabled",
      Kind.SWITCH,
      "false",
      "also serve the interface that came before the protocol (/promises, /tasks, /schedules)"),
  LEGACY_POLL_PORT(
      "legacy.poll_port",
      "--legacy-poll-port",
      Kind.NUMBER,
      "8002",
      "port of that interface's messages; 0 picks a free one"),
  METRICS_PORT(
      "observability.metrics_port",
      "--observability-metrics-port",
      Kind.NUMBER,
      "9090",
      "port of /metrics; 0: none"),
  METRICS_BIND(
      "observability.metrics_bind",
      "--observability-metrics-bind",
      Kind.TEXT,
      null,
      "address that the metrics listen on; default server.bind"),
  METRICS_GROUPS(
      "observability.metrics_groups",
      "--observability-metrics-groups",
      Kind.NUMBER,
      "1000",
      "most groups with series of their own in /metrics; the rest is one series"),
  CONSOLE_ENABLED(
      "console.enabled",
      "--console-enabled",
      Kind.SWITCH,
      "true",
      "serve the console and what its page reads"),
  CONSOLE_ACTIONS(
      "console.actions",
      "--console-actions",
      Kind.SWITCH,
      "true",
      "let the console's page change something, as far as its token may; false: what it sends is"
          + " refused"),
  CONSOLE_EVENTS(
      "console.events",
      "--console-events",
      Kind.NUMBER,
      "65536",
      "most events that are remembered in memory for those who look; 31 bytes and the names in them"
          + " each, 16 MiB of names at most"),
  CONSOLE_STREAMS(
      "console.streams",
      "--console-streams",
      Kind.NUMBER,
      "200",
      "most streams of /live that are open; more is 503"),
  OTLP_ENDPOINT(
      "observability.otlp_endpoint",
      "--observability-otlp-endpoint",
      Kind.TEXT,
      null,
      "collector of OpenTelemetry that the server's spans are sent to, such as"
          + " http://collector:4318 or localhost:4317; none: there are no spans. The variable"
          + " OTEL_EXPORTER_OTLP_ENDPOINT means the same"),
  OTLP_PROTOCOL(
      "observability.otlp_protocol",
      "--observability-otlp-protocol",
      Kind.TEXT,
      null,
      "how they are sent: grpc or http/protobuf; by default http/protobuf if the endpoint has port"
          + " 4318 or a path, else grpc");

  /** Those that the reference server has and that mean nothing here. */
  private static final Set<Key> WITHOUT_EFFECT =
      EnumSet.of(
          STORAGE_MYSQL_URL,
          STORAGE_MYSQL_POOL_SIZE,
          TASKS_LEASE_TIMEOUT,
          TIMEOUTS_POLL_INTERVAL,
          MESSAGES_POLL_INTERVAL,
          MESSAGES_BATCH_SIZE,
          PUSH_AUTH_TOKEN,
          PUSH_AUTH_AUDIENCE,
          PUSH_AUTH_HEADER,
          GCPS_PROJECT,
          GCPS_CONCURRENCY,
          GCPS_TIMEOUT);

  /** What a key holds. */
  public enum Kind {
    TEXT,
    NUMBER,
    SWITCH,
    LIST
  }

  private final String path;
  private final String flag;
  private final Kind kind;
  private final @Nullable String fallback;
  private final String meaning;

  Key(String path, String flag, Kind kind, @Nullable String fallback, String meaning) {
    this.path = path;
    this.flag = flag;
    this.kind = kind;
    this.fallback = fallback;
    this.meaning = meaning;
  }

  /** Its place in the file, such as {@code server.port}. */
  public String path() {
    return path;
  }

  /** Its command line flag. */
  public String flag() {
    return flag;
  }

  /** What it holds. */
  public Kind kind() {
    return kind;
  }

  /** Its default as text; null means absent. */
  public @Nullable String fallback() {
    return fallback;
  }

  /** One line for the help. */
  public String meaning() {
    return meaning;
  }

  /** Whether it changes anything. */
  public boolean hasEffect() {
    return !WITHOUT_EFFECT.contains(this);
  }

  /** Its environment variable, such as {@code RESONATE_SERVER__PORT}. */
  public String variable() {
    return "RESONATE_" + path.toUpperCase(Locale.ROOT).replace(".", "__");
  }
}
