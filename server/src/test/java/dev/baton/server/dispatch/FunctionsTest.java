package dev.baton.server.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Value;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tasks go to workers that have their function. */
class FunctionsTest {

  private final Map<String, FunctionRef> wanted = new HashMap<>();
  private int reads;
  private final Dispatcher dispatcher =
      Dispatchers.finding(
          new Dispatcher.Promises() {
            @Override
            public @Nullable PromiseRecord find(String id) {
              return null;
            }

            @Override
            public @Nullable FunctionRef function(String taskId) {
              reads++;
              return wanted.get(taskId);
            }
          },
          Push.OFF);
  private long now = 1_000_000;

  private FakeLink connect(FakeLink link) {
    dispatcher.connected(link, now);
    dispatcher.pump(now);
    return link;
  }

  private static FakeLink worker(String pid, int slots, String... functions) {
    return new FakeLink(pid, slots).having(functions);
  }

  private void ready(String id, @Nullable FunctionRef function) {
    ready(id, function, "poll://any@g");
  }

  private void ready(String id, @Nullable FunctionRef function, String target) {
    if (function != null) {
      wanted.put(id, function);
    }
    dispatcher.moved(null, new Task(id, target, 0, new TaskState.Pending(now, true)), now);
    dispatcher.pump(now);
  }

  private static FunctionRef function(String name, int version) {
    return new FunctionRef(name, version);
  }

  @Test
  void aTaskGoesToAWorkerThatHasItsFunctionInItsVersion() {
    FakeLink old = connect(worker("old", 9, "buy:1", "price:1"));
    FakeLink fresh = connect(worker("new", 9, "buy:2", "price:1,2"));
    ready("a", function("buy", 1));
    ready("b", function("buy", 2));
    ready("c", function("buy", 1));
    ready("d", function("price", 2));
    assertThat(old.offered()).containsExactly("a", "c");
    assertThat(fresh.offered()).containsExactly("b", "d");
    ready("e", function("buy", FunctionRef.ANY));
    ready("f", null);
    assertThat(old.offered().size() + fresh.offered().size()).isEqualTo(6);
  }

  @Test
  void aTaskWhoseFunctionNobodyHasWaitsAndKeepsNobodyFromWork() {
    FakeLink link = connect(worker("w", 1, "buy:1"));
    ready("a", function("sell", 1));
    ready("b", function("buy", 1));
    assertThat(link.offered()).containsExactly("b");
    assertThat(dispatcher.view("g", now).ready()).isEqualTo(1);
    assertThat(dispatcher.delivery("a", now).missingFunction()).isEqualTo("sell (version 1)");
    now += 5_000;
    assertThat(dispatcher.view("g", now).oldestReadySeconds()).isEqualTo(5);
    FakeLink other = connect(worker("v", 1, "sell:1"));
    assertThat(other.offered()).containsExactly("a");
    assertThat(dispatcher.delivery("a", now).missingFunction()).isNull();
    assertThat(dispatcher.view("g", now).ready()).isZero();
  }

  @Test
  void whoSaysNothingMayHaveAnything() {
    FakeLink silent = new FakeLink("silent", 9);
    connect(worker("w", 9, "buy:1"));
    ready("a", function("sell", 1));
    connect(silent);
    assertThat(silent.offered()).containsExactly("a");
  }

  @Test
  void whatWaitedBeforeAnybodySaidAnythingIsSortedThen() {
    for (int i = 0; i < 2; i++) {
      ready("a" + i, function("sell", 1));
      ready("b" + i, function("buy", 1));
    }
    assertThat(reads).as("nobody is asked while it does not matter").isZero();
    FakeLink link = connect(worker("w", 9, "buy:1"));
    assertThat(link.offered()).containsExactly("b0", "b1");
    assertThat(reads).isEqualTo(4);
    FakeLink other = connect(worker("v", 1, "sell:1"));
    assertThat(other.offered()).containsExactly("a0");
    assertThat(dispatcher.view("g", now).ready()).isEqualTo(1);
  }

