package dev.baton.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PatienceTest {

  /** One address may hold half. */
  private final HeadAccount heads = new HeadAccount(100_000);

  private final Patience.Limits limits =
      new Patience.Limits(Duration.ofSeconds(10), Duration.ofSeconds(30), heads);

  private long nanos;
  private final EmbeddedChannel channel = new EmbeddedChannel();

  private EmbeddedChannel watched(Patience.Limits limits) {
    channel.freezeTime();
    channel.pipeline().addLast("patience", new Patience(limits, heads.of(channel), () -> nanos));
    channel.pipeline().addLast(new HttpRequestDecoder());
    Patience.connected(channel.pipeline(), HttpRequestDecoder::new);
    channel.pipeline().fireChannelActive();
    return channel;
  }

  private void pass(int seconds) {
    for (int i = 0; i < seconds; i++) {
      nanos += 1_000_000_000L;
      channel.advanceTimeBy(1, TimeUnit.SECONDS);
      channel.runScheduledPendingTasks();
    }
  }

  private void send(String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
    for (Object part = channel.readInbound(); part != null; part = channel.readInbound()) {
      ReferenceCountUtil.release(part);
    }
  }

  private String answer() {
    ByteBuf out = channel.readOutbound();
    return out == null ? "" : out.toString(StandardCharsets.US_ASCII);
  }

  @Test
  void aConnectionThatSaysNothingIsClosed() {
    watched(limits);
    pass(9);
    assertThat(channel.isOpen()).isTrue();
    pass(1);
    assertThat(channel.isOpen()).isFalse();
    assertThat(answer()).isEmpty();
  }

  @Test
  void halfSentHeadsAreHeldUntilTheyAreWhole() {
    watched(limits);
    send("GET / HTTP/1.1\r\nHost: a\r\nx: " + "y".repeat(1_000));
    assertThat(heads.used()).isPositive();
    send("\r\n");
    assertThat(heads.used()).isPositive();
    send("\r\n");
    assertThat(heads.used()).isZero();
    send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assertThat(heads.used()).isZero();
  }

  @Test
  void aHalfSentHeadWithoutRoomEndsItsConnectionAndHoldsNothing() {
    watched(limits);
    send("GET / HTTP/1.1\r\nx: ");
    for (int i = 0; i < 20 && channel.isOpen(); i++) {
      send("y".repeat(1_000));
    }
    assertThat(channel.isOpen()).isFalse();
    channel.finishAndReleaseAll();
    assertThat(heads.used()).isZero();
  }

  /** It is a matter of the system's buffers in how many reads it comes. */
  @Test
  void aSmallHeadThatComesInTwoReadsIsServedWhereOthersHaveTakenAllRoom() {
    heads.whole(new EmbeddedChannel()).tryReserve(heads.limit());
    watched(limits);
    for (int i = 0; i < 3; i++) {
      send("POST / HTTP/1.1\r\nhost: a\r\ncontent-le");
      assertThat(channel.isOpen()).isTrue();
      send("ngth: 2\r\n\r\n{");
      send("}");
      assertThat(channel.isOpen()).isTrue();
    }
    channel.finishAndReleaseAll();
    assertThat(heads.used()).isEqualTo(heads.limit());
  }

  @Test
  void manyShortHeadersAreRefusedBeforeTheyAreDecoded() {
    watched(limits);
    var decoded = new StringBuilder();
    channel
        .pipeline()
        .addBefore(
            "HttpRequestDecoder#0",
            "seen",
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext context, Object bytes) {
                decoded.append(((ByteBuf) bytes).toString(StandardCharsets.US_ASCII));
                context.fireChannelRead(bytes);
              }
            });
    send("\r\nGET / HTTP/1.1\r\n" + "a:b\r\n".repeat(400));
    assertThat(channel.isOpen()).isFalse();
    assertThat(decoded).isBlank();
    channel.finishAndReleaseAll();
    assertThat(heads.used()).isZero();
  }

  /** It would keep a buffer as long as the line for as long as its connection is open. */
  @ParameterizedTest
  @ValueSource(ints = {1, 100, 10_000})
  void aDecoderThatHasReadALongLineIsChangedForAnother(int bytesOfARead) {
    watched(
        new Patience.Limits(
            Duration.ofSeconds(10), Duration.ofSeconds(30), new HeadAccount(1 << 20)));
    ChannelHandler before = channel.pipeline().get(HttpRequestDecoder.class);
    send(GET);
    assertThat(channel.pipeline().get(HttpRequestDecoder.class)).isSameAs(before);
    String head = "GET / HTTP/1.1\r\nHost: a\r\nx: " + "y".repeat(5_000) + "\r\n\r\n";
    for (int from = 0; from < head.length(); from += bytesOfARead) {
      send(head.substring(from, Math.min(from + bytesOfARead, head.length())));
    }
    ChannelHandler after = channel.pipeline().get(HttpRequestDecoder.class);
    assertThat(after).isNotSameAs(before);
    // The next goes to it, and begins in the read in which a long one ends.
    channel.writeInbound(Unpooled.copiedBuffer(head + GET, StandardCharsets.US_ASCII));
    List<String> seen = new ArrayList<>();
    for (Object part = channel.readInbound(); part != null; part = channel.readInbound()) {
      if (part instanceof HttpRequest request) {
        seen.add(request.uri() + " " + request.headers().size());
      }
      ReferenceCountUtil.release(part);
    }
    assertThat(seen).containsExactly("/ 2", "/ 1");
    assertThat(channel.pipeline().get(HttpRequestDecoder.class)).isNotSameAs(after);
  }

  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String CHUNKS =
      "POST / HTTP/1.1\r\nHost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n";

  /** As much as fits, and nothing of it is left once it is over. */
  private void holdsWhatIsHalfSent(String before, String rest) {
    watched(limits);
    send(before + "a:b\r\n".repeat(100));
    assertThat(heads.used()).isBetween(9_600L, 12_000L);
    send("c:d\r\n".repeat(100));
    assertThat(heads.used()).isBetween(23_200L, 28_000L);
    send("\r\n" + rest);
    assertThat(heads.used()).isZero();
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void aHalfSentHeadBehindAWholeRequestIsHeld() {
    holdsWhatIsHalfSent(GET + GET + "GET / HTTP/1.1\r\n", "");
  }

  @Test
  void aHalfSentHeadBehindABodyIsHeld() {
    String post = "POST / HTTP/1.1\r\ncontent-length: 5\r\n\r\nhello";
    holdsWhatIsHalfSent(post + "GET / HTTP/1.1\r\n", post);
  }

  @Test
  void halfSentTrailersAreHeld() {
    holdsWhatIsHalfSent(CHUNKS + "0\r\n", GET + CHUNKS + "0\r\n\r\n");
  }

  @Test
  void aHalfSentHeadBehindChunksIsHeld() {
    holdsWhatIsHalfSent(CHUNKS + "0\r\n\r\nGET / HTTP/1.1\r\n", CHUNKS + "0\r\nx: y\r\n\r\n");
  }

  /** In one read, as if it were nobody's. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        GET + "GET / HTTP/1.1\r\n",
        "\r\n" + GET + "\r\nGET / HTTP/1.1\r\n",
        "POST / HTTP/1.1\r\ncontent-length: 1\r\n\r\n\nGET / HTTP/1.1\r\n",
        CHUNKS + "0\r\n",
        CHUNKS + "0\r\n\r\nGET / HTTP/1.1\r\n"
      })
  void whatIsHalfSentBehindOthersAndHasNoRoomEndsItsConnection(String before) {
    watched(limits);
    send(before + "a:b\r\n".repeat(400));
    assertThat(channel.isOpen()).isFalse();
    channel.finishAndReleaseAll();
    assertThat(heads.used()).isZero();
  }

  /** A byte at a time there is no piece that shows the end of anything. */
  @Test
  void nothingIsHeldOnceAllHasComeHoweverItCame() {
    watched(limits);
    for (char each : (GET + CHUNKS + "0\r\nx: y\r\n\r\n" + GET).toCharArray()) {
      send(String.valueOf(each));
    }
    assertThat(heads.used()).isZero();
    assertThat(channel.isOpen()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {GET, CHUNKS + "0\r\n\r\n"})
  void aHalfSentHeadBehindARequestHasItsTimeToo(String before) {
    watched(limits);
    send(before + "GET /");
    pass(9);
    assertThat(channel.isOpen()).isTrue();
    pass(1);
    assertThat(channel.isOpen()).isFalse();
  }

  /** Some clients send them behind a body. */
  @Test
  void lineEndsBehindARequestAreNoHead() {
    watched(limits);
    send("POST / HTTP/1.1\r\ncontent-length: 1\r\n\r\nx\r\n");
    pass(1_000);
    assertThat(channel.isOpen()).isTrue();
    assertThat(heads.used()).isZero();
  }

  @Test
  void whatIsReadIsPassedOnToWhoeverReadsOn() {
    channel
        .pipeline()
        .addLast("patience", new Patience(limits, heads.of(channel), () -> nanos))
        .addLast(
            "first",
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext context, Object bytes) {
                ReferenceCountUtil.release(bytes);
                context.pipeline().remove("patience");
                context.pipeline().remove(this);
              }
            });
    channel.writeInbound(Unpooled.copiedBuffer(GET + "rest", StandardCharsets.US_ASCII));
    ByteBuf rest = channel.readInbound();
    assertThat(rest.toString(StandardCharsets.US_ASCII)).isEqualTo("rest");
    rest.release();
  }

  @Test
  void linesOfABodyAreNoHeaders() {
    watched(limits);
    send("POST / HTTP/1.1\r\ncontent-length: 2000\r\n\r\n" + "{\n".repeat(1_000));
    assertThat(channel.isOpen()).isTrue();
    assertThat(heads.used()).isZero();
  }

  @Test
  void aHeadThatTricklesIsClosedHoweverOftenSomethingComes() {
    watched(limits);
    send("GET / HTTP/1.1\r\nHost: a\r\n");
    for (int i = 0; i < 9; i++) {
      pass(1);
      send("x: " + i + "\r\n");
    }
    assertThat(channel.isOpen()).isTrue();
    pass(1);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aSecondHeadIsHeldToTheSame() {
    watched(limits);
    send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    pass(1_000);
    assertThat(channel.isOpen()).as("nothing is owed").isTrue();
    send("GET /");
    pass(9);
    assertThat(channel.isOpen()).isTrue();
    pass(1);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aBodyThatStallsIsRefused() {
    watched(limits);
    send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n" + "x".repeat(100_000));
    pass(29);
    assertThat(channel.isOpen()).isTrue();
    pass(1);
    assertThat(answer()).startsWith("HTTP/1.1 408 ").endsWith("did not come in time\n");
    send("x".repeat(1_000)); // It is thrown away.
    pass((int) LingeringClose.MOST_SECONDS);
    assertThat(answer()).isEmpty();
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aBodyThatTricklesIsRefusedSooner() {
    watched(limits);
    send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200\r\n\r\n");
    for (int i = 0; i < 5; i++) {
      assertThat(channel.isOpen()).isTrue();
      send("x");
      pass(1);
    }
    assertThat(answer()).startsWith("HTTP/1.1 408 ");
    pass((int) LingeringClose.MOST_SECONDS);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aBodyAtTheLeastRateIsWaitedForToTheEnd() {
    watched(limits);
    send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 25600\r\n\r\n");
    for (int i = 0; i < 25; i++) {
      send("x".repeat(1_024));
      pass(1);
      assertThat(channel.isOpen()).as("after %d s", i + 1).isTrue();
    }
    pass(1_000);
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void whoHasBeenAnsweredAlreadyIsOnlyClosed() {
    watched(limits);
    send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200\r\n\r\n");
    channel.writeOutbound(Unpooled.copiedBuffer("an answer", StandardCharsets.US_ASCII));
    assertThat(answer()).isEqualTo("an answer");
    pass(30);
    assertThat(answer()).isEmpty();
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void timeInWhichTheServerDoesNotReadDoesNotCount() {
    watched(limits);
    send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200\r\n\r\n");
    channel.config().setAutoRead(false);
    pass(100);
    assertThat(channel.isOpen()).isTrue();
    channel.config().setAutoRead(true);
    pass(40);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void zeroMeansForEver() {
    watched(new Patience.Limits(Duration.ZERO, Duration.ZERO, heads));
    pass(1_000);
    send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200\r\n\r\n");
    pass(1_000);
    assertThat(channel.isOpen()).isTrue();
  }
}
