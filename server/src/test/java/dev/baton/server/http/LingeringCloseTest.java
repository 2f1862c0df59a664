package dev.baton.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LingeringCloseTest {

  private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());

  @BeforeEach
  void say() {
    channel.freezeTime();
    channel.config().setAutoRead(false);
    LingeringClose.after(
        channel.pipeline().lastContext(),
        Unpooled.copiedBuffer("the last word", StandardCharsets.US_ASCII));
  }

  @AfterEach
  void release() {
    channel.finishAndReleaseAll();
  }

  @Test
  void whatComesAfterTheLastWordIsThrownAway() {
    ByteBuf said = channel.readOutbound();
    assertThat(said.toString(StandardCharsets.US_ASCII)).isEqualTo("the last word");
    said.release();
    assertThat(channel.config().isAutoRead()).isTrue();
    ByteBuf more = Unpooled.buffer(1_000).writeZero(1_000);
    assertThat(channel.writeInbound(more)).as("it comes no further").isFalse();
    assertThat(more.refCnt()).isZero();
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void itEndsWithWhatItsPeerHasToSay() {
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void itEndsAfterAWhile() {
    channel.advanceTimeBy(LingeringClose.MOST_SECONDS - 1, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isTrue();
    channel.advanceTimeBy(1, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void itEndsWhenALotHasCome() {
    int piece = 1 << 20;
    for (long i = 0; i < LingeringClose.MOST_BYTES; i += piece) {
      assertThat(channel.isOpen()).isTrue();
      channel.writeInbound(Unpooled.wrappedBuffer(new byte[piece]));
    }
    channel.writeInbound(Unpooled.wrappedBuffer(new byte[1]));
    assertThat(channel.isOpen()).isFalse();
  }
}
