package dev.baton.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where spans are sent. */
class TracingTest {

  private static Layers layers(String endpoint, @Nullable String protocol) {
    Layers layers = new Layers().set(Key.OTLP_ENDPOINT, endpoint);
    return protocol == null ? layers : layers.set(Key.OTLP_PROTOCOL, protocol);
  }

  @Test
  void thereAreNoSpansUnlessAnEndpointIsGiven() {
    assertThat(ServerConfig.of(new Layers()).tracing()).isNull();
    assertThat(ServerConfig.of(layers(" ", null)).tracing()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          localhost:4317               |               | GRPC | http://localhost:4317
          http://otel:4318             |               | HTTP | http://otel:4318/v1/traces
          http://otel:4318/            |               | HTTP | http://otel:4318/v1/traces
          https://otel/otlp/v1/traces  |               | HTTP | https://otel/otlp/v1/traces
          otel:9000                    |               | GRPC | http://otel:9000
          otel:9000                    | http/protobuf | HTTP | http://otel:9000/v1/traces
          http://[::1]:4318            | grpc          | GRPC | http://[::1]:4318
          """)
  void anEndpointSaysHowItIsSpokenTo(
      String given,
      @Nullable String protocol,
      ServerConfig.Tracing.Protocol kind,
      String endpoint) {
    assertThat(ServerConfig.of(layers(given, protocol)).tracing())
        .isEqualTo(new ServerConfig.Tracing(endpoint, kind));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ftp://otel:4318    |      | must be host:port or an http or https URL
          not a host         |      | must be host:port or an http or https URL
          http://            |      | must be host:port or an http or https URL
          http://otel/v1     | grpc | must have no path with otlp_protocol grpc
          otel:4317          | json | must be grpc or http/protobuf, not 'json'
          """)
  void whatIsNoneIsRefused(String given, @Nullable String protocol, String text) {
    assertThatThrownBy(() -> ServerConfig.of(layers(given, protocol)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(text);
  }

  @Test
  void theVariableThatOthersReadCountsToo() {
    Layers layers =
        new Layers()
            .environment(
                Map.of(
                    "OTEL_EXPORTER_OTLP_ENDPOINT",
                    "http://otel:4318",
                    "RESONATE_OBSERVABILITY__OTLP_ENDPOINT",
                    "other:1"));
    assertThat(ServerConfig.of(layers).tracing())
        .isEqualTo(
            new ServerConfig.Tracing(
                "http://otel:4318/v1/traces", ServerConfig.Tracing.Protocol.HTTP));
  }
}