  @Test
  void turnsAreKeptAcrossFunctions() {
    FakeLink link = worker("w", 1, "buy:1", "sell:1");
    ready("a", function("sell", 1));
    ready("b", function("buy", 1));
    ready("c", null);
    connect(link);
    for (String id : List.of("a", "b", "c")) {
      assertThat(link.offered()).endsWith(id);
      Task held =
          new Task(id, "poll://any@g", 1, new TaskState.Acquired("w", 60_000, now + 60_000, now));
      dispatcher.moved(
          new Task(id, "poll://any@g", 0, new TaskState.Pending(now, true)), held, now);
      dispatcher.moved(held, held.with(new TaskState.Fulfilled()), now);
      dispatcher.pump(now);
    }
  }

  @Test
  void aPreferredWorkerThatLacksTheFunctionIsPassedOver() {
    FakeLink named = connect(worker("named", 9, "buy:1"));
    FakeLink other = connect(worker("other", 9, "sell:1"));
    ready("a", function("sell", 1), "poll://any@g/named");
    assertThat(named.offered()).isEmpty();
    assertThat(other.offered()).containsExactly("a");
    ready("b", function("sell", 1), "poll://uni@g/named");
    assertThat(named.offered()).as("it is for that one and no other").containsExactly("b");
  }

  @Test
  void whatOneGaveBackGoesToAnotherOnlyIfThatHasTheFunction() {
    FakeLink one = connect(worker("one", 9, "sell:1"));
    FakeLink other = connect(worker("other", 9, "buy:1"));
    ready("a", function("sell", 1));
    Task pending = new Task("a", "poll://any@g", 0, new TaskState.Pending(now, true));
    Task held = pending.taken(new TaskState.Acquired("one", 60_000, now + 60_000, now));
    dispatcher.moved(pending, held, now);
    dispatcher.moved(held, held.with(new TaskState.Pending(now, true)), now);
    dispatcher.pump(now);
    assertThat(one.offered()).containsExactly("a", "a");
    assertThat(other.offered()).isEmpty();
  }

  @Test
  void whatWasGivenBackBeforeAnybodySaidAnythingIsSortedThen() {
    FakeLink silent = connect(new FakeLink("one", 9));
    ready("a", function("sell", 1));
    dispatcher.disconnected(silent, now);
    Task pending = new Task("a", "poll://any@g", 0, new TaskState.Pending(now, true));
    Task held = pending.taken(new TaskState.Acquired("one", 60_000, now + 60_000, now));
    dispatcher.moved(pending, held, now);
    dispatcher.moved(held, held.with(new TaskState.Pending(now, true)), now);
    dispatcher.pump(now);
    FakeLink other = connect(worker("other", 9, "buy:1"));
    assertThat(other.offered()).isEmpty();
  }

  @Test
  void functionOfACallIsReadFromItsParam() {
    assertThat(FunctionRef.of(json("{\"func\":\"buy\",\"args\":[{\"func\":1}],\"version\":2}")))
        .isEqualTo(function("buy", 2));
    assertThat(FunctionRef.of(json("{\"args\":[[]],\"func\":\"buy\"}")))
        .isEqualTo(function("buy", 1));
    for (String odd : List.of("", "x", "[]", "{}", "{\"func\":1}", "{\"func\":\"a\",", "null")) {
      assertThat(FunctionRef.of(json(odd))).as(odd).isNull();
    }
    assertThat(FunctionRef.of(Value.EMPTY)).isNull();
    assertThat(FunctionRef.of(Value.ofData("no base64!"))).isNull();
    assertThat(FunctionRef.of(json("{\"func\":\"" + "a".repeat(99_000) + "\"}"))).isNull();
  }

  private static Value json(String text) {
    return Value.ofData(Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void whatIsAnnouncedIsChecked() {
    assertThat(FunctionRef.announced(List.of("a:b:1,3")))
        .containsExactlyInAnyOrder(function("a:b", 0), function("a:b", 1), function("a:b", 3));
    for (String odd : List.of("", "buy", ":1", "buy:", "buy:0", "buy:x", "buy:1,", "buy:1:2,x")) {
      assertThatThrownBy(() -> FunctionRef.announced(List.of(odd)))
          .hasMessageEndingWith("not '" + odd + "'");
    }
  }
}
