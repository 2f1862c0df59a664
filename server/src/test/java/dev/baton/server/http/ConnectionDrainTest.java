package dev.baton.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.DefaultEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConnectionDrainTest {

  /** Longer than the test may take. */
  private static final long LONG_MS = 600_000;

  private final ConnectionDrain drain = new ConnectionDrain();
  private final DefaultEventLoopGroup loops = new DefaultEventLoopGroup(2);

  @AfterEach
  void stop() {
    loops.shutdownGracefully();
  }

  /** A connection, and what takes turns on it. */
  private record Connection(Channel channel, Turns turns) {
    void read(Object... parts) {
      onLoop(() -> {
        for (Object part : parts) {
          channel.pipeline().fireChannelRead(part);
        }
      });
    }

    void answer() {
      onLoop(() -> {
        var answer =
            new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.NO_CONTENT);
        HttpUtil.setContentLength(answer, 0);
        channel.writeAndFlush(answer);
      });
    }

    private void onLoop(Runnable action) {
      channel.eventLoop().submit(action).syncUninterruptibly();
    }
  }

  private Connection connect() throws InterruptedException {
    Turns turns = new Turns(drain, new HeadAccount(40_000).of(new EmbeddedChannel()));
    LocalAddress address = new LocalAddress(ConnectionDrainTest.class);
    new ServerBootstrap()
        .group(loops)
        .channel(LocalServerChannel.class)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {}
            })
        .bind(address)
        .sync();
    Channel channel =
        new Bootstrap()
            .group(loops)
            .channel(LocalChannel.class)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel made) {
                    made.pipeline().addLast(turns);
                  }
                })
            .connect(address)
            .sync()
            .channel();
    drain.add(channel, turns);
    return new Connection(channel, turns);
  }

  private static Object[] get() {
    return new Object[] {
      new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/"),
      LastHttpContent.EMPTY_LAST_CONTENT
    };
  }

  private CompletableFuture<Void> awaiting() {
    return CompletableFuture.runAsync(() -> drain.awaitAnswers(LONG_MS))
        .orTimeout(20, TimeUnit.SECONDS);
  }

  @Test
  void itWaitsForTheLastAnswerAndNotLonger() throws InterruptedException {
    Connection idle = connect();
    Connection one = connect();
    Connection other = connect();
    drain.begin();
    one.read(get());
    other.read(get());
    CompletableFuture<Void> end = awaiting();
    await().until(() -> !idle.channel().isOpen());
    one.answer();
    assertThat(end).isNotDone();
    other.answer();
    end.join();
  }

  @Test
  void itDoesNotWaitForConnectionsThatEnd() throws InterruptedException {
    Connection one = connect();
    one.read(get());
    CompletableFuture<Void> end = awaiting();
    assertThat(end).isNotDone();
    one.channel().close();
    end.join();
  }

  @Test
  void itDoesNotWaitForEver() throws InterruptedException {
    connect().read(get());
    drain.awaitAnswers(1);
  }
}
