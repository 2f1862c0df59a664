package dev.baton.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SuccessionTest {

  /** Longer than the test may take. */
  private static final long LONG_MS = 600_000;

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

  /** Its end, on another thread, with these servers beside it. */
  private CompletableFuture<Boolean> awaiting(String... servers) {
    Set<String> all = Set.of(servers);
    Predicate<Set<String>> isThereOtherThan = those -> !those.containsAll(all);
    return CompletableFuture.supplyAsync(
            () -> succession.awaitSuccessor(LONG_MS, LONG_MS, isThereOtherThan))
        .orTimeout(20, TimeUnit.SECONDS);
  }

  @Test
  void anotherFollowsIfOneGivesItsPlaceBackWhileItReads() {
    offer();
    CompletableFuture<Boolean> isFound = awaiting("a", "b");
    succession.begin("a");
    assertThat(succession.isOfferedTo("b")).isFalse();
    succession.giveBack("a");
    assertThat(succession.isOfferedTo("b")).isTrue();
    assertThat(succession.noted("a").failed()).isTrue();
    assertThat(succession.end("a").failed()).isTrue();
    assertThat(succession.begin("b").succeeded()).isTrue();
    assertThat(asked).as("it reads the store after this").containsExactly("begin", "begin");
    assertThat(isFound).isNotDone();
    Future<Buffer> end = succession.end("b");
    assertThat(isFound.join()).isTrue();
    assertThat(succession.handOver(new byte[] {9})).isTrue();
    assertThat(end.result()).isEqualTo(Buffer.buffer(new byte[] {9}));
  }

  @Test
  void anotherFollowsIfOneGivesItsPlaceBackBeforeTheOwnerHasBegunToEnd() {
    offer();
    succession.begin("a");
    Future<Buffer> end = succession.end("a");
    succession.giveBack("a");
    assertThat(end.failed()).isTrue();
    assertThat(succession.begin("b").succeeded()).isTrue();
  }

  @Test
  void whoHasGivenItsPlaceBackIsNotAskedAgain() {
    offer();
    succession.begin("a");
    succession.giveBack("a");
    assertThat(succession.isOfferedTo("a")).isFalse();
    assertThat(succession.begin("a").failed()).isTrue();
  }

  @Test
  void theOwnerWaitsForNobodyIfNoneIsLeft() {
    offer();
    CompletableFuture<Boolean> isFound = awaiting("a", "b");
    succession.begin("a");
    succession.giveBack("a");
    succession.begin("b");
    succession.giveBack("b");
    assertThat(isFound.join()).isFalse();
  }

  @Test
  void nobodyFollowsAnOwnerThatEndsForOneThatIsGone() {
    offer();
    CompletableFuture<Boolean> isFound = awaiting("a", "b");
    succession.begin("a");
    Future<Buffer> end = succession.end("a");
    assertThat(isFound.join()).isTrue();
    succession.giveBack("a");
    assertThat(end.failed()).isTrue();
    assertThat(succession.isOfferedTo("b")).isFalse();
    assertThat(succession.begin("b").failed()).isTrue();
    assertThat(succession.handOver(new byte[] {9})).as("somebody was told").isFalse();
  }

  @Test
  void onlyWhoHasAPlaceGivesItBack() {
    offer();
    succession.giveBack("a");
    succession.begin("a");
    succession.giveBack("b");
    assertThat(succession.noted("a").succeeded()).isTrue();
    Future<Buffer> end = succession.end("a");
    succession.giveBack("b");
    assertThat(end.isComplete()).isFalse();
    succession.handOver(new byte[] {9});
    succession.giveBack("a");
    assertThat(end.result()).isEqualTo(Buffer.buffer(new byte[] {9}));
  }

  @Test
  void itDoesNotWaitForEver() {
    offer();
    assertThat(succession.awaitSuccessor(1, LONG_MS, _ -> true)).isFalse();
    succession.begin("a");
    assertThat(succession.awaitSuccessor(LONG_MS, 1, _ -> true)).isFalse();
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
