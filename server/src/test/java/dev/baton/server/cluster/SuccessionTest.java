package dev.baton.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SuccessionTest {

  private final List<String> asked = new ArrayList<>();
  private final Succession succession = new Succession();

  private void offer() {
    succession.offer(
        new Succession.Notes() {
          @Override
          public Future<Void> begin() {
            asked.add("begin");
            return Future.succeededFuture();
          }

          @Override
          public Future<byte[]> take() {
            asked.add("take");
            return Future.succeededFuture(new byte[] {(byte) asked.size()});
          }
        });
  }

  @Test
  void whoFollowsIsToldWhatWasWrittenAsOftenAsItAsks() {
    offer();
    assertThat(succession.begin("a").succeeded()).isTrue();
    assertThat(succession.noted("a").result()).isEqualTo(Buffer.buffer(new byte[] {2}));
    assertThat(succession.noted("a").result()).isEqualTo(Buffer.buffer(new byte[] {3}));
    Future<Buffer> end = succession.end("a");
    assertThat(end.isComplete()).isFalse();
    succession.handOver(new byte[] {9});
    assertThat(end.result()).isEqualTo(Buffer.buffer(new byte[] {9}));
  }

  @Test
  void nobodyElseTakesTheNotes() {
    assertThat(succession.noted("a").failed()).isTrue();
    offer();
    assertThat(succession.noted("a").failed()).isTrue();
    succession.begin("a");
    assertThat(succession.begin("b").failed()).isTrue();
    assertThat(succession.noted("b").failed()).isTrue();
    assertThat(succession.end("b").failed()).isTrue();
    assertThat(asked).containsExactly("begin");
  }

  @Test
  void afterItHasReadTheStoreTheNotesAreForTheEnd() {
    offer();
    succession.begin("a");
    succession.end("a");
    assertThat(succession.noted("a").failed()).isTrue();
    assertThat(asked).containsExactly("begin");
  }
}
