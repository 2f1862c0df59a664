package dev.baton.server.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.Command;
import dev.baton.core.Outcome;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.protocol.Message;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Value;
import dev.baton.server.storage.StorageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** An unblock is struck off when it has been delivered, and sent again until then. */
class UnblockTest {

  private static final String A = "poll://uni@g/a";

  /** A connection that takes messages, but holds no more than two that have not been taken. */
  private static final class NarrowLink extends FakeLink {
    NarrowLink(String pid) {
      super(pid, null);
    }

    @Override
    public boolean isWritable() {
      return messages.size() - taken() < 2;
    }
  }

  private final Map<String, Promise> stored = new HashMap<>();
  private final List<String> posts = new ArrayList<>();
  private final List<Push.Outcome> outcomes = new ArrayList<>();
  private boolean isUnreadable;
  private final Dispatcher dispatcher =
      Dispatchers.finding(
          id -> {
            if (isUnreadable) {
              throw new StorageException("unreadable", new IOException("disk"));
            }
            Promise promise = stored.get(id);
            return promise == null ? null : promise.toRecord();
          },
          (url, _, outcome) -> {
            posts.add(url);
            outcomes.add(outcome);
          });
  private final List<Command.Listener> struckOff = new ArrayList<>();
  private long now = 1_000_000;

  private void settle(String id, String address) {
    Promise promise =
        new Promise(
            id,
            Value.EMPTY,
            Map.of(),
            now + 90_000,
            now,
            new PromiseState.Settled(PromiseRecord.State.RESOLVED, Value.ofData("v"), now));
    stored.put(id, promise);
    dispatcher.unblock(new Outcome.Unblock(address, promise.withoutPayload()), now);
    step(0);
  }

  private <L extends FakeLink> L connect(L link) {
    dispatcher.connected(link, now);
    step(0);
    return link;
  }

  private FakeLink connect(String pid) {
    return connect(new FakeLink(pid, null));
  }

  private void disconnect(FakeLink link) {
    dispatcher.disconnected(link, now);
    step(0);
  }

  private void step(long ms) {
    now += ms;
    dispatcher.fire(now);
    for (Command command : dispatcher.takeCommands(now, true)) {
      if (command instanceof Command.ForgetListeners(var listeners)) {
        struckOff.addAll(listeners);
      }
    }
    dispatcher.pump(now);
  }

  /** Goes from one planned instant to the next. */
  private void advance(long ms) {
    long end = now + ms;
    while (dispatcher.nextDueAt() <= end) {
      step(Math.max(now, dispatcher.nextDueAt()) - now);
    }
    step(end - now);
  }

  private Message unblock(String id) {
    return new Message.Unblock(Objects.requireNonNull(stored.get(id)).toRecord());
  }

  private static Command.Listener listener(String id) {
    return new Command.Listener(id, A);
  }

  @Test
  void itWaitsForItsAddresseeAndIsStruckOffWhenTheConnectionHasTakenItAndLivesOn() {
    settle("p", A);
    advance(5_000);
    FakeLink a = connect("a");
    assertThat(a.messages).containsExactly(unblock("p"));
    advance(1_199);
    assertThat(struckOff).isEmpty();
    advance(1);
    assertThat(struckOff).containsExactly(listener("p"));
    advance(600_000);
    assertThat(a.messages).hasSize(1);
  }

  @Test
  void aClockThatIsSetMakesNoTimePass() {
    FakeLink a = connect("a");
    settle("p", A);
    for (int i = 0; i < 3; i++) {
      now += 600_000;
      dispatcher.clockMoved(600_000);
      step(100);
      assertThat(struckOff).isEmpty();
    }
    disconnect(a);
    assertThat(connect("a").messages).containsExactly(unblock("p"));
  }

  @Test
  void whatTheConnectionHasNotTakenIsNotStruckOff() {
    FakeLink a = connect("a");
    a.mostTaken = 0;
    settle("p", A);
    advance(20_000);
    assertThat(struckOff).isEmpty();
    a.mostTaken = 1;
    advance(999);
    assertThat(struckOff).as("it may have been taken just now").isEmpty();
    advance(1_000);
    assertThat(struckOff).containsExactly(listener("p"));
  }

  @Test
  void whatAConnectionThatBreaksHadNotTakenGoesToTheNext() {
    FakeLink first = connect("a");
    first.mostTaken = 1;
    settle("p", A);
    settle("q", A);
    advance(1_200);
    assertThat(struckOff).containsExactly(listener("p"));
    disconnect(first);
    FakeLink next = connect("a");
    assertThat(next.messages).containsExactly(unblock("q"));
    advance(1_200);
    assertThat(struckOff).containsExactly(listener("p"), listener("q"));
  }

  @Test
  void whatAConnectionHadJustTakenWhenItBrokeGoesToTheNextInOrder() {
    IntStream.range(0, 300).forEach(i -> settle("p" + i, A));
    FakeLink first = connect("a");
    assertThat(first.messages).hasSize(300);
    step(500);
    disconnect(first);
    FakeLink next = connect("a");
    assertThat(next.messages).isEqualTo(first.messages);
    advance(2_000);
    assertThat(struckOff).hasSize(300).doesNotHaveDuplicates();
  }

