package dev.baton.core;

import static dev.baton.core.World.create;
import static dev.baton.core.World.createWithTarget;
import static dev.baton.core.World.resolve;
import static dev.baton.core.World.suspend;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.Value;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GrowthTest {

  private static final long FAR = 1_000_000;

  private final World world = new World();

  /** By how much it is said to make what is live larger; it must be what it then is. */
  private long growth(Request request) {
    long before = world.state.bytes();
    long growth = Growth.of(world.run(new Command.Client(request)).changes());
    assertThat(growth).isEqualTo(world.state.bytes() - before);
    return growth;
  }

  @Test
  void whatIsCreatedCountsAsWhatItThenTakes() {
    assertThat(growth(create("p", FAR, "tag", "x".repeat(1_000)))).isGreaterThan(1_000);
    assertThat(growth(createWithTarget("t", FAR))).isGreaterThan(Sizes.TASK);
    assertThat(growth(new PromiseRequest.RegisterListener("p", "poll://uni@g/c"))).isPositive();
    assertThat(growth(new ScheduleRequest.Create("s", "* * * * *", "i", 1, Value.EMPTY, Map.of())))
        .isPositive();
    assertThat(growth(create("p", FAR))).as("it is there already").isZero();
  }

  @Test
  void whatIsAwaitedCountsOnceAndHeartbeatsDoNot() {
    growth(createWithTarget("t", FAR));
    growth(create("a", FAR));
    growth(create("b", FAR));
    assertThat(growth(new TaskRequest.Acquire("t", 0, "pid", 60_000))).isZero();
    assertThat(growth(new TaskRequest.Heartbeat("pid", List.of()))).isZero();
    assertThat(growth(suspend("t", 1, "a", "b"))).isEqualTo(2 * Sizes.CALLBACK);
  }

  @Test
  void aLongPidCounts() {
    growth(createWithTarget("t", FAR));
    assertThat(growth(new TaskRequest.Acquire("t", 0, "p".repeat(1_000), 60_000)))
        .isGreaterThan(1_000);
  }

  @Test
  void whatSettlesMakesRoom() {
    world.run(new Command.Client(create("p", FAR, "tag", "x".repeat(1_000))));
    assertThat(Growth.of(world.run(new Command.Client(resolve("p"))).changes())).isLessThan(-1_000);
  }
}
