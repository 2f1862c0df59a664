package dev.baton.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.Change;
import dev.baton.core.Command;
import dev.baton.core.MemoryState;
import dev.baton.core.Outcome;
import dev.baton.core.Reader;
import dev.baton.core.RuleSet;
import dev.baton.core.State;
import dev.baton.core.StateMachine;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.Value;
import dev.baton.server.dispatch.Dispatchers;
import dev.baton.server.storage.Rows;
import dev.baton.server.storage.Storage;
import dev.baton.server.storage.StorageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What becomes of those who ask while the store fails, and afterwards. */
class StoreFailuresTest {

  private static final long FAR = Long.MAX_VALUE;

  private final Failing store = new Failing();
  private final List<Integer> statuses = new ArrayList<>();
  private final Pipeline pipeline =
      new Pipeline(
          store,
          new StateMachine(RuleSet.DEFAULT)::decide,
          Dispatchers.plain(),
          EngineMetrics.NONE);

  StoreFailuresTest() {
    pipeline.open(0);
  }

  /** A store whose disk is full, or that refuses certain changes, as told. */
  private static final class Failing implements Storage {
    private final List<Change> durable = new ArrayList<>();
    private MemoryState state = new MemoryState(RuleSet.Profile.RELEASE);
    private Predicate<Change> refused = _ -> false;
    private boolean isFull;
    private boolean failsAtTheVeryEnd;
    private boolean breaksAgain;
    private int transactions;
    private int proofs;

    @Override
    public <R> R transact(Function<Rows, R> work) {
      List<Change> changes = new ArrayList<>();
      R result =
          work.apply(
              new Rows() {
                @Override
                public State state() {
                  return state;
                }

                @Override
                public void save(List<Change> more) {
                  changes.addAll(more);
                  state.apply(more);
                }

                @Override
                public long nextDueAt(boolean withRuns) {
                  return state.nextDueAt(withRuns);
                }
              });
      transactions += changes.isEmpty() ? 0 : 1;
      if (!changes.isEmpty() && (isFull || changes.stream().anyMatch(refused))) {
        state = new MemoryState(RuleSet.Profile.RELEASE);
        state.apply(durable);
        throw new StorageException("no space left", new IOException(), failsAtTheVeryEnd);
      }
      durable.addAll(changes);
      return result;
    }

    @Override
    public State live() {
      return state;
    }

    @Override
    public void recover() {
      proofs++;
      if (isFull) {
        throw new StorageException("still no space left", new IOException());
      }
    }

    @Override
    public void catchUp(Moves moves, Consumer<Outcome.Unblock> unblocks) {
      if (breaksAgain) {
        throw new StorageException("the connection broke", new IOException());
      }
    }

    @Override
    public void replay(Consumer<Task> tasks, Consumer<Outcome.Unblock> unblocks) {}

    @Override
    public Map<String, Integer> groupSlots() {
      return Map.of();
    }

    @Override
    public void saveGroupSlots(String group, @Nullable Integer slotsPerWorker) {}

    @Override
    public Reader reader() {
      return state.reader();
    }

    @Override
    public void close() {}
  }

  private List<Integer> step(long now, Request... requests) {
    statuses.clear();
    List<CommandCall> calls =
        Arrays.stream(requests)
            .map(request ->
                new CommandCall(
                    new Command.Client(request), null, answer -> statuses.add(answer.status())))
            .toList();
    pipeline.step(calls, () -> null, now, 0, false);
    return List.copyOf(statuses);
  }

  private static PromiseRequest.Create create(String id, long timeoutAt) {
    return new PromiseRequest.Create(id, timeoutAt, Value.EMPTY, Map.of());
  }

  private static final PromiseRequest.Get GET = new PromiseRequest.Get("p");

  @Test
  void whileNothingCanBeSavedReadsAreServedAndChangesRefusedWithoutATry() {
    step(10, create("p", FAR));
    store.isFull = true;
    assertThat(step(20, create("q", FAR), create("r", FAR))).containsExactly(500, 500);
    assertThat(pipeline.isHealthy()).isFalse();
    int tried = store.transactions;
    assertThat(step(30, GET, create("q", FAR), GET)).containsExactly(200, 503, 200);
    assertThat(store.transactions).isEqualTo(tried);
    assertThat(pipeline.isHealthy()).as("a read shows nothing").isFalse();
  }

