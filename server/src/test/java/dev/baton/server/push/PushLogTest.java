package dev.baton.server.push;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class PushLogTest {

  private final Logger logger = (Logger) LoggerFactory.getLogger("push-log-test");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private long now;
  private final PushLog log = new PushLog(logger, () -> now);

  @BeforeEach
  void listen() {
    lines.start();
    logger.setAdditive(false);
    logger.addAppender(lines);
  }

  @AfterEach
  void leave() {
    logger.detachAppender(lines);
  }

  private void fail(String host) {
    log.failed(
        Objects.requireNonNull(Target.of("http://" + host + "/")),
        new Failure(Failure.Kind.REFUSED, "it answers with status 404"));
  }

  private List<String> said() {
    List<String> said = lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    lines.list.clear();
    return said;
  }

  @Test
  void eachPlaceIsTalkedOfOnceAMinute() {
    fail("a");
    fail("a");
    fail("a");
    fail("b");
    assertThat(said())
        .containsExactly(
            "a:80 does not take what is posted to it: it answers with status 404",
            "b:80 does not take what is posted to it: it answers with status 404");
    now += TimeUnit.MINUTES.toNanos(1);
    fail("a");
    assertThat(said())
        .containsExactly(
            "a:80 does not take what is posted to it: it answers with status 404"
                + " (2 more since this was last said)");
  }

  @Test
  void manyPlacesDoNotFillTheLog() {
    for (int i = 0; i < 500; i++) {
      fail("host" + i);
    }
    assertThat(said()).hasSize(20);
    now += TimeUnit.MINUTES.toNanos(1);
    fail("other");
    assertThat(said())
        .containsExactly(
            "480 more posts failed, of which nothing was said",
            "other:80 does not take what is posted to it: it answers with status 404");
  }
}
