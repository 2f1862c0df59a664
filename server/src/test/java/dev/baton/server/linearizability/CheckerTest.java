package dev.baton.server.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.Command;
import dev.baton.core.RuleSet;
import dev.baton.core.StateMachine;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CheckerTest {

  private static final Request CREATE =
      new PromiseRequest.Create(
          "p", Long.MAX_VALUE, Value.EMPTY, Map.of(Tags.TARGET, "poll://any@g"));
  private static final Request GET = new PromiseRequest.Get("p");

  private final List<Operation> history = new ArrayList<>();

  private static Request settle(PromiseRecord.State as) {
    return new PromiseRequest.Settle("p", as, Value.EMPTY);
  }

  private static Request acquire(String pid) {
    return new TaskRequest.Acquire("p", 0, pid, 1_000);
  }

  /** What the rules answer to the last of these requests. */
  private static Response answer(Request... requests) {
    StateMachine rules = new StateMachine(RuleSet.DEFAULT);
    SequentialState state = SequentialState.EMPTY;
    Response response = Response.ok();
    for (Request request : requests) {
      var outcome = rules.decide(state, new Command.Client(request), 0);
      state = state.with(outcome.changes());
      response = outcome.response();
    }
    return response;
  }

  private void happened(long calledAt, long endedAt, Request request, @Nullable Response response) {
    history.add(new Operation(new Command.Client(request), calledAt, endedAt, response));
  }

  private boolean holds() {
    return Checker.check(history).holds();
  }

  @Test
  void oneAfterTheOtherIsAnOrder() {
    happened(0, 1, CREATE, answer(CREATE));
    happened(
        2,
        3,
        settle(PromiseRecord.State.RESOLVED),
        answer(CREATE, settle(PromiseRecord.State.RESOLVED)));
    happened(4, 5, GET, answer(CREATE, settle(PromiseRecord.State.RESOLVED), GET));
    assertThat(holds()).isTrue();
  }

  @Test
  void whatOverlapsMayHaveHappenedInAnyOrder() {
    happened(0, 1, CREATE, answer(CREATE));
    happened(
        2,
        9,
        settle(PromiseRecord.State.RESOLVED),
        answer(CREATE, settle(PromiseRecord.State.RESOLVED)));
    happened(3, 4, GET, answer(CREATE, GET));
    assertThat(holds()).isTrue();
  }

  @Test
  void aStaleReadIsFound() {
    happened(0, 1, CREATE, answer(CREATE));
    happened(
        2,
        3,
        settle(PromiseRecord.State.RESOLVED),
        answer(CREATE, settle(PromiseRecord.State.RESOLVED)));
    happened(4, 5, GET, answer(CREATE, GET));
    Checker.Verdict verdict = Checker.check(history);
    assertThat(verdict.holds()).isFalse();
    assertThat(verdict.explanation()).contains("the best explains 2", "where the rules answer");
  }

  @Test
  void aLostWriteIsFound() {
    happened(0, 1, CREATE, answer(CREATE));
    happened(2, 3, GET, answer(GET));
    assertThat(holds()).isFalse();
  }

  @Test
  void twoHoldersOfOneVersionAreFound() {
    happened(0, 1, CREATE, answer(CREATE));
    happened(2, 9, acquire("a"), answer(CREATE, acquire("a")));
    happened(2, 9, acquire("b"), answer(CREATE, acquire("b")));
    assertThat(holds()).isFalse();
  }

  @Test
  void aSettlementThatChangesIsFound() {
    Request resolve = settle(PromiseRecord.State.RESOLVED);
    Request reject = settle(PromiseRecord.State.REJECTED);
    happened(0, 1, CREATE, answer(CREATE));
    happened(2, 3, resolve, answer(CREATE, resolve));
    happened(4, 5, reject, answer(CREATE, reject));
    assertThat(holds()).isFalse();
  }

  @Test
  void whatWasNotAnsweredMayHaveHappenedOrNot() {
    happened(0, 1, CREATE, answer(CREATE));
    happened(2, 6, settle(PromiseRecord.State.RESOLVED), null);
    happened(3, 4, GET, answer(CREATE, GET));
    assertThat(holds()).isTrue();
    happened(5, 7, GET, answer(CREATE, settle(PromiseRecord.State.RESOLVED), GET));
    assertThat(holds()).isTrue();
  }

  @Test
  void whatWasNotAnsweredDoesNotHappenAfterItsEnd() {
    happened(0, 1, CREATE, answer(CREATE));
    happened(2, 6, settle(PromiseRecord.State.RESOLVED), null);
    happened(7, 8, GET, answer(CREATE, GET));
    happened(9, 10, GET, answer(CREATE, settle(PromiseRecord.State.RESOLVED), GET));
    assertThat(holds()).isFalse();
  }

  /** What no order explains among much that may have happened is known for certain, and soon. */
  @Test
  void muchThatWasNotAnsweredDoesNotHideAStaleRead() {
    Request resolve = settle(PromiseRecord.State.RESOLVED);
    happened(0, 1, CREATE, answer(CREATE));
    for (int version = 0; version < 8; version++) {
      for (String pid : List.of("a", "b", "c", "a", "b", "c")) {
        happened(2, Long.MAX_VALUE, new TaskRequest.Acquire("p", version, pid, 1_000), null);
      }
      happened(2, Long.MAX_VALUE, new TaskRequest.Release("p", version + 1), null);
      history.add(
          new Operation(new Command.EndLease("p", version + 1, 0, 1_000), 2, Long.MAX_VALUE, null));
    }
    happened(3, 4, resolve, answer(CREATE, resolve));
    happened(5, 6, GET, answer(CREATE, GET));
    Checker.Verdict verdict = Checker.check(history);
    assertThat(verdict.explanation()).startsWith("no order");
    assertThat(verdict.steps()).isLessThan(1_000);
  }

  /** It changes nothing as long as nothing has fired, but must happen after that. */
  @Test
  void whatWouldChangeNothingNowMayHaveToHappenLater() {
    Request other = new PromiseRequest.Create("q", Long.MAX_VALUE, Value.EMPTY, Map.of());
    Request settle = new PromiseRequest.Settle("q", PromiseRecord.State.RESOLVED, Value.EMPTY);
    var callback = new PromiseRequest.RegisterCallback("q", "p");
    Request suspend = new TaskRequest.Suspend("p", 1, List.of(callback));
    List<Request> before = new ArrayList<>();
    long at = 0;
    for (Request request : List.of(CREATE, other, settle, acquire("a"))) {
      before.add(request);
      happened(at, at + 1, request, answer(before.toArray(Request[]::new)));
      at += 2;
    }
    happened(10, 20, suspend, answer(CREATE, other, settle, acquire("a"), callback, suspend));
    happened(10, 20, callback, answer(CREATE, other, settle, acquire("a"), callback));
    Request get = new TaskRequest.Get("p");
    happened(21, 22, get, answer(CREATE, other, settle, acquire("a"), callback, suspend, get));
    assertThat(holds()).isTrue();
  }

  /** The shortcuts of the search change no verdict. */
  @Test
  void aSearchWithoutShortcutsComesToTheSameVerdicts() {
    int impossible = 0;
    for (long seed = 0; seed < 1_000; seed++) {
      List<Operation> random = RandomHistory.of(seed);
      boolean holds = BruteForce.hasOrder(random);
      assertThat(Checker.check(random).holds()).as("seed %d: %s", seed, random).isEqualTo(holds);
      impossible += holds ? 0 : 1;
    }
    assertThat(impossible).isBetween(100, 900);
  }
}
