package dev.baton.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What comes although nothing is read any more, as after a client has shut down its side. */
class TurnsTest {

  /** As many of the shortest requests as one read of 64 KiB brings. */
  private static final int ONE_READ = 65_536 / "GET / HTTP/1.1\r\n\r\n".length();

  private final EmbeddedChannel channel = new EmbeddedChannel(new Turns());

  @AfterEach
  void release() {
    channel.finishAndReleaseAll();
  }

  private void get() {
    channel.writeInbound(request("/"), LastHttpContent.EMPTY_LAST_CONTENT);
  }

  private static HttpRequest request(String uri) {
    return new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, uri);
  }

  @Test
  void whatOneReadBringsWaits() {
    for (int i = 0; i < ONE_READ; i++) {
      get();
    }
    assertThat(channel.isOpen()).isTrue();
    assertThat(channel.config().isAutoRead()).isFalse();
    assertThat(channel.inboundMessages()).as("the first request").hasSize(2);
  }

  @Test
  void muchMoreRequestsAreTooMany() {
    for (int i = 0; i < 4 * ONE_READ && channel.isOpen(); i++) {
      get();
    }
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void longHeadsCount() {
    get();
    int sent = 0;
    while (channel.isOpen() && sent < 1_000) {
      channel.writeInbound(request("/" + "x".repeat(10_000)), LastHttpContent.EMPTY_LAST_CONTENT);
      sent++;
    }
    assertThat(sent).isBetween(100, 300);
  }

  @Test
  void bodiesCountAndAreReleased() {
    get();
    var body = new DefaultHttpContent(Unpooled.buffer(3 << 20).writeZero(3 << 20));
    channel.writeInbound(request("/"), body);
    assertThat(channel.isOpen()).isFalse();
    assertThat(body.refCnt()).isZero();
  }
}
