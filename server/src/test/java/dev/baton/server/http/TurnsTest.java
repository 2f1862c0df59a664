package dev.baton.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TurnsTest {

  /** As many of the shortest requests as one read of 64 KiB brings. */
  private static final int ONE_READ = 65_536 / "GET / HTTP/1.1\r\n\r\n".length();

  private final ConnectionDrain drain = new ConnectionDrain();
  private final HeadAccount heads = new HeadAccount(40 << 20);
  private final HeadAccount.Share share = heads.of(new EmbeddedChannel());
  private final Turns turns = new Turns(drain, share);
  private final EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestDecoder(), turns);

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

  private static HttpResponse head(boolean isLengthKnown) {
    var head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    if (isLengthKnown) {
      HttpUtil.setContentLength(head, 1);
    } else {
      HttpUtil.setTransferEncodingChunked(head, true);
    }
    return head;
  }

  private static HttpContent malformed() {
    var part = new DefaultHttpContent(Unpooled.buffer());
    part.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("no size")));
    return part;
  }

  private void shutDown() {
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    channel.runPendingTasks();
  }

  @Test
  void aRequestIsAnsweredWhenItHasComeToItsEnd() {
    assertThat(turns.state()).isEqualTo(Turns.State.FREE);
    channel.writeInbound(request("/"));
    assertThat(turns.state()).isEqualTo(Turns.State.COMING);
    channel.writeOutbound(
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
    assertThat(turns.state()).as("an interim answer is none").isEqualTo(Turns.State.COMING);
    channel.writeInbound(LastHttpContent.EMPTY_LAST_CONTENT);
    assertThat(turns.state()).isEqualTo(Turns.State.WHOLE);
    channel.writeOutbound(head(true));
    assertThat(turns.state()).isEqualTo(Turns.State.ANSWERING);
    channel.writeOutbound(LastHttpContent.EMPTY_LAST_CONTENT);
    assertThat(turns.state()).isEqualTo(Turns.State.FREE);
  }

  @Test
  void theRestOfABodyMayComeBehindItsAnswer() {
    channel.writeInbound(request("/"));
    channel.writeOutbound(
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.NOT_FOUND));
    assertThat(turns.state()).isEqualTo(Turns.State.FREE);
    channel.writeInbound(LastHttpContent.EMPTY_LAST_CONTENT);
    assertThat(turns.state()).isEqualTo(Turns.State.FREE);
    assertThat(channel.inboundMessages()).hasSize(2);
  }

  /** What stays open keeps its head. */
  @Test
  void aHeadHasRoomUntilItsRequestHasComeAndIsAnswered() {
    channel.writeInbound(large());
    long held = heads.used();
    assertThat(held).isGreaterThan(4_000);
    channel.writeInbound(LastHttpContent.EMPTY_LAST_CONTENT);
    channel.writeOutbound(head(false));
    assertThat(heads.used()).isEqualTo(held);
    channel.writeOutbound(LastHttpContent.EMPTY_LAST_CONTENT);
    assertThat(heads.used()).isZero();
    channel.writeInbound(large());
    channel.writeOutbound(head(true), LastHttpContent.EMPTY_LAST_CONTENT);
    assertThat(heads.used()).as("its body is still to come").isEqualTo(held);
    channel.writeInbound(LastHttpContent.EMPTY_LAST_CONTENT);
    assertThat(heads.used()).isZero();
  }

  @Test
  void ofAStreamOnlyTheLineIsKept() {
    HttpRequest request = large();
    request.setUri("/" + "u".repeat(1_999));
    channel.writeInbound(request, LastHttpContent.EMPTY_LAST_CONTENT);
    turns.headRoom().forgetHeaders();
    assertThat(heads.used()).isEqualTo(8_000 - 4_096);
  }

  @Test
  void aHeadWithoutRoomIsRefusedAndSmallOnesAreNot() {
    share.tryReserve(heads.limit() / 2 - 1_000);
    get();
    assertThat(turns.state()).isEqualTo(Turns.State.WHOLE);
    channel.writeOutbound(head(true), LastHttpContent.EMPTY_LAST_CONTENT);
    channel.releaseOutbound();
    channel.writeInbound(large());
    FullHttpResponse refusal = channel.readOutbound();
    assertThat(refusal.status()).isEqualTo(HttpResponseStatus.SERVICE_UNAVAILABLE);
    assertThat(refusal.headers().get(HttpHeaderNames.RETRY_AFTER)).isEqualTo("1");
    assertThat(turns.state()).isEqualTo(Turns.State.ENDED);
    assertThat(heads.used()).isEqualTo(heads.limit() / 2 - 1_000);
    refusal.release();
  }

  @Test
  void whoLeavesLeavesNoHeadBehind() {
    channel.writeInbound(large());
    channel.close();
    assertThat(heads.used()).isZero();
  }

  /** One read may bring the heads of many. */
  @Test
  void headsThatWaitHaveRoomUntilNoneWaits() {
    get();
    channel.writeInbound(large(), LastHttpContent.EMPTY_LAST_CONTENT);
    channel.writeInbound(large(), LastHttpContent.EMPTY_LAST_CONTENT);
    assertThat(heads.used()).isBetween(12_000L, 20_000L);
    for (int i = 0; i < 3; i++) {
      channel.writeOutbound(head(true), LastHttpContent.EMPTY_LAST_CONTENT);
      channel.runPendingTasks();
    }
    assertThat(turns.state()).isEqualTo(Turns.State.FREE);
    assertThat(heads.used()).isZero();
  }

  @Test
  void headsThatWaitAndHaveNoRoomEndTheirConnection() {
    long others = heads.limit() / 2 - 16_000;
    share.tryReserve(others);
    get();
    channel.writeInbound(large(), LastHttpContent.EMPTY_LAST_CONTENT);
    channel.writeInbound(large(), LastHttpContent.EMPTY_LAST_CONTENT);
    assertThat(channel.isOpen()).isTrue();
    channel.writeInbound(large());
    assertThat(channel.isOpen()).isFalse();
    assertThat(heads.used()).isEqualTo(others);
  }

  private static HttpRequest large() {
    HttpRequest request = request("/");
    request.headers().set("x", "y".repeat(4_000));
    return request;
  }

  @Test
  void theNextWaitsForTheWholeAnswer() {
    get();
    get();
    channel.writeOutbound(head(false));
    channel.runPendingTasks();
    assertThat(turns.state()).isEqualTo(Turns.State.STREAMING);
    assertThat(channel.inboundMessages()).hasSize(2);
    channel.writeOutbound(LastHttpContent.EMPTY_LAST_CONTENT);
    channel.runPendingTasks();
    assertThat(turns.state()).isEqualTo(Turns.State.WHOLE);
    assertThat(channel.inboundMessages()).hasSize(4);
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void whoHasShutDownIsAnsweredFirst() {
    get();
    shutDown();
    assertThat(channel.isOpen()).isTrue();
    channel.writeOutbound(head(true));
    channel.runPendingTasks();
    assertThat(channel.isOpen()).as("an answer is under way").isTrue();
    channel.writeOutbound(LastHttpContent.EMPTY_LAST_CONTENT);
    channel.runPendingTasks();
    assertThat(channel.isOpen()).isFalse();
  }

  /** The end of the request will never come, but that of the answer will. */
  @Test
  void whoHasShutDownBeforeItsBodyWasWholeHearsTheAnswerThatHasBegun() {
    channel.writeInbound(request("/"));
    channel.writeOutbound(head(true));
    shutDown();
    assertThat(channel.isOpen()).isTrue();
    channel.writeOutbound(LastHttpContent.EMPTY_LAST_CONTENT);
    channel.runPendingTasks();
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void whoHasShutDownIsClosedIfItCannotBeAnswered() {
    channel.writeInbound(request("/"));
    shutDown();
    assertThat(channel.isOpen()).as("its body has not come").isFalse();
  }

  /** Who has died looks the same. */
  @Test
  void whoHasShutDownIsToldNoStreamToItsEnd() {
    get();
    channel.writeOutbound(head(false));
    get();
    shutDown();
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void nothingIsSaidOrHeardAfterAFault() {
    channel.writeInbound(request("/"));
    channel.writeInbound(malformed());
    assertThat(turns.state()).isEqualTo(Turns.State.ENDED);
    assertThat(channel.inboundMessages()).hasSize(1);
    assertThat(channel.<FullHttpResponse>readOutbound().status().code()).isEqualTo(400);
    var late = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    assertThat(channel.writeOneOutbound(late).isSuccess()).isFalse();
    assertThat(late.refCnt()).isZero();
    get();
    assertThat(channel.inboundMessages()).hasSize(1);
  }

  @Test
  void aFaultBehindAnAnswerIsNotTold() {
    channel.writeInbound(request("/"));
    channel.writeOutbound(
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.NOT_FOUND));
    channel.outboundMessages().clear();
    channel.writeInbound(malformed());
    assertThat(turns.state()).isEqualTo(Turns.State.ENDED);
    assertThat(channel.outboundMessages()).noneMatch(HttpResponse.class::isInstance);
  }

  @Test
  void theNextAnswerOfAServerThatLeavesIsTheLastAndSaysSo() {
    get();
    drain.begin();
    HttpResponse head = head(true);
    channel.writeOutbound(head);
    assertThat(head.headers().get(HttpHeaderNames.CONNECTION)).isEqualTo("close");
    assertThat(turns.state()).isEqualTo(Turns.State.ANSWERING);
    channel.writeOutbound(LastHttpContent.EMPTY_LAST_CONTENT);
    assertThat(turns.state()).isEqualTo(Turns.State.ENDED);
    get();
    assertThat(channel.inboundMessages()).as("the first request").hasSize(2);
    shutDown();
    assertThat(channel.isOpen()).as("the client has closed").isFalse();
  }

  @Test
  void anAnswerThatHasBegunWhenTheServerLeavesIsNotTheLast() {
    get();
    channel.writeOutbound(head(true));
    drain.begin();
    channel.writeOutbound(LastHttpContent.EMPTY_LAST_CONTENT);
    assertThat(turns.state()).isEqualTo(Turns.State.FREE);
  }

  @Test
  void whoWaitsForTheLastAnswerIsToldWhenItHasBeenGiven() {
    AtomicInteger told = new AtomicInteger();
    assertThat(turns.whenQuiet(told::incrementAndGet)).as("something is under way").isFalse();
    assertThat(told).hasValue(1);
    get();
    get();
    assertThat(turns.whenQuiet(told::incrementAndGet)).isTrue();
    channel.writeOutbound(head(true));
    channel.writeOutbound(LastHttpContent.EMPTY_LAST_CONTENT);
    channel.runPendingTasks();
    assertThat(told).as("another has come meanwhile").hasValue(1);
    drain.begin();
    channel.writeOutbound(head(true));
    assertThat(told).hasValue(1);
    channel.writeOutbound(LastHttpContent.EMPTY_LAST_CONTENT);
    assertThat(told).hasValue(2);
  }

  /** It comes to no end by itself. */
  @Test
  void nobodyWaitsForAStream() {
    AtomicInteger told = new AtomicInteger();
    get();
    turns.whenQuiet(told::incrementAndGet);
    channel.writeOutbound(head(false));
    assertThat(told).hasValue(1);
  }

  @Test
  void nobodyWaitsForAConnectionThatHasEnded() {
    AtomicInteger told = new AtomicInteger();
    get();
    turns.whenQuiet(told::incrementAndGet);
    channel.close();
    channel.runPendingTasks();
    assertThat(told).hasValue(1);
    assertThat(turns.whenQuiet(told::incrementAndGet)).isFalse();
    assertThat(told).hasValue(2);
  }

  @Test
  void streamsOfAServerThatLeavesGoOn() {
    drain.begin();
    get();
    HttpResponse head = head(false);
    channel.writeOutbound(head);
    assertThat(head.headers().contains(HttpHeaderNames.CONNECTION)).isFalse();
    channel.writeOutbound(new DefaultHttpContent(Unpooled.EMPTY_BUFFER));
    assertThat(turns.state()).isEqualTo(Turns.State.STREAMING);
  }

  /** What comes although nothing is read any more, as after a client has shut down its side. */
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
