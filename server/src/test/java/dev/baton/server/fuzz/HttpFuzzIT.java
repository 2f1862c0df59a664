package dev.baton.server.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.server.BatonServer;
import dev.baton.server.Servers;
import dev.baton.server.config.Key;
import dev.baton.testing.RawHttp;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jspecify.annotations.Nullable;

/** {@code -Dfuzz.factor=100 -Djqwik.tries.default=100000} for a long one. */
class HttpFuzzIT {

  private static final int FACTOR = Integer.getInteger("fuzz.factor", 1);

  private static final BatonServer SERVER =
      Servers.start(Servers.memory().set(Key.DEBUG, "true").set(Key.PUSH_REQUEST_TIMEOUT, "500"));

  private static @Nullable RawHttp kept;

  @AfterContainer
  static void stop() throws IOException {
    if (kept != null) {
      kept.close();
    }
    SERVER.close();
  }

  @Provide
  Arbitrary<byte[]> bodies() {
    return Bodies.envelopes().map(envelope -> envelope.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Provide
  Arbitrary<byte[]> damaged() {
    return Bodies.damaged();
  }

  /** On one connection, so that nothing is left over from one request to the next. */
  @Property(seed = "1")
  void everyBodyIsAnsweredAndTheConnectionGoesOn(@ForAll("bodies") byte[] body) throws IOException {
    checkAnswered(body);
  }

  @Property(seed = "2")
  void everyDamagedBodyIsAnsweredAndTheConnectionGoesOn(@ForAll("damaged") byte[] body)
      throws IOException {
    checkAnswered(body);
  }

  private static void checkAnswered(byte[] body) throws IOException {
    RawHttp connection = kept;
    if (connection == null) {
      connection = new RawHttp(SERVER.port());
      kept = connection;
    }
    connection.send(RawHttp.post(body));
    RawHttp.Answer answer = connection.read();
    assertThat(answer.status()).isIn(200, 300, 400, 404, 409, 422);
    assertThat(answer.body()).startsWith('{');
  }

  @Example
  void noGarbageIsAnInternalErrorOrKeepsAConnection() throws IOException {
    for (Garbage garbage : Garbage.values()) {
      Random random = new Random(garbage.ordinal());
      for (int i = 0; i < 25 * FACTOR; i++) {
        byte[] bytes = garbage.bytes(random);
        try (RawHttp connection = new RawHttp(SERVER.port())) {
          connection.send(bytes);
          assertThat(connection.finish()).as("%s %d", garbage, i).doesNotContain("HTTP/1.1 500");
        } catch (SocketException e) {
          // Closed while we still sent.
        }
      }
      checkAnswered("{}".getBytes(StandardCharsets.US_ASCII), 400);
    }
  }

  private static void checkAnswered(byte[] body, int status) throws IOException {
    try (RawHttp connection = new RawHttp(SERVER.port())) {
      connection.send(RawHttp.post(body));
      assertThat(connection.read().status()).isEqualTo(status);
    }
  }
}
