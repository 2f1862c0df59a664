package dev.baton.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.Command;
import dev.baton.core.Promise;
import dev.baton.core.RuleSet;
import dev.baton.core.StateMachine;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.Value;
import dev.baton.server.dispatch.Dispatchers;
import dev.baton.server.memory.Account;
import dev.baton.server.storage.MemoryStorage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LiveBudgetTest {

  private static final long FAR = Long.MAX_VALUE;
  private static final int LIMIT = 100_000;
  private static final String LONG = "x".repeat(500);

  private final MemoryStorage storage = new MemoryStorage(RuleSet.Profile.RELEASE);
  private final Account account = new Account(LIMIT);
  private Pipeline pipeline;
  private long now = 1_000;

  LiveBudgetTest() {
    pipeline = open(account);
  }

  private Pipeline open(Account room) {
    Pipeline opened =
        new Pipeline(
            storage,
            new StateMachine(RuleSet.DEFAULT)::decide,
            Dispatchers.plain(),
            EngineMetrics.NONE,
            Extension.NONE,
            1_000,
            new LiveBudget(room));
    opened.open(now);
    return opened;
  }

  private Response send(Request request) {
    List<Response> responses = new ArrayList<>();
    step(List.of(new CommandCall(new Command.Client(request), null, responses::add)));
    return responses.getFirst();
  }

  private void step(List<CommandCall> calls) {
    pipeline.step(calls, () -> null, now, 0, false);
  }

  private static PromiseRequest.Create create(String id) {
    return new PromiseRequest.Create(id, FAR, Value.EMPTY, Map.of("tag", LONG));
  }

  private static PromiseRequest.Create task(String id) {
    return new PromiseRequest.Create(id, FAR, Value.EMPTY, Map.of(Tags.TARGET, "poll://any@g"));
  }

  private static PromiseRequest.Settle settle(String id) {
    return new PromiseRequest.Settle(id, PromiseRecord.State.RESOLVED, Value.EMPTY);
  }

  private boolean isPending(String id) {
    Promise promise = storage.live().promise(id);
    return promise != null && promise.isPending();
  }

  /** Creates roots until there is no room; answers how many. */
  private int fill() {
    for (int i = 0; ; i++) {
      Response response = send(create("root" + i));
      if (response.status() != 200) {
        assertThat(response.status()).isEqualTo(503);
        assertThat(response.body().toString()).contains("memory.live is " + LIMIT);
        return i;
      }
    }
  }

  /** Creates children of the first root until there is no room for them either. */
  private int fillWithChildren() {
    int children = 0;
    while (send(create("root0." + children)).status() == 200) {
      children++;
    }
    return children;
  }

  @Test
  void whatIsNewIsRefusedBeforeAnythingOfItHasHappened() {
    int roots = fill();
    assertThat(roots).isBetween(50, 200);
    assertThat(account.used()).isLessThanOrEqualTo(LIMIT).isEqualTo(storage.liveBytes());
    assertThat(account.refusals()).isEqualTo(1);
    assertThat(send(new PromiseRequest.Get("root" + roots)).status()).isEqualTo(404);
    assertThat(send(new ScheduleRequest.Create("s", "* * * * *", "i", 1, Value.EMPTY, Map.of())))
        .extracting(Response::status)
        .isEqualTo(503);
  }

  @Test
  void whatRunsGoesOnAndComesToItsEnd() {
    send(task("run"));
    fill();
    assertThat(send(new TaskRequest.Acquire("run", 0, "pid", 60_000)).status()).isEqualTo(200);
    assertThat(send(create("run.1")).status()).as("a child has the rest").isEqualTo(200);
    assertThat(send(new TaskRequest.Heartbeat("pid", List.of())).status()).isEqualTo(200);
    assertThat(send(create("root0")).status()).as("it is there").isEqualTo(200);
    assertThat(send(settle("run.1")).status()).isEqualTo(200);
    assertThat(send(new TaskRequest.Fulfill("run", 1, settle("run"))).status()).isEqualTo(200);
  }

  @Test
  void theRestIsBoundedToo() {
    fill();
    assertThat(fillWithChildren()).isPositive();
    assertThat(account.used()).isLessThanOrEqualTo(LIMIT);
    int listeners = 0;
    while (send(new PromiseRequest.RegisterListener("root0", "poll://uni@g/" + listeners)).status()
        == 200) {
      listeners++;
    }
    assertThat(listeners).isLessThan(20);
    assertThat(account.used()).isLessThanOrEqualTo(LIMIT);
  }

  @Test
  void onePromiseThatIsLargerThanAllRoomIsRefusedThoughNothingElseIsLive() {
    var large = new PromiseRequest.Create("large", FAR, Value.ofData("x".repeat(LIMIT)), Map.of());
    assertThat(send(large).status()).isEqualTo(503);
    assertThat(account.used()).isZero();
  }

  @Test
  void oneBatchDoesNotPassTheLimitEither() {
    List<Response> responses = new ArrayList<>();
    List<CommandCall> calls = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      calls.add(new CommandCall(new Command.Client(create("p" + i)), null, responses::add));
    }
    step(calls);
    assertThat(responses).extracting(Response::status).contains(200, 503);
    assertThat(account.used()).isLessThanOrEqualTo(LIMIT);
  }

  @Test
  void schedulesWaitForRoomAndOtherTimersDoNot() {
    send(
        new ScheduleRequest.Create(
            "s", "* * * * *", "run-{{.timestamp}}", 1L << 40, Value.EMPTY, Map.of()));
    send(new PromiseRequest.Create("soon", 61_000, Value.EMPTY, Map.of()));
    int roots = fill();
    fillWithChildren();
    long before = storage.liveBytes();
    now = 61_000;
    step(List.of());
    assertThat(isPending("soon")).isFalse();
    assertThat(isPending("run-60000")).isFalse();
    assertThat(storage.liveBytes()).isLessThanOrEqualTo(before);
    assertThat(pipeline.nextDueAt()).as("it does not spin").isEqualTo(62_000);
    for (int i = 0; i < roots; i++) {
      send(settle("root" + i));
      storage.removeSettled(FAR, 1_000);
    }
    now = 62_000;
    step(List.of());
    assertThat(isPending("run-60000")).as("late, and for its instant").isTrue();
  }

  private static ScheduleRequest.Create schedule(String id, String param) {
    return new ScheduleRequest.Create(
        id, "* * * * *", "run-{{.timestamp}}", 1L << 40, Value.ofData(param), Map.of());
  }

  /** Creates schedules until there is no room for them; answers the refusal. */
  private Response fillWithSchedules() {
    for (int i = 0; ; i++) {
      Response response = send(schedule("s" + i, "p".repeat(i == 0 ? 10 : 1_000)));
      if (response.status() != 200) {
        return response;
      }
    }
  }

  @Test
  void schedulesLeaveThreeQuartersToWhatEnds() {
    Response refusal = fillWithSchedules();
    assertThat(refusal.status()).isEqualTo(503);
    assertThat(refusal.body().toString())
        .contains("room for more of schedules")
        .contains("a quarter of memory.live (" + LIMIT + ") is " + LIMIT / 4);
    assertThat(account.refusals()).isEqualTo(1);
    assertThat(account.used())
        .isLessThanOrEqualTo(LIMIT / 4)
        .isGreaterThan(LIMIT / 8)
        .isEqualTo(storage.liveBytes());
    assertThat(send(create("p")).status()).isEqualTo(200);
  }

  @Test
  void aScheduleThatHasRunDoesNotGrowBeyondThatEither() {
    send(schedule("s0", "p"));
    now = 61_000;
    step(List.of());
    assertThat(isPending("run-60000")).as("it has run").isTrue();
    fillWithSchedules();
    long before = storage.liveBytes();
    var larger = new ScheduleRequest.Update(schedule("s0", "p".repeat(LIMIT / 8)));
    assertThat(send(larger).status()).isEqualTo(503);
    assertThat(storage.liveBytes()).isEqualTo(before);
    var smaller = new ScheduleRequest.Update(schedule("s1", "p".repeat(900)));
    assertThat(send(smaller).status()).as("it makes them smaller").isEqualTo(200);
    assertThat(send(new ScheduleRequest.Pause("s0")).status()).isEqualTo(200);
    assertThat(send(new ScheduleRequest.Delete("s2")).status()).isEqualTo(200);
    assertThat(send(schedule("new", "p".repeat(1_000))).status()).isEqualTo(200);
  }

  @Test
  void schedulesCanBePausedWhenThereIsNoRoomAtAll() {
    send(schedule("s0", "p"));
    pipeline = open(new Account(storage.liveBytes()));
    assertThat(send(new ScheduleRequest.Pause("s0")).status()).isEqualTo(200);
    assertThat(send(new ScheduleRequest.Resume("s0")).status()).isEqualTo(200);
  }

  @Test
  void anAnswerForWhichThereIsNoRoomIsRefusedBeforeItIsSaved() {
    List<Response> responses = new ArrayList<>();
    CommandCall.Reply without =
        new CommandCall.Reply() {
          @Override
          public boolean hasRoomFor(Response response, boolean hasChanges) {
            assertThat(hasChanges).isTrue();
            return false;
          }

          @Override
          public void accept(Response response) {
            responses.add(response);
          }
        };
    step(List.of(new CommandCall(new Command.Client(create("p")), null, without)));
    assertThat(responses).extracting(Response::status).containsExactly(503);
    assertThat(send(new PromiseRequest.Get("p")).status()).isEqualTo(404);
  }
}
