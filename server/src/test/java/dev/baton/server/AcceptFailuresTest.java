package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class AcceptFailuresTest {

  private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(AcceptFailures.class);

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private long now = Long.MAX_VALUE; // A clock may begin anywhere.
  private final AcceptFailures failures = new AcceptFailures(() -> now);
  private final EmbeddedChannel[] ports = {
    new EmbeddedChannel(failures), new EmbeddedChannel(failures)
  };

  @BeforeEach
  void listen() {
    log.start();
    LOGGER.addAppender(log);
  }

  @AfterEach
  void stop() {
    LOGGER.detachAppender(log);
  }

  private void fail(String why, int seconds) {
    for (int i = 0; i < seconds; i++) {
      for (EmbeddedChannel port : ports) {
        port.pipeline().fireExceptionCaught(new IOException(why));
        port.checkException();
      }
      now += TimeUnit.SECONDS.toNanos(1);
    }
  }

  @Test
  void whatLastsForAnHourIsSaidNowAndThen() {
    fail("accept(..) failed: Too many open files", 3_600);
    assertThat(log.list)
        .hasSize(6)
        .allSatisfy(line -> assertThat(line.getThrowableProxy()).isNull())
        .extracting(ILoggingEvent::getFormattedMessage)
        .allSatisfy(text ->
            assertThat(text)
                .contains("Too many open files", "ulimit -n", "server.max_connections")
                .contains("may open " + Descriptors.most()));
  }

  @Test
  void anotherReasonIsSaidWithoutARemedy() {
    fail("accept(..) failed: Protocol error", 2);
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .singleElement()
        .asString()
        .endsWith("Protocol error");
  }
}
