package dev.baton.server.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.baton.server.BatonServer;
import dev.baton.server.Servers;
import dev.baton.server.config.Key;
import dev.baton.testing.Client;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** A collector that is not there hurts nobody. */
@Timeout(120)
class DeadCollectorIT {

  private static final int CALLS = 400;

  private final Logger logger = (Logger) LoggerFactory.getLogger(SaidOnce.class);
  private final List<ILoggingEvent> said = new CopyOnWriteArrayList<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          said.add(event);
        }
      };

  @BeforeEach
  void listen() {
    appender.start();
    logger.addAppender(appender);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(appender);
  }

  /** Both at once: they wait for the library's next try, and not for the processor. */
  @ParameterizedTest
  @Execution(ExecutionMode.CONCURRENT)
  @ValueSource(strings = {"grpc", "http/protobuf"})
  void callsAreServedAndItIsSaidOnce(String protocol) {
    String endpoint = "127.0.0.1:" + Servers.freePort();
    BatonServer server =
        Servers.start(
            Servers.memory().set(Key.OTLP_ENDPOINT, endpoint).set(Key.OTLP_PROTOCOL, protocol));
    try (Client client = new Client(server.port())) {
      for (int i = 0; i < CALLS; i++) {
        assertThat(create(client, "a" + i)).isEqualTo(200);
      }
      await().atMost(Duration.ofSeconds(40)).until(() -> !saidOf(endpoint).isEmpty());
      for (int i = 0; i < CALLS; i++) {
        assertThat(create(client, "b" + i)).isEqualTo(200);
      }
    } finally {
      long begun = System.nanoTime();
      server.close();
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(15));
    }
    assertThat(saidOf(endpoint))
        .singleElement()
        .satisfies(event -> {
          assertThat(event.getLevel()).isEqualTo(Level.WARN);
          assertThat(event.getFormattedMessage()).contains("observability.otlp_endpoint");
        });
  }

  private List<ILoggingEvent> saidOf(String endpoint) {
    return said.stream().filter(event -> event.getFormattedMessage().contains(endpoint)).toList();
  }

  private static int create(Client client, String id) {
    return client
        .call(
            "promise.create",
            """
            {'id':'%s','timeoutAt':9999999999999,'tags':{'resonate:target':'poll://any@workers'},\
            'param':{'headers':{'traceparent':'00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'}}}\
            """
                .formatted(id))
        .status();
  }
}