  @Test
  void onlyAWriteOfTheStoresOwnShowsThatItCanSaveAgain() {
    store.isFull = true;
    step(20, create("p", FAR));
    assertThat(pipeline.nextDueAt()).isEqualTo(1_020);
    step(1_020);
    assertThat(pipeline.isHealthy()).isFalse();
    store.isFull = false;
    int proofs = store.proofs;
    assertThat(step(2_000, create("p", FAR))).containsExactly(503);
    assertThat(store.proofs).as("no try between the tries").isEqualTo(proofs);
    step(2_020);
    assertThat(pipeline.isHealthy()).isTrue();
    assertThat(step(2_021, create("p", FAR))).containsExactly(200);
  }

  @Test
  void whatWasDueMeanwhileHappensAfterwards() {
    step(10, create("p", 500));
    store.isFull = true;
    step(20, create("q", FAR));
    step(600);
    store.isFull = false;
    step(1_020);
    assertThat(state().isPending("p")).isFalse();
  }

  private MemoryState state() {
    return store.state;
  }

  @Test
  void noLeaseEndsBecauseItCouldNotBeProlonged() {
    var tags = Map.of(Tags.TARGET, "poll://any@g");
    var create = new PromiseRequest.Create("p", FAR, Value.EMPTY, tags);
    step(10, new TaskRequest.Create("w", 1_000, create));
    store.isFull = true;
    var heartbeat = new TaskRequest.Heartbeat("w", List.of(new TaskRequest.TaskRef("p", 1)));
    assertThat(step(500, heartbeat)).containsExactly(500);
    assertThat(step(1_400, heartbeat)).containsExactly(503);
    store.isFull = false;
    step(1_500);
    assertThat(state().task("p")).matches(it -> it.state() instanceof TaskState.Acquired);
    assertThat(step(2_400, heartbeat)).containsExactly(200);
    step(3_300);
    assertThat(state().task("p")).matches(it -> it.state() instanceof TaskState.Acquired);
    step(3_401);
    assertThat(state().task("p")).matches(it -> it.state() instanceof TaskState.Pending);
  }

  @Test
  void whatTheStoreRefusesFailsByItself() {
    store.refused =
        change -> change instanceof Change.PutPromise put && put.after().id().equals("bad");
    assertThat(step(10, create("p", FAR), create("bad", FAR), create("q", FAR)))
        .containsExactly(200, 500, 200);
    assertThat(pipeline.isHealthy()).isTrue();
    assertThat(state().isPending("p")).isTrue();
    assertThat(state().promise("bad")).isNull();
  }

  @Test
  void aTimerThatCannotBeSavedDoesNotSpinNorStopOthers() {
    store.refused =
        change ->
            change instanceof Change.PutPromise put
                && put.after().id().equals("bad")
                && put.before() != null;
    step(10, create("bad", 100));
    assertThat(step(100, create("p", FAR))).containsExactly(200);
    assertThat(pipeline.nextDueAt()).isEqualTo(1_100);
    assertThat(pipeline.isHealthy()).isTrue();
  }

  @Test
  void whatMayHaveHappenedIsNotDoneTwice() {
    store.refused = _ -> true;
    store.failsAtTheVeryEnd = true;
    assertThat(step(10, create("p", FAR), create("q", FAR))).containsExactly(500, 500);
    assertThat(store.transactions).isEqualTo(1);
    assertThat(pipeline.isHealthy()).isTrue();
  }

  @Test
  void everybodyIsAnsweredIfTheStoreFailsAgainAsSoonAsItIsBack() {
    store.refused =
        change -> change instanceof Change.PutPromise put && put.after().id().equals("bad");
    store.breaksAgain = true;
    assertThat(step(10, create("p", FAR), create("bad", FAR))).containsExactly(500, 500);
    assertThat(pipeline.isHealthy()).isFalse();
    assertThat(pipeline.nextDueAt()).as("not at once").isEqualTo(1_010);
    store.breaksAgain = false;
    step(1_010);
    assertThat(pipeline.isHealthy()).isTrue();
    assertThat(step(1_011, create("p", FAR))).containsExactly(200);
  }
}