  @Test
  void anotherConnectionOfTheSameWorkerGetsItAtOnce() {
    FakeLink older = connect("a");
    FakeLink newer = connect("a");
    newer.mostTaken = 0;
    settle("p", A);
    assertThat(newer.messages).hasSize(1);
    disconnect(newer);
    assertThat(older.messages).containsExactly(unblock("p"));
  }

  @Test
  void aWorkerThatIsCalledGoneIsToldAgainWhenItComesBack() {
    connect("a");
    settle("p", A);
    dispatcher.gone("g", "a", false, now);
    advance(2_000);
    assertThat(struckOff).isEmpty();
    assertThat(connect("a").messages).containsExactly(unblock("p"));
  }

  @Test
  void aConnectionGetsNoMoreThanItTakes() {
    IntStream.range(0, 5).forEach(i -> settle("p" + i, A));
    NarrowLink a = connect(new NarrowLink("a"));
    assertThat(a.messages).hasSize(5);
    disconnect(a);
    NarrowLink slow = new NarrowLink("a");
    slow.mostTaken = 0;
    connect(slow);
    assertThat(slow.messages).hasSize(2);
    slow.mostTaken = 1;
    dispatcher.writable(slow, now);
    assertThat(slow.messages).hasSize(3);
    slow.mostTaken = 5;
    advance(500);
    assertThat(slow.messages).as("it is looked again without a word, too").hasSize(5);
    advance(3_000);
    assertThat(struckOff).hasSize(5);
  }

  @Test
  void whoeverOfTheGroupIsThereIsToldWhereNobodyIsMeant() {
    settle("p", "poll://any@g/b");
    FakeLink a = connect("a");
    assertThat(a.messages).containsExactly(unblock("p"));
    FakeLink b = connect("b");
    settle("q", "poll://any@g/b");
    assertThat(b.messages).containsExactly(unblock("q"));
    disconnect(b);
    assertThat(a.messages).containsExactly(unblock("p"), unblock("q"));
  }

  @Test
  void oneThatNobodyFetchesEndsWithItsPromisesLife() {
    settle("p", A);
    advance(180_000);
    assertThat(struckOff).containsExactly(listener("p"));
    assertThat(connect("a").messages).isEmpty();
  }

  @Test
  void oneWhosePromiseIsNoMoreIsStruckOff() {
    settle("p", A);
    stored.clear();
    assertThat(connect("a").messages).isEmpty();
    assertThat(struckOff).containsExactly(listener("p"));
  }

  @Test
  void oneWhosePromiseCannotBeReadWaitsUntilItCan() {
    settle("p", A);
    settle("q", "http://sink/x");
    outcomes.removeFirst().accept("it answers with status 500");
    isUnreadable = true;
    FakeLink a = connect("a");
    advance(5_000);
    assertThat(a.messages).isEmpty();
    assertThat(posts).hasSize(1);
    assertThat(struckOff).isEmpty();
    isUnreadable = false;
    advance(30_000);
    assertThat(a.messages).containsExactly(unblock("p"));
    assertThat(posts).hasSizeGreaterThan(1);
  }

  @Test
  void aTargetIsToldAgainWithGrowingPausesUntilItAnswersWell() {
    settle("p", "http://sink/x");
    assertThat(posts).hasSize(1);
    outcomes.removeFirst().accept("it answers with status 500");
    step(0);
    advance(999);
    assertThat(posts).hasSize(1);
    advance(1);
    assertThat(posts).hasSize(2);
    outcomes.removeFirst().accept("it answers with status 500");
    step(0);
    advance(1_999);
    assertThat(posts).hasSize(2);
    advance(1);
    assertThat(posts).containsExactly("http://sink/x", "http://sink/x", "http://sink/x");
    assertThat(struckOff).isEmpty();
    outcomes.removeFirst().accept(null);
    step(0);
    assertThat(struckOff).containsExactly(new Command.Listener("p", "http://sink/x"));
    advance(600_000);
    assertThat(posts).hasSize(3);
  }

  @Test
  void aTargetThatNeverAnswersWellIsGivenUpWithThePromisesLife() {
    settle("p", "http://sink/x");
    for (int seconds = 0; seconds < 200; seconds++) {
      while (!outcomes.isEmpty()) {
        outcomes.removeFirst().accept("it answers with status 500");
      }
      step(1_000);
    }
    assertThat(struckOff).containsExactly(new Command.Listener("p", "http://sink/x"));
    assertThat(posts).hasSizeBetween(4, 10);
  }

  @Test
  void postsOfManyGoOutAsOthersComeBack() {
    IntStream.range(0, 300).forEach(i -> settle("p" + i, "http://sink/x"));
    assertThat(posts).hasSize(256);
    outcomes.removeFirst().accept(null);
    assertThat(posts).hasSize(257);
  }

  @Test
  void theCommandGoesWithOtherChangesOrSoonByItself() {
    connect("a");
    settle("p", A);
    now += 200;
    dispatcher.fire(now);
    now += 1_000;
    dispatcher.fire(now);
    dispatcher.pump(now);
    assertThat(dispatcher.takeCommands(now, false)).isEmpty();
    assertThat(dispatcher.nextDueAt()).isEqualTo(now + 500);
    assertThat(dispatcher.takeCommands(now + 500, false))
        .containsExactly(new Command.ForgetListeners(List.of(listener("p"))));
  }
}
