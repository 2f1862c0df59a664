package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.testing.Client;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Three servers as processes over one PostgreSQL, under load, while their owner is killed, or
 * stands still, again and again. How often is said by {@code baton.takeovers}.
 */
@Timeout(3_600)
class TakeoverIT {

  private static final int SERVERS = 3;
  private static final int TAKEOVERS = Integer.getInteger("baton.takeovers", 2);

  /** On a machine that is busy with other things, too. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final MemberProcesses servers = new MemberProcesses(SERVERS, PATIENCE);
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private final List<Integer> refusals = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger broken = new AtomicInteger();
  private volatile boolean isOver;
  private volatile int down = -1;

  @AfterEach
  void stop() {
    servers.close();
  }

  private static String create(String id) {
    return "{'id':'%s','timeoutAt':99999999999999}".formatted(id);
  }

  /** Creates promises at random servers, those that are down apart. */
  private void load(int number) {
    Random random = new Random(number);
    for (int i = 0; !isOver; i++) {
      int at = random.nextInt(SERVERS);
      if (at == down) {
        continue;
      }
      String id = "p" + number + "." + i;
      try {
        int status = servers.client(at).call("promise.create", create(id)).status();
        if (status == 200) {
          acknowledged.add(id);
        } else {
          refusals.add(status);
        }
      } catch (UncheckedIOException e) {
        broken.incrementAndGet();
      }
    }
  }

  private long untilServed(int notAt) {
    long began = System.nanoTime();
    int at = notAt == 0 ? 1 : 0;
    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(PATIENCE)
        .until(() ->
            servers.client(at).call("promise.create", create("s" + System.nanoTime())).status()
                == 200);
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
  }

  private void lose(String how, ThrowingInt loss, ThrowingInt comeback) throws Exception {
    servers.startAll();
    List<Thread> loads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int number = i;
      loads.add(Thread.ofVirtual().start(() -> load(number)));
    }
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < TAKEOVERS; i++) {
      int owner = servers.owner();
      assertThat(owner).isNotNegative();
      int enough = acknowledged.size() + 100;
      await("load").atMost(PATIENCE).until(() -> acknowledged.size() >= enough);
      down = owner;
      loss.with(owner);
      times.add(untilServed(owner));
      servers.awaitOwnerOtherThan(owner);
      comeback.with(owner);
      servers.awaitReady(owner);
      down = -1;
    }
    isOver = true;
    for (Thread load : loads) {
      load.join();
    }
    Collections.sort(times);
    System.out.printf(
        "owner lost by %s %d times: served again after %s ms; %d acknowledged, %d refused, %d"
            + " broken%n",
        how, TAKEOVERS, times, acknowledged.size(), refusals.size(), broken.get());
    assertThat(refusals).allMatch(status -> status == 503);
    for (String id : acknowledged) {
      assertThat(servers.client(0).call("promise.get", "{'id':'%s'}".formatted(id)).status())
          .as(id)
          .isEqualTo(200);
    }
  }

  private interface ThrowingInt {
    void with(int server) throws Exception;
  }

  @Test
  void nothingAcknowledgedIsLostWhenOwnersAreKilled() throws Exception {
    lose("kill -9", i -> servers.process(i).kill(), servers::start);
  }

  @Test
  void anOwnerThatStoodStillIsReplacedAndThenServesThroughTheNext() throws Exception {
    lose("SIGSTOP", i -> servers.process(i).freeze(true), i -> servers.process(i).freeze(false));
  }

  /** What its worker holds is its own still, and its stream goes on. */
  @Test
  void aWorkerElsewhereNoticesNothing() throws Exception {
    servers.startAll();
    int owner = servers.owner();
    Client elsewhere = servers.client((owner + 1) % SERVERS);
    try (Client.Stream stream = elsewhere.open("/poll/workers/w")) {
      create(elsewhere, "held");
      assertThat(stream.nextTask()).isEqualTo("held");
      assertThat(
              elsewhere
                  .call("task.acquire", "{'id':'held','version':0,'pid':'w','ttl':60000}")
                  .status())
          .isEqualTo(200);
      create(servers.client(owner), "unblocks");
      servers.process(owner).kill();
      untilServed(owner);
      assertThat(
              elsewhere
                  .call(
                      "task.fulfill",
                      "{'id':'held','version':1,'action':{'kind':'promise.settle','head':{},"
                          + "'data':{'id':'held','state':'resolved','value':{}}}}")
                  .status())
          .isEqualTo(200);
      create(elsewhere, "next");
      await()
          .atMost(PATIENCE)
          .until(() -> stream.next().path("data").path("task").path("id").asText().equals("next"));
    }
  }

  private static void create(Client client, String id) {
    assertThat(
            client
                .call(
                    "promise.create",
                    "{'id':'%s','timeoutAt':99999999999999,'tags':{'resonate:target':'poll://any@workers'}}"
                        .formatted(id))
                .status())
        .isEqualTo(200);
  }
}
