package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Three servers as processes over one PostgreSQL, under load, whose owner is asked to end again and
 * again, as in a rolling upgrade: no request errs, and none waits long. How often is said by {@code
 * baton.handovers}; {@code baton.live} promises are pending all the while.
 */
@Timeout(900)
class HandOverIT {

  private static final int SERVERS = 3;
  private static final int HAND_OVERS = Integer.getInteger("baton.handovers", 2);
  private static final int LIVE = Integer.getInteger("baton.live", 2_000);

  /** On a machine that is busy with other things, too; the benchmark says how long it takes. */
  private static final Duration LONGEST = Duration.ofSeconds(8);

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final MemberProcesses servers = new MemberProcesses(SERVERS, PATIENCE);
  private final List<Integer> refusals = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicLong longestNanos = new AtomicLong();
  private volatile boolean isOver;
  private volatile int leaving = -1;

  @AfterEach
  void stop() {
    isOver = true;
    servers.close();
  }

  private static String create(String id) {
    return "{'id':'%s','timeoutAt':99999999999999}".formatted(id);
  }

  private static String settle(String id) {
    return "{'id':'%s','state':'resolved','value':{}}".formatted(id);
  }

  /** Creates and settles at random servers, the one that leaves apart. */
  private void load(int number) {
    Random random = new Random(number);
    for (int i = 0; !isOver; i++) {
      String id = "p" + number + "." + i;
      count(random, "promise.create", create(id));
      count(random, "promise.settle", settle(id));
    }
  }

  private void count(Random random, String kind, String data) {
    int at = random.nextInt(SERVERS);
    if (at == leaving) {
      at = (at + 1) % SERVERS;
    }
    long began = System.nanoTime();
    int status = servers.client(at).call(kind, data).status();
    longestNanos.accumulateAndGet(System.nanoTime() - began, Math::max);
    answered.incrementAndGet();
    if (status != 200) {
      refusals.add(status);
    }
  }

  @Test
  void noRequestErrsOrWaitsLongWhileOwnersEndInGoodOrder() throws Exception {
    servers.startAll();
    for (int i = 0; i < LIVE; i++) {
      assertThat(servers.client(0).call("promise.create", create("live." + i)).status())
          .isEqualTo(200);
    }
    List<Thread> loads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int number = i;
      loads.add(Thread.ofVirtual().start(() -> load(number)));
    }
    List<Long> longest = new ArrayList<>();
    for (int i = 0; i < HAND_OVERS; i++) {
      awaitAnswers(200);
      int owner = servers.owner();
      assertThat(owner).isNotNegative();
      leaving = owner;
      awaitAnswers(20); // What was under way there is answered.
      longestNanos.set(0);
      servers.process(owner).terminate();
      servers.awaitOwnerOtherThan(owner);
      assertThat(servers.process(owner).waitFor(60, TimeUnit.SECONDS)).isZero();
      awaitAnswers(100);
      longest.add(TimeUnit.NANOSECONDS.toMillis(longestNanos.get()));
      servers.start(owner);
      leaving = -1;
    }
    isOver = true;
    for (Thread load : loads) {
      load.join();
    }
    System.out.printf(
        "owner ended in good order %d times, %d live promises: longest request %s ms; %d answered,"
            + " refused: %s%n",
        HAND_OVERS, LIVE, longest, answered.get(), refusals);
    assertThat(refusals).isEmpty();
    assertThat(longest).allMatch(ms -> ms < LONGEST.toMillis());
  }

  private void awaitAnswers(int count) {
    int enough = answered.get() + count;
    await("answers").atMost(PATIENCE).until(() -> answered.get() >= enough);
  }
}
