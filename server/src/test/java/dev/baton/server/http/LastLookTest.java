package dev.baton.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.timeout.IdleStateEvent;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LastLookTest {

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private int idles;

  LastLookTest() {
    channel.freezeTime();
    channel
        .pipeline()
        .addLast(
            new LastLook(),
            new ChannelInboundHandlerAdapter() {
              @Override
              public void userEventTriggered(ChannelHandlerContext context, Object event) {
                if (event instanceof IdleStateEvent) {
                  idles++;
                }
              }
            });
  }

  @AfterEach
  void release() {
    channel.finishAndReleaseAll();
  }

  private void isIdle() {
    channel.pipeline().fireUserEventTriggered(IdleStateEvent.ALL_IDLE_STATE_EVENT);
  }

  private void passMilli() {
    channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
  }

  @Test
  void whatIsIdleIsSaidToBeAfterOneMoreLook() {
    isIdle();
    assertThat(idles).isZero();
    passMilli();
    assertThat(idles).isOne();
  }

  @Test
  void whoHasSentSomethingMeanwhileIsNotIdle() {
    List<String> namesBefore = channel.pipeline().names();
    isIdle();
    channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {'G'}));
    passMilli();
    assertThat(idles).isZero();
    assertThat(channel.inboundMessages()).hasSize(1);
    assertThat(channel.pipeline().names()).isEqualTo(namesBefore);
    isIdle();
    passMilli();
    assertThat(idles).isOne();
  }

  @Test
  void whatIsWrittenMeanwhileIsNotCutOff() {
    isIdle();
    channel.writeOutbound(Unpooled.wrappedBuffer(new byte[] {':'}));
    passMilli();
    assertThat(idles).isZero();
  }

  @Test
  void aConnectionThatEndsMeanwhileIsNoMatter() {
    isIdle();
    channel.close();
    passMilli();
    assertThat(idles).isZero();
  }
}
