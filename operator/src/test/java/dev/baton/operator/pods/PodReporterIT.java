package dev.baton.operator.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.operator.metrics.OperatorMetrics;
import dev.baton.operator.server.FakeServer;
import dev.baton.operator.server.GroupsApi;
import dev.baton.operator.server.Signal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PodReporterIT {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Instant ENDED_AT = Instant.parse("2026-01-01T00:00:00Z");
  private static final String PID = "POST /groups/g/workers/p-1/";

  private final FakeServer server = new FakeServer();
  private final GroupsApi api = new GroupsApi(_ -> "t", Duration.ofSeconds(5));
  private final List<String> notes = new CopyOnWriteArrayList<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private boolean ipIsShared;
  private final PodReporter reporter = reporter(LONG);

  private PodReporter reporter(Duration patience) {
    return reporter(api, patience, Clock.systemUTC());
  }

  private PodReporter reporter(GroupsApi by, Duration patience, Clock clock) {
    return new PodReporter(
        by,
        new ReportTimings(Duration.ofMillis(10), Duration.ofMillis(50), patience),
        (ip, uid) -> ipIsShared,
        (worker, note) ->
            notes.add(note == null ? "nothing" : note.reason() + ": " + note.message()),
        new OperatorMetrics(meters),
        clock);
  }

  @AfterEach
  void close() {
    api.close();
    server.close();
  }

  @Test
  void aLeavingPodIsDrainedByItsPid() {
    server.meets(0, "p-1");
    reporter.report(draining());
    awaitNote("Draining: Pod p-1 is being deleted: it gets no more work");
    assertThat(server.lines("")).containsExactly(PID + "drain");
    assertThat(meters.get("baton.operator.report").tag("signal", "drain").timer().count()).isOne();
  }

  @Test
  void aWorkerWithAPidOfItsOwnIsDrainedByThePidsAtItsAddress() {
    server.show(
        FakeServer.figures(
            0,
            0,
            2,
            null,
            FakeServer.worker("own", "10.42.0.7", 1),
            FakeServer.worker("x", "10.42.0.8", 1)));
    reporter.report(draining());
    awaitNote("Draining: Pod p-1 is being deleted: it gets no more work");
    assertThat(server.lines(""))
        .containsExactly(PID + "drain", "GET /groups/g", "POST /groups/g/workers/own/drain");
  }

  @Test
  void aPodThatHasEndedIsGoneAndTheTasksItHeldAreCounted() {
    server.meets(2, "p-1");
    reporter.report(gone(false));
    awaitNote("WorkerGone: Pod p-1 has ended: the 2 tasks it held go to other workers");
    assertThat(server.lines("")).containsExactly(PID + "gone");
  }

  @Test
  void whereNobodyHasThePidTheAddressIsGone() {
    reporter.report(gone(false));
    awaitNote("WorkerGone: Pod p-1 has ended: it held no task any more");
    assertThat(server.lines(""))
        .containsExactly(PID + "gone", "POST /groups/g/workers/10.42.0.7/gone?by=address");
  }

  @Test
  void anAddressThatAnotherPodHasByNowIsLeftAlone() {
    ipIsShared = true;
    reporter.report(gone(false));
    await().until(() -> notes.size() == 1);
    assertThat(server.lines("")).containsExactly(PID + "gone");
  }

  @Test
  void aPodThatMayRunOnFindsTheDoorClosedShouldItConnectAgain() {
    server.meets(1, "p-1");
    reporter.report(gone(true));
    awaitNote("WorkerGone: Pod p-1 has ended: the task it held goes to another worker");
    assertThat(server.lines("")).containsExactly(PID + "gone", PID + "drain");
  }

  @Test
  void aProcessThatEndedIsGoneAtOnceWhileNoneFollowsIt() {
    server.meets(1, "p-1");
    reporter.report(processEnded());
    awaitNote("WorkerGone: Pod p-1: it: the task it held goes to another worker");
    assertThat(server.lines("")).containsExactly("GET /groups/g", PID + "gone");
  }

  @Test
  void aSuccessorThatConnectedWithinTheServersGraceDoesNotShieldWhatTheOldOneHeld() {
    successorConnected(ENDED_AT.plusMillis(1_999));
    server.meets(1, "p-1");
    reporter.report(processEnded());
    awaitNote("WorkerGone: Pod p-1: it: the task it held goes to another worker");
    assertThat(server.lines("")).containsExactly("GET /groups/g", PID + "gone");
  }

  @Test
  void aSuccessorThatConnectedLaterIsNotHurt() {
    successorConnected(ENDED_AT.plusMillis(2_000));
    reporter.report(processEnded());
    reporter.report(draining()); // the lane is in order: when this is told, the other is done
    await().until(() -> notes.size() == 1);
    assertThat(server.lines("POST")).startsWith(PID + "drain").noneMatch(it -> it.contains("gone"));
  }

  @Test
  void whatAPlanWantsIsToldOnceHoweverOftenItIsWanted() {
    PodReporter atOnce = reporter(api, LONG, Clock.fixed(ENDED_AT, ZoneOffset.UTC));
    server.hang();
    atOnce.report(wanted(Signal.DRAIN));
    atOnce.report(wanted(Signal.DRAIN));
    await().until(() -> server.lines("POST").size() == 1);
    server.answer();
    await().until(() -> atOnce.told(List.of("uid-1")).get("uid-1") == Signal.DRAIN);
    atOnce.report(wanted(Signal.DRAIN)); // the server's stream has not shown it yet
    atOnce.report(wanted(Signal.RESUME));
    await().until(() -> atOnce.told(List.of("uid-1")).get("uid-1") == Signal.RESUME);
    assertThat(server.lines("POST")).containsExactly(PID + "drain", PID + "resume");
    atOnce.forget("uid-1");
    assertThat(atOnce.told(List.of("uid-1"))).isEmpty();
  }

  @Test
  void aServerThatDoesNotAnswerHoldsUpItsOwnPodsOnly() {
    try (FakeServer other = new FakeServer();
        GroupsApi patient = new GroupsApi(_ -> "t", Duration.ofMinutes(5))) {
      PodReporter waiting = reporter(patient, LONG, Clock.systemUTC());
      server.hang();
      for (int i = 0; i < 50; i++) {
        waiting.report(new PodSignal.Draining(worker("hung-" + i, server), "goes", false));
      }
      await().until(() -> server.lines("POST").size() == 50);
      // None of them ends before the other server is told.
      waiting.report(new PodSignal.Draining(worker("uid", other), "goes", false));
      await().until(() -> other.lines("POST").size() == 1);
      assertThat(server.lines("POST")).hasSize(50);
      server.answer();
    }
  }

  @Test
  void whatUsersKnowAlreadyIsToldTheServerOnly() {
    reporter.report(new PodSignal.Draining(worker(server), "is being deleted", true));
    reporter.report(new PodSignal.Gone(worker(server), "has ended", true, false, null));
    await().until(() -> notes.equals(List.of("nothing", "nothing")));
    assertThat(server.lines("POST")).contains(PID + "drain", PID + "gone");
  }

  @Test
  void tasksThatGoToOthersAreToldInAnyCase() {
    server.meets(1, "p-1");
    reporter.report(new PodSignal.Gone(worker(server), "has ended", true, false, null));
    awaitNote("WorkerGone: Pod p-1 has ended: the task it held goes to another worker");
  }

  private PodSignal wanted(Signal signal) {
    return new PodSignal.Wanted(worker(server), signal, List.of("p-1"));
  }

  private static PodWorker worker(String uid, FakeServer at) {
    return new PodWorker(uid, "ns", "p-1", List.of(), "workers", at.group("g"));
  }

  @Test
  void aSignalIsTriedUntilTheServerIsBack() {
    server.stop();
    reporter.report(gone(false));
    server.meets(1, "p-1");
    server.start();
    awaitNote("WorkerGone: Pod p-1 has ended: the task it held goes to another worker");
  }

  @Test
  void anEndThatCouldNotBeToldAtOnceDoesNotHurtTheSuccessorLater() {
    server.setStatus(503);
    reporter.report(processEnded());
    await().until(() -> !server.lines("GET").isEmpty());
    successorConnected(ENDED_AT.plusSeconds(3));
    int tried = server.lines("POST").size();
    server.setStatus(200);
    reporter.report(draining());
    await().until(() -> notes.size() == 1);
    assertThat(server.lines("POST").subList(tried, server.lines("POST").size()))
        .noneMatch(it -> it.contains("gone"));
  }

  @Test
  void aNewerSignalMakesADrainMootButNotAnEnd() {
    server.setStatus(503);
    reporter.report(draining());
    await().until(() -> !server.lines("POST").isEmpty());
    reporter.report(new PodSignal.Staying(worker(server)));
    reporter.report(gone(false));
    server.meets(0, "p-1");
    await().until(() -> server.lines(PID + "gone").size() > 1);
    server.setStatus(200);
    await().until(() -> notes.size() == 1);
    assertThat(notes).containsExactly("WorkerGone: Pod p-1 has ended: it held no task any more");
  }

  @Test
  void aServerWithoutGroupsIsNotBothered() {
    server.setStatus(404);
    reporter.report(draining());
    await().until(() -> server.lines("POST").size() == 1);
    server.setStatus(200);
    reporter.report(gone(false));
    await().until(() -> notes.size() == 1);
    assertThat(server.lines(PID + "drain")).hasSize(1);
  }

  @Test
  void aSignalThatNobodyTakesIsGivenUpAndSaid() {
    server.stop();
    reporter(Duration.ofMillis(300)).report(gone(false));
    await().until(() -> notes.size() == 1);
    assertThat(notes.getFirst())
        .startsWith("SignalLost: The server could not be told about pod p-1");
  }

  private void successorConnected(Instant at) {
    server.show(
        FakeServer.figures(
            0, 0, 1, null, FakeServer.worker("p-1", "10.42.0.7", at.toEpochMilli())));
  }

  private PodSignal draining() {
    return new PodSignal.Draining(worker(server), "is being deleted", false);
  }

  private PodSignal gone(boolean mayRunOn) {
    return new PodSignal.Gone(worker(server), "has ended", false, mayRunOn, null);
  }

  private PodSignal processEnded() {
    return new PodSignal.ProcessEnded(worker(server), "it", ENDED_AT);
  }

  private void awaitNote(String note) {
    await().until(() -> notes.contains(note));
  }

  private static PodWorker worker(FakeServer server) {
    return new PodWorker("uid-1", "ns", "p-1", List.of("10.42.0.7"), "workers", server.group("g"));
  }
}
