package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.core.RuleSet;
import dev.baton.server.config.ConfigurationException;
import dev.baton.server.config.Key;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ServeCommandTest {

  @TempDir Path folder;

  @Test
  void defaultsAreThoseOfTheReference() {
    ServerConfig config = ServerConfig.of(new Layers());
    assertThat(config.http().port()).isEqualTo(8001);
    assertThat(config.metrics().port()).isEqualTo(9090);
    assertThat(config.storage()).isEqualTo(new ServerConfig.Storage.Sqlite("resonate.db"));
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
          SERVER_PORT          | 70000    | server.port (--server-port) must be an integer from 0 to 65535, not '70000'
          SERVER_PORT          | many     | must be an integer
          DEBUG                | perhaps  | debug (--debug) must be true or false, not 'perhaps'
          LEVEL                | loud     | level (--level) must be trace, debug
          STORAGE_TYPE         | paper    | storage.type (--storage-type) must be
          PROFILE              | next     | must be release or main
          PUSH_CONCURRENCY     | 0        | must be an integer from 1
          POLL_MAX_CONNECTIONS | 0        | must be an integer from 1
          POLL_BUFFER_SIZE     | 0        | must be an integer from 1
          """)
  void aBadValueIsNamedWithItsRule(Key key, String value, String text) {
    assertThatThrownBy(() -> ServerConfig.of(new Layers().set(key, value)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(text);
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
      assertThat(result.err()).contains("cannot listen on 127.0.0.1:" + first.port());
    }
  }
}
