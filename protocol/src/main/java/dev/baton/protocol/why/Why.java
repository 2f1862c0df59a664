package dev.baton.protocol.why;

import dev.baton.protocol.Address;
import dev.baton.protocol.Addresses;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRecord;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why a promise is as it is, and above all why it is not being worked on.
 *
 * @param sentence for a person
 */
public record Why(Cause cause, String sentence) {

  private static final long YEAR_10000 = Instant.parse("+10000-01-01T00:00:00Z").toEpochMilli();

  /** What it comes down to. */
  public enum Cause {
    /** The promise has its outcome. */
    SETTLED,
    /** Its deadline settles it. */
    TIMER,
    /** Nobody is sent it: whoever made it settles it. */
    NOT_SENT,
    /** A worker holds it. */
    RUNNING,
    /** Its task waits for other promises. */
    WAITING,
    /** Somebody has stopped it. */
    HALTED,
    /** Its time has not come. */
    DELAYED,
    /** It has come back unfinished so often that it pauses. */
    HELD_BACK,
    /** Whoever has room has given it back at once: it waits for another. */
    NOT_TO_WHO_IS_FREE,
    /** No worker of its group is connected. */
    NO_WORKER,
    /** No connected worker has its function. */
    NO_FUNCTION,
    /** It is for one worker, which is not connected. */
    WORKER_ABSENT,
    /** It waits in a group of which whoever asks may see nothing. */
    GROUP_OUT_OF_REACH,
    /** Every connected worker is about to leave. */
    ALL_DRAINING,
    /** Every worker has as many tasks as it takes. */
    ALL_BUSY,
    /** It is on its way to a worker. */
    BEING_SENT,
    /** It is posted to a URL. */
    POSTED
  }

  /**
   * What is known.
   *
   * @param task null if the promise has none
   * @param below promises that this one made and that are still pending
   * @param group the group that it is sent to; null if it is sent to none, or to one of which
   *     nothing may be told
   * @param delivery how its deliveries go
   * @param now epoch milliseconds
   */
  public record Facts(
      PromiseRecord promise,
      @Nullable TaskRecord task,
      List<PromiseRecord> below,
      @Nullable GroupFacts group,
      DeliveryFacts delivery,
      long now) {}

  /** The reason. */
  public static Why of(Facts facts) {
    PromiseRecord promise = facts.promise();
    Long settledAt = promise.settledAt();
    if (settledAt != null) {
      return why(
          Cause.SETTLED,
          "%s is settled: %s, %s ago",
          promise.id(),
          promise.state().wire(),
          span(facts.now() - settledAt));
    }
    TaskRecord task = facts.task();
    if (task == null) {
      return withoutTask(promise, facts.now());
    }
    return switch (task.state()) {
      case ACQUIRED -> running(task, facts.group());
      case SUSPENDED -> waiting(promise, facts.below());
      case HALTED ->
          why(
              Cause.HALTED,
              "%s is halted: nobody works on it until it is continued (baton tasks continue %s)",
              promise.id(),
              promise.id());
      case PENDING, FULFILLED -> pending(facts).because(facts.delivery().givenBackBecause());
    };
  }

  /** What whoever gave it back has said of it. */
  private Why because(@Nullable String reason) {
    return reason == null
        ? this
        : new Why(
            cause, sentence.substring(0, sentence.length() - 1) + "; given back last: " + reason);
  }

  private static Why withoutTask(PromiseRecord promise, long now) {
    Map<String, String> tags = promise.tags();
    if ("true".equals(tags.get(Tags.TIMER))) {
      return isFar(promise.timeoutAt())
          ? why(Cause.TIMER, "%s is a timer: it resolves after the year 9999", promise.id())
          : why(
              Cause.TIMER,
              "%s is a timer: it resolves at %s, in %s",
              promise.id(),
              at(promise.timeoutAt()),
              span(promise.timeoutAt() - now));
    }
    String parent = tags.get(Tags.PARENT);
    if ("local".equals(tags.get(Tags.SCOPE)) && parent != null && !parent.equals(promise.id())) {
      return why(
          Cause.NOT_SENT,
          "%s runs inside %s, which made it: ask why that is not done",
          promise.id(),
          parent);
    }
    return why(
        Cause.NOT_SENT,
        "%s is sent to nobody: whoever knows its outcome must settle it%s",
        promise.id(),
        isFar(promise.timeoutAt())
            ? "; its deadline is after the year 9999"
            : ", until " + at(promise.timeoutAt()));
  }

  private static Why running(TaskRecord task, @Nullable GroupFacts group) {
    String pid = String.valueOf(task.pid());
    return group == null || group.worker(pid) != null
        ? why(Cause.RUNNING, "%s runs on worker %s (attempt %d)", task.id(), pid, task.version())
        : why(
            Cause.RUNNING,
            "%s is held by %s (attempt %d), which is not connected to group %s: if it does not say"
                + " that it lives, another worker gets it",
            task.id(),
            pid,
            task.version(),
            group.group());
  }

  private static Why waiting(PromiseRecord promise, List<PromiseRecord> below) {
    if (below.isEmpty()) {
      return why(Cause.WAITING, "%s waits for a promise that it did not make", promise.id());
    }
    String first = below.getFirst().id();
    return below.size() == 1
        ? why(Cause.WAITING, "%s waits for promise %s", promise.id(), first)
        : why(
            Cause.WAITING,
            "%s waits for promise %s and perhaps for %d more that it made",
            promise.id(),
            first,
            below.size() - 1);
  }

