package dev.baton.server.http;

import static dev.baton.server.Http2Frames.DATA;
import static dev.baton.server.Http2Frames.END_HEADERS;
import static dev.baton.server.Http2Frames.END_STREAM;
import static dev.baton.server.Http2Frames.HEADERS;
import static dev.baton.server.Http2Frames.PRIORITY;
import static dev.baton.server.Http2Frames.RST_STREAM;
import static dev.baton.server.Http2Frames.field;
import static dev.baton.server.Http2Frames.frame;
import static dev.baton.testing.RawHttp.ascii;
import static dev.baton.testing.RawHttp.joined;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.server.BatonServer;
import dev.baton.server.Http2Frames;
import dev.baton.server.Servers;
import dev.baton.testing.RawHttp;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A stream of HTTP/2 whose fields are malformed is reset, and others go on. */
class FieldsIT {

  private static final int PROTOCOL_ERROR = 1;

  private static final byte[] REQUEST = Http2Frames.request("GET", "/health");

  private static BatonServer server;

  @BeforeAll
  static void start() {
    server = Servers.start(Servers.memory());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private record Frame(int type, int flags, int stream, byte[] payload) {

    /** The next that is about a stream. */
    static Frame next(RawHttp connection) throws IOException {
      while (true) {
        ByteBuffer head = ByteBuffer.wrap(connection.read(9));
        int lengthAndType = head.getInt();
        int flags = head.get();
        int stream = head.getInt();
        byte[] payload = connection.read(lengthAndType >>> 8);
        if (stream != 0) {
          return new Frame(lengthAndType & 0xff, flags, stream, payload);
        }
      }
    }

    /** Of the first answer of a connection: those behind it may refer to it. */
    String status() throws Http2Exception {
      int from = (flags & PRIORITY) == 0 ? 0 : 5;
      return new DefaultHttp2HeadersDecoder()
          .decodeHeaders(stream, Unpooled.wrappedBuffer(payload, from, payload.length - from))
          .status()
          .toString();
    }
  }

  private static RawHttp connect() throws IOException {
    var connection = new RawHttp(server.port());
    connection.send(Http2Frames.OPENING);
    return connection;
  }

  private static void checkStreamIsReset(Frame frame, int stream) {
    assertThat(frame.type()).isEqualTo(RST_STREAM);
    assertThat(frame.stream()).isEqualTo(stream);
    assertThat(ByteBuffer.wrap(frame.payload()).getInt()).isEqualTo(PROTOCOL_ERROR);
  }

  private static void checkIsServed(RawHttp connection, int stream) throws Exception {
    connection.send(frame(HEADERS, END_STREAM | END_HEADERS, stream, REQUEST));
    Frame answer = Frame.next(connection);
    assertThat(answer.type()).isEqualTo(HEADERS);
    assertThat(answer.stream()).isEqualTo(stream);
    assertThat(answer.status()).isEqualTo("200");
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        Arguments.of("x", "a\rb"),
        Arguments.of("x", "a\nb"),
        Arguments.of("x", "a\0b"),
        Arguments.of("x", "\r\n"),
        Arguments.of("x", " a"),
        Arguments.of("x", "a\t"),
        Arguments.of("x\r\ny", "a"),
        Arguments.of("x\0", "a"),
        Arguments.of("x y", "a"),
        Arguments.of("x:y", "a"));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void malformedFieldsResetTheirStream(String name, String value) throws Exception {
    try (RawHttp connection = connect()) {
      connection.send(
          frame(HEADERS, END_STREAM | END_HEADERS, 1, joined(REQUEST, field(name, value))));
      checkStreamIsReset(Frame.next(connection), 1);
      checkIsServed(connection, 3);
    }
  }

  @Test
  void aMalformedPathDoesSo() throws Exception {
    byte[] request = Http2Frames.request("GET", "/health\r\nx: y");
    try (RawHttp connection = connect()) {
      connection.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, request));
      checkStreamIsReset(Frame.next(connection), 1);
      checkIsServed(connection, 3);
    }
  }

  @Test
  void malformedTrailersDoSo() throws Exception {
    byte[] request = Http2Frames.request("POST", "/");
    try (RawHttp connection = connect()) {
      connection.send(
          joined(
              frame(HEADERS, END_HEADERS, 1, request),
              frame(DATA, 0, 1, ascii("{")),
              frame(HEADERS, END_STREAM | END_HEADERS, 1, field("x", "a\nb"))));
      checkStreamIsReset(Frame.next(connection), 1);
      checkIsServed(connection, 3);
    }
  }

  @Test
  void soundFieldsAreTaken() throws Exception {
    try (RawHttp connection = connect()) {
      checkIsServed(connection, 1);
      connection.send(
          frame(
              HEADERS,
              END_STREAM | END_HEADERS,
              3,
              joined(REQUEST, field("x", ""), field("y", "a b\tc"), field("z", "\u00e4"))));
      Frame answer = Frame.next(connection);
      assertThat(answer.type()).isEqualTo(HEADERS);
      assertThat(answer.stream()).isEqualTo(3);
    }
  }
}
