package dev.baton.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class PatienceTest {

  /** One address may hold half. */
  private static final HeadAccount HEADS = new HeadAccount(100_000);

  private static final Patience.Limits LIMITS =
      new Patience.Limits(Duration.ofSeconds(10), Duration.ofSeconds(30), HEADS);

  private long nanos;
  private final EmbeddedChannel channel = new EmbeddedChannel();

  private EmbeddedChannel watched(Patience.Limits limits) {
    channel.freezeTime();
    channel.pipeline().addLast("patience", new Patience(limits, HEADS.of(channel), () -> nanos));
    channel.pipeline().addLast(new HttpRequestDecoder());
    Patience.connected(channel.pipeline());
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
    watched(LIMITS);
    pass(9);
    assertThat(channel.isOpen()).isTrue();
    pass(1);
    assertThat(channel.isOpen()).isFalse();
    assertThat(answer()).isEmpty();
  }

  @Test
  void halfSentHeadsAreHeldUntilTheyAreWhole() {
    watched(LIMITS);
    send("GET / HTTP/1.1\r\nHost: a\r\n");
    assertThat(HEADS.used()).isPositive();
    send("\r\n");
    assertThat(HEADS.used()).isZero();
    send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assertThat(HEADS.used()).isZero();
  }

  @Test
  void aHalfSentHeadWithoutRoomEndsItsConnectionAndHoldsNothing() {
    watched(LIMITS);
    send("GET / HTTP/1.1\r\nx: ");
    for (int i = 0; i < 20 && channel.isOpen(); i++) {
      send("y".repeat(1_000));
    }
    assertThat(channel.isOpen()).isFalse();
    channel.finishAndReleaseAll();
    assertThat(HEADS.used()).isZero();
  }

  @Test
  void manyShortHeadersAreRefusedBeforeTheyAreDecoded() {
    watched(LIMITS);
    var decoded = new AtomicBoolean();
    channel
        .pipeline()
        .addBefore(
            "HttpRequestDecoder#0",
            "seen",
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext context, Object bytes) {
                decoded.set(true);
                context.fireChannelRead(bytes);
              }
            });
    send("\r\nGET / HTTP/1.1\r\n" + "a:b\r\n".repeat(400));
    assertThat(channel.isOpen()).isFalse();
    assertThat(decoded).isFalse();
    channel.finishAndReleaseAll();
    assertThat(HEADS.used()).isZero();
  }

  @Test
  void linesOfABodyAreNoHeaders() {
    watched(LIMITS);
    send("POST / HTTP/1.1\r\ncontent-length: 2000\r\n\r\n" + "{\n".repeat(1_000));
    assertThat(channel.isOpen()).isTrue();
    assertThat(HEADS.used()).isZero();
  }

  @Test
  void aHeadThatTricklesIsClosedHoweverOftenSomethingComes() {
    watched(LIMITS);
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
    watched(LIMITS);
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
    watched(LIMITS);
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
    watched(LIMITS);
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
    watched(LIMITS);
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
    watched(LIMITS);
    send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200\r\n\r\n");
    channel.writeOutbound(Unpooled.copiedBuffer("an answer", StandardCharsets.US_ASCII));
    assertThat(answer()).isEqualTo("an answer");
    pass(30);
    assertThat(answer()).isEmpty();
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void timeInWhichTheServerDoesNotReadDoesNotCount() {
    watched(LIMITS);
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
    watched(new Patience.Limits(Duration.ZERO, Duration.ZERO, HEADS));
    pass(1_000);
    send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200\r\n\r\n");
    pass(1_000);
    assertThat(channel.isOpen()).isTrue();
  }
}
