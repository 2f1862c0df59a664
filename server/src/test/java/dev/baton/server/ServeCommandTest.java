package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.core.RuleSet;
import dev.baton.server.config.ConfigurationException;
import dev.baton.server.config.Key;
import dev.baton.server.config.Layers;
import dev.baton.server.config.Notices;
import dev.baton.server.config.ServerConfig;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ServeCommandTest {

  @TempDir Path folder;

  @Test
  void defaultsAreThoseOfTheReference() {
    ServerConfig config = ServerConfig.of(new Layers());
    assertThat(config.http().port()).isEqualTo(8001);
    assertThat(config.metrics().port()).isEqualTo(9090);
    assertThat(config.storage())
        .isEqualTo(new ServerConfig.Storage.Sqlite("resonate.db", 1_000, null));
    assertThat(config.rules()).isEqualTo(RuleSet.DEFAULT);
    assertThat(config.dispatch().grace()).hasMillis(1_000);
  }

  @Test
  void laterLayersWin() throws Exception {
    Path file = folder.resolve("resonate.toml");
    Files.writeString(
        file,
        """
        level = "warn"
        [server]
        port = 1
        shutdown_timeout = 5
        cors.allow_origins = ["http://a", "http://b"]
        """);
    ServerConfig config =
        ServerConfig.of(
            new Layers()
                .file(file)
                .environment(
                    Map.of("RESONATE_SERVER__PORT", "2", "RESONATE_SERVER__BIND", "127.0.0.1"))
                .set(Key.SERVER_PORT, "3"));
    assertThat(config.level()).isEqualTo("warn");
    assertThat(config.http().port()).isEqualTo(3);
    assertThat(config.http().bind()).isEqualTo("127.0.0.1");
    assertThat(config.http().shutdownTimeout()).hasMillis(5);
    assertThat(config.http().corsAllowOrigins()).containsExactly("http://a", "http://b");
  }

  /** It would start without its settings, perhaps without authentication. */
  @Test
  void aFolderInThePlaceOfTheFileIsNotPassedOver() throws Exception {
    Path folderInItsPlace = Files.createDirectory(folder.resolve("resonate.toml"));
    assertThatThrownBy(() -> new Layers().file(folderInItsPlace))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageEndingWith("resonate.toml: a folder, where the file of settings should be");
  }

  @Test
  void anUnknownKeyInTheFileIsNamed() throws Exception {
    Path file = folder.resolve("resonate.toml");
    Files.writeString(file, "[server]\nprot = 1\n");
    assertThatThrownBy(() -> new Layers().file(file))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("unknown key 'server.prot'")
        .hasMessageContaining("resonate.toml");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          server.prot                           | server.port
          server.shutdown-timeout               | server.shutdown_timeout
          auth.public_key                       | auth.publickey
          transports.http_push.conncurency      | transports.http_push.concurrency
          storage.sqlite.file                   | -
          """)
  void aMisspeltKeyInTheFileIsNamedWithTheOneItLooksLike(String key, String meant)
      throws Exception {
    Path file = Files.writeString(folder.resolve("resonate.toml"), key + " = 1\n");
    assertThatThrownBy(() -> new Layers().file(file))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("unknown key '" + key + "'")
        .hasMessageEndingWith(meant.equals("-") ? "'" : "did you mean " + meant + "?");
  }

  /** All of protocol section 17, as full files of the reference server have it. */
  @Test
  void everySectionOfTheReferencesFileIsAccepted() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("resonate.toml"),
            """
            level = "info"
            debug = false
            [server]
            host = "localhost"
            port = 8001
            bind = "0.0.0.0"
            url = "http://localhost:8001"
            shutdown_timeout = 10000
            [server.cors]
            allow_origins = []
            [storage]
            type = "sqlite"
            [storage.sqlite]
            path = "resonate.db"
            [storage.postgres]
            url = "postgres://resonate:secret@db/resonate"
            pool_size = 10
            [storage.mysql]
            url = "mysql://resonate:secret@db/resonate"
            pool_size = 10
            [auth]
            [tasks]
            lease_timeout = 15000
            retry_timeout = 30000
            [timeouts]
            poll_interval = 1000
            [messages]
            poll_interval = 100
            batch_size = 100
            [transports.http_push]
            enabled = true
            concurrency = 256
            connect_timeout = 10000
            request_timeout = 180000
            [transports.http_push.auth]
            mode = "none"
            token = "secret"
            audience = "secret"
            header = "Authorization"
            [transports.http_poll]
            enabled = true
            max_connections = 1000
            buffer_size = 100
            [transports.gcps]
            enabled = false
            project = "p"
            concurrency = 256
            timeout = 10000
            [transports.bash_exec]
            enabled = false
            [observability]
            metrics_port = 9090
            otlp_endpoint = "localhost:4317"
            """);
    Layers layers = new Layers().file(file);
    List<String> notices = Notices.of(layers, ServerConfig.of(layers));
    assertThat(notices)
        .hasSize(14)
        .allMatch(notice ->
            notice.contains("accepted, without effect")
                || notice.endsWith("has no effect: storage.type is sqlite"))
        .anyMatch(notice -> notice.startsWith("storage.postgres.url (storage.postgres.url in "))
        .noneMatch(notice -> notice.contains("secret"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          PUSH_AUTH_MODE   | bearer   | must be none: posts to http targets carry no credentials, not 'bearer'
          GCPS_ENABLED     | true     | must be false: there is no such transport
          BASH_ENABLED     | true     | must be false: there is no such transport
          STORAGE_TYPE     | mysql    | must be sqlite or postgres
          GCPS_CONCURRENCY | 0        | must be an integer from 1
          """)
  void whatWouldChangeTheMeaningOfAReferencesFileIsRefused(Key key, String value, String text) {
    aBadValueIsNamedWithItsRule(key, value, text);
    assertThatThrownBy(
            () -> ServerConfig.of(new Layers().environment(Map.of(key.variable(), value))))
        .hasMessageContaining(key.variable());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          RESONATE_AUTH__PUBLIC_KEY    | RESONATE_AUTH__PUBLICKEY
          RESONATE_AUTH_PUBLICKEY      | RESONATE_AUTH__PUBLICKEY
          RESONATE_AUTH__PUBLICKY      | RESONATE_AUTH__PUBLICKEY
          RESONATE_PUBLICKEY           | RESONATE_AUTH__PUBLICKEY
          RESONATE_PUBLIC_KEY          | RESONATE_AUTH__PUBLICKEY
          RESONATE_AUTH__PUBLICKEY_    | RESONATE_AUTH__PUBLICKEY
          resonate_auth__publickey     | RESONATE_AUTH__PUBLICKEY
          Resonate_Level               | RESONATE_LEVEL
          RESONATE_LEVL                | RESONATE_LEVEL
          RESONATE_SERVER_PORT         | RESONATE_SERVER__PORT
          RESONATE_SERVER__MAX_BODY    | -
          RESONATE_AUTH__JWKS          | -
          """)
  void aMisspeltVariableEndsTheStart(String variable, String meant) {
    assertThatThrownBy(() -> new Layers().environment(Map.of(variable, "9001")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(variable + " is no setting of the server")
        .hasMessageEndingWith(meant.equals("-") ? "server" : "did you mean " + meant + "?");
  }

  /**
   * SDKs that run beside the server; a Service in Kubernetes named resonate, or resonate-server.
   */
  @ParameterizedTest
  @CsvSource({
    "RESONATE_URL, http://localhost:8001",
    "RESONATE_TOKEN, aa.bb.cc",
    "RESONATE_GROUP, workers",
    "RESONATE_PID, w1",
    "RESONATE_HOST, localhost",
    "RESONATE_PORT, 8001",
    "RESONATE_PORT, tcp://10.0.0.1:8001",
    "RESONATE_PORT_8001_TCP, tcp://10.0.0.1:8001",
    "RESONATE_PORT_8001_TCP_ADDR, 10.0.0.1",
    "RESONATE_SERVICE_HOST, 10.0.0.1",
    "RESONATE_SERVICE_PORT, 8001",
    "RESONATE_SERVICE_PORT_HTTP, 8001",
    "RESONATE_SERVER_PORT, tcp://10.0.0.1:8001",
    "RESONATE_SERVER_PORT_8001_TCP_PORT, 8001",
    "RESONATE_SERVER_SERVICE_HOST, 10.0.0.1",
    "RESONATE_METRICS_SERVICE_PORT_METRICS, 9090",
    "RESONATEX, 1",
    "OTHER__KEY, 1"
  })
  void whatOthersReadOrMakeIsNoMistake(String variable, String value) {
    Layers layers = new Layers().environment(Map.of(variable, value));
    assertThat(Notices.of(layers, ServerConfig.of(layers))).isEmpty();
  }

  @Test
  void aVariableThatLooksLikeNoneIsSaid() {
    Layers layers = new Layers().environment(Map.of("RESONATE_COLOUR", "blue"));
    assertThat(Notices.of(layers, ServerConfig.of(layers)))
        .containsExactly("RESONATE_COLOUR is no setting of the server");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SERVER_QUEUE_SIZE    | 100       | server.max_batch (default) is 1024 and is never reached: server.queue_size (--server-queue-size) is 100
          SERVER_MAX_BATCH     | 100000    | server.max_batch (--server-max-batch) is 100000 and is never reached
          SERVER_MAX_BODY_BYTES| 2000      | server.max_id_length (default) is 4096 and is never reached
          SERVER_MAX_CONNECTIONS | 5000    | transports.http_poll.max_connections (default) is 10000 and is never reached
          POLL_MAX_CONNECTIONS | 30000     | is never reached: server.max_connections (default) is 20000
          DISPATCH_REDELIVERY  | 60000     | is never reached: tasks.retry_timeout (default) is 30000
          PUSH_REQUEST_TIMEOUT | 1000      | transports.http_push.connect_timeout (default) is 3000 and is never reached
          POLL_KEEP_ALIVE      | 60000     | is 60000: clients that do not read Baton-Keep-Alive-Ms take 40000 ms of silence
          LEGACY_POLL_PORT     | 8005      | legacy.poll_port (--legacy-poll-port) has no effect: legacy.enabled is false
          AUTH_GROUPS          | any       | auth.groups (--auth-groups) has no effect: auth.publickey is absent
          CLUSTER_SECRET       | 0123456789abcdef | cluster.secret (--cluster-secret) has no effect: storage.type is sqlite
          OTLP_PROTOCOL        | grpc      | observability.otlp_protocol (--observability-otlp-protocol) has no effect: observability.otlp_endpoint is absent
          """)
  void settingsThatContradictEachOtherAreSaid(Key key, String value, String text) {
    Layers layers = new Layers().set(key, value);
    assertThat(Notices.of(layers, ServerConfig.of(layers)))
        .singleElement()
        .asString()
        .contains(text);
  }

  @Test
  void theDefaultsAndAServerInMemoryHaveNothingToSay() {
    for (Layers layers : List.of(new Layers(), Servers.memory())) {
      assertThat(Notices.of(layers, ServerConfig.of(layers))).isEmpty();
    }
  }

  @Test
  void whatBelongsToATransportThatIsOffHasNoEffect() {
    Layers layers =
        new Layers()
            .set(Key.PUSH_ENABLED, "false")
            .set(Key.PUSH_CONCURRENCY, "5")
            .set(Key.POLL_ENABLED, "false")
            .set(Key.POLL_BUFFER_SIZE, "5")
            .set(Key.POLL_BUFFER_BYTES, "5000")
            .set(Key.CONSOLE_ENABLED, "false")
            .set(Key.CONSOLE_STREAMS, "5")
            .set(Key.METRICS_PORT, "0")
            .set(Key.METRICS_GROUPS, "5");
    assertThat(Notices.of(layers, ServerConfig.of(layers)))
        .containsExactlyInAnyOrder(
            "transports.http_push.concurrency (--transports-http-push-concurrency) has no effect:"
                + " transports.http_push.enabled is false",
            "transports.http_poll.buffer_size (--transports-http-poll-buffer-size) has no effect:"
                + " transports.http_poll.enabled is false",
            "transports.http_poll.buffer_bytes (--transports-http-poll-buffer-bytes) has no effect:"
                + " transports.http_poll.enabled is false",
            "console.streams (--console-streams) has no effect: console.enabled is false",
            "observability.metrics_groups (--observability-metrics-groups) has no effect:"
                + " observability.metrics_port is 0");
  }

  @ParameterizedTest
  @CsvSource({
    "auth, publickey, []",
    "auth, publickey, '[\"a\", \"b\"]'",
    "server, port, [9001]",
    "storage, retention, {}"
  })
  void aListInThePlaceOfOneValueIsNotPassedOver(String table, String name, String value)
      throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("resonate.toml"), "[%s]\n%s = %s\n".formatted(table, name, value));
    assertThatThrownBy(() -> ServerConfig.of(new Layers().file(file)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(table + "." + name)
        .hasMessageContaining("must be one value");
  }

  /** As an unset variable of a compose file leaves them: the door must not be open for that. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "RESONATE_TRANSPORTS__HTTP_PUSH__DENY",
        "RESONATE_TRANSPORTS__HTTP_PUSH__ALLOW",
        "RESONATE_SERVER__ALLOWED_HOSTS"
      })
  void anEmptyVariableIsNoList(String variable) {
    for (String value : List.of("", " ", "10.0.0.0,,10.0.0.1", ",10.0.0.1")) {
      Layers layers = new Layers().environment(Map.of(variable, value));
      assertThatThrownBy(() -> ServerConfig.of(layers))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining(variable)
          .hasMessageContaining("must not hold an empty value");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SERVER_HOST, ::1",
    "SERVER_HOST, [::1]",
    "SERVER_HOST, baton.example",
    "SERVER_HOST, baton_server",
    "SERVER_HOST, 10.0.0.1",
    "SERVER_URL, https://baton.example/base",
    "SERVER_URL, http://baton_server:8001",
    "SERVER_URL, http://[::1]:8001",
    "SERVER_CORS_ALLOW_ORIGINS, *",
    "SERVER_CORS_ALLOW_ORIGINS, https://app.example",
    "SERVER_CORS_ALLOW_ORIGINS, http://localhost:3000",
    "SERVER_CORS_ALLOW_ORIGINS, http://[::1]:3000",
    "SERVER_CORS_ALLOW_ORIGINS, chrome-extension://abcdef",
    "SERVER_ALLOWED_HOSTS, Baton.example",
    "SERVER_ALLOWED_HOSTS, .example",
    "SERVER_ALLOWED_HOSTS, 10.0.0.7"
  })
  void whatCanMatchIsTaken(Key key, String value) {
    assertThat(ServerConfig.of(new Layers().set(key, value))).isNotNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SERVER_HOST               | http://x              | must be a host name or an IP address
          SERVER_HOST               | x:8001                | must be a host name or an IP address
          SERVER_HOST               | x/y                   | must be a host name or an IP address
          SERVER_HOST               | a b                   | must be a host name or an IP address
          SERVER_URL                | localhost:8001        | server.url (--server-url) must be a URL such as
          SERVER_URL                | http://::1:8001       | brackets around the IPv6 address
          SERVER_URL                | ' '                   | must be a URL
          SERVER_CORS_ALLOW_ORIGINS | app.example           | must be *, or origins as browsers send them
          SERVER_CORS_ALLOW_ORIGINS | https://app.example/  | not 'https://app.example/'
          SERVER_CORS_ALLOW_ORIGINS | https://App.example   | in small letters
          SERVER_CORS_ALLOW_ORIGINS | https://app.example:443 | the port unless it is the default
          SERVER_CORS_ALLOW_ORIGINS | http://app.example:80 | the port unless it is the default
          SERVER_CORS_ALLOW_ORIGINS | null                  | must be *
          SERVER_PORT               | 9090                  | observability.metrics_port (default) must be another port than server.port
          MEMORY_REQUESTS           | 1m                    | server.max_body_bytes (default) must be at most memory.requests (1048576)
          AUTH_ISS                  | ' '                   | auth.iss (--auth-iss) must not be empty
          SERVER_ALLOWED_HOSTS      | https://baton.example | server.allowed_hosts (--server-allowed-host) must be host names, without scheme and port
          SERVER_ALLOWED_HOSTS      | baton.example:8001    | not 'baton.example:8001'
          SERVER_ALLOWED_HOSTS      | *.example             | or .example for all below it
          """)
  void whatCouldNeverMatchIsRefused(Key key, String value, String text) {
    aBadValueIsNamedWithItsRule(key, value, text);
  }

  @Test
  void aBodyThatItsShareOfMemoryCouldNeverHoldIsRefused() {
    var layers =
        new Layers().set(Key.MEMORY_REQUESTS, "4m").set(Key.SERVER_MAX_BODY_BYTES, "8388608");
    assertThatThrownBy(() -> ServerConfig.of(layers))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("must be at most memory.requests (4194304)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SERVER_PORT          | 70000    | server.port (--server-port) must be an integer from 0 to 65535, not '70000'
          SERVER_PORT          | many     | must be an integer
          DEBUG                | perhaps  | debug (--debug) must be true or false, not 'perhaps'
          LEVEL                | loud     | level (--level) must be trace, debug
          STORAGE_TYPE         | paper    | storage.type (--storage-type) must be
          PROFILE              | next     | must be release or main
          PUSH_CONCURRENCY     | 0        | must be an integer from 1
          PUSH_PER_HOST        | 0        | must be an integer from 1
          PUSH_DENY            | 10.0.0/8 | must hold networks such as 10.0.0.0/8 or fd00::/8, loopback, private, metadata or none, not '10.0.0/8'
          PUSH_ALLOW           | example.org | must hold networks such as 10.0.0.0/8 or fd00::/8
          PUSH_ALLOW           | none     | must hold a network, or be absent, which allows all
          POLL_MAX_CONNECTIONS | 0        | must be an integer from 1
          POLL_BUFFER_SIZE     | 0        | must be an integer from 1
          """)
  void aBadValueIsNamedWithItsRule(Key key, String value, String text) {
    assertThatThrownBy(() -> ServerConfig.of(new Layers().set(key, value)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(text);
  }

  @Test
  void anEmptyNameOfACertificateIsNoFile() {
    Layers layers = new Layers().set(Key.SERVER_TLS_CERT, "").set(Key.SERVER_TLS_KEY, "");
    assertThatThrownBy(() -> ServerConfig.of(layers))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("server.tls_cert (--server-tls-cert) must not be empty");
  }

  private record Result(int code, String out, String err) {}

  private static Result run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = ServerMain.commandLine();
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return new Result(line.execute(arguments), out.toString(), err.toString());
  }

  @Test
  void helpListsEveryOption() {
    Result result = run("serve", "--help");
    assertThat(result.code()).isZero();
    for (Key key : Key.values()) {
      assertThat(result.out()).contains(key.flag());
    }
    assertThat(result.out()).contains("(default: 20%)").doesNotContain("%%");
    assertThat(run("dev", "--help").out()).contains(":memory:");
  }

  @Test
  void aServerThatCannotStartSaysWhyAndEndsWithOne() {
    Result result = run("serve", "--server-port=0", "--storage-sqlite-path=/no/such/folder/x.db");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("cannot open the store").doesNotContain("at dev.baton");
  }

  @Test
  void theOldInterfaceIsRefusedByAProgramThatLacksIt() {
    Result result = run("dev", "--server-port=0", "--legacy-enabled=true");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("legacy.enabled must be false");
  }

  @Test
  void aBusyPortIsNamed() {
    try (BatonServer first = Servers.start(Servers.memory())) {
      Result result =
          run(
              "dev",
              "--server-bind=127.0.0.1",
              "--observability-metrics-port=0",
              "--server-port=" + first.port());
      assertThat(result.code()).isEqualTo(1);
      assertThat(result.err())
          .contains("cannot listen on 127.0.0.1:" + first.port() + ": Address already in use");
    }
  }
}