  private static Why pending(Facts facts) {
    PromiseRecord promise = facts.promise();
    long notBefore = delay(promise);
    if (facts.now() < notBefore) {
      return isFar(notBefore)
          ? why(Cause.DELAYED, "%s is delayed until after the year 9999", promise.id())
          : why(
              Cause.DELAYED,
              "%s is delayed until %s, for %s",
              promise.id(),
              at(notBefore),
              span(notBefore - facts.now()));
    }
    DeliveryFacts delivery = facts.delivery();
    Long againAt = delivery.offeredAgainAt();
    if (againAt != null && againAt > facts.now()) {
      return why(
          Cause.HELD_BACK,
          "%s is held back: it came back unfinished %s; it is offered again in %s",
          promise.id(),
          times(delivery.failedDeliveries()),
          span(againAt - facts.now()));
    }
    String target = promise.tags().getOrDefault(Tags.TARGET, "");
    Address address = Addresses.parse(target);
    GroupFacts group = facts.group();
    if (!(address instanceof Address.Poll poll)) {
      return posted(promise, target, delivery);
    }
    if (group == null) {
      return why(
          Cause.GROUP_OUT_OF_REACH,
          "%s waits for a worker of group %s, of which this token may be told nothing",
          promise.id(),
          poll.group());
    }
    if (group.workers().isEmpty()) {
      return why(
          Cause.NO_WORKER,
          "%s waits: no worker of group %s is connected",
          promise.id(),
          group.group());
    }
    if (poll instanceof Address.Uni(String name, String pid) && group.worker(pid) == null) {
      return why(
          Cause.WORKER_ABSENT,
          "%s waits for worker %s of group %s and no other, and that is not connected",
          promise.id(),
          pid,
          group.group());
    }
    String missingFunction = delivery.missingFunction();
    if (missingFunction != null) {
      return why(
          Cause.NO_FUNCTION,
          "%s waits: no connected worker of group %s has function %s",
          promise.id(),
          group.group(),
          missingFunction);
    }
    String notTo = delivery.notTo();
    if (notTo != null && group.workers().size() > 1) {
      return why(
          Cause.NOT_TO_WHO_IS_FREE,
          "%s waits for another worker of group %s than %s, which gave it back at once",
          promise.id(),
          group.group(),
          notTo);
    }
    return crowded(promise, group, poll, delivery);
  }

  private static Why posted(PromiseRecord promise, String target, DeliveryFacts delivery) {
    String failure = delivery.lastFailure();
    if (failure != null) {
      return why(
          Cause.POSTED,
          "%s is posted to %s, which has not taken it: %s (%d %s so far)",
          promise.id(),
          target,
          failure,
          delivery.posts(),
          delivery.posts() == 1 ? "post" : "posts");
    }
    if (delivery.isBeingPosted()) {
      return why(
          Cause.POSTED,
          "%s is being posted to %s, which has not answered yet",
          promise.id(),
          target);
    }
    return delivery.posts() == 0
        ? why(Cause.POSTED, "%s is posted to %s, which has not taken it yet", promise.id(), target)
        : why(
            Cause.POSTED,
            "%s was posted to %s, which took the message; nobody has acquired the task yet",
            promise.id(),
            target);
  }

  private static Why crowded(
      PromiseRecord promise, GroupFacts group, Address.Poll poll, DeliveryFacts delivery) {
    List<GroupFacts.WorkerFacts> able =
        group.workers().stream()
            .filter(worker ->
                !(poll instanceof Address.Uni(String name, String pid)) || worker.pid().equals(pid))
            .toList();
    boolean isOne = able.size() == 1;
    String whom = isOne ? "worker " + able.getFirst().pid() : "all " + able.size() + " workers";
    if (able.stream().allMatch(GroupFacts.WorkerFacts::draining)) {
      return why(
          Cause.ALL_DRAINING,
          "%s waits: %s of group %s %s",
          promise.id(),
          whom,
          group.group(),
          isOne ? "is draining and takes nothing new" : "are draining and take nothing new");
    }
    if (able.stream().noneMatch(GroupFacts.WorkerFacts::hasRoom)) {
      return why(
          Cause.ALL_BUSY,
          "%s waits: %s of group %s %s busy; %d %s there, the oldest for %s%s",
          promise.id(),
          whom,
          group.group(),
          isOne ? "is" : "are",
          group.ready(),
          group.ready() == 1 ? "task waits" : "tasks wait",
          span((long) (group.oldestReadySeconds() * 1000)),
          delivery.failedDeliveries() == 0
              ? ""
              : "; it has come back unfinished " + times(delivery.failedDeliveries()));
    }
    return why(
        Cause.BEING_SENT,
        "%s is on its way to a worker of group %s: there is room",
        promise.id(),
        group.group());
  }

  private static long delay(PromiseRecord promise) {
    try {
      return Long.parseLong(promise.tags().getOrDefault(Tags.DELAY, "0"));
    } catch (NumberFormatException e) {
      return 0; // Checked by the server; a text that is none delays nothing.
    }
  }

  private static Why why(Cause cause, String sentence, Object... values) {
    return new Why(cause, sentence.formatted(values) + ".");
  }

  private static String times(int count) {
    return count == 1 ? "once" : count + " times";
  }

  /** Whoever wants no deadline gives the largest number: a date of six digits helps nobody. */
  private static boolean isFar(long millis) {
    return millis >= YEAR_10000;
  }

  private static String at(long millis) {
    return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String span(long millis) {
    long seconds = Math.max(0, millis) / 1000;
    if (millis < 1000) {
      return Math.max(0, millis) + " ms";
    }
    if (seconds < 60) {
      return seconds + " s";
    }
    return seconds < 3600
        ? seconds / 60 + " min " + seconds % 60 + " s"
        : seconds / 3600 + " h " + seconds / 60 % 60 + " min";
  }
}
