package dev.baton.operator.plan;

import dev.baton.operator.api.v1alpha1.AutoscalingSpec;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus.AutoscalingStatus;
import dev.baton.operator.resources.WrittenDuration;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How many workers a group is to have, from the work that the server shows. What it has to remember
 * is in the status, so another operator goes on where one ended.
 *
 * <pre>
 *   more than now    -> at once
 *   fewer than now   -> when fewer have been enough for the stabilization, to the most of that time
 *   none (min 0)     -> when nothing has waited or run for the idle time
 * </pre>
 */
final class Autoscaler {

  static final Duration STABILIZATION = Duration.ofMinutes(1);
  static final Duration IDLE = Duration.ofMinutes(5);

  private Autoscaler() {}

  /**
   * The next status; {@code desired} differs from that before if the number is to change.
   *
   * @param demand null while the server is not seen: then the number stays
   * @param known what was decided last; null at first
   * @param running how many workers there are, to begin with
   */
  static AutoscalingStatus decide(
      AutoscalingSpec spec,
      @Nullable Demand demand,
      @Nullable AutoscalingStatus known,
      int running,
      Instant now) {
    return decide(spec, demand, UnaryOperator.identity(), known, running, now);
  }

  /**
   * The same for one of several that share the work.
   *
   * @param share what part of what the work takes is this one's
   */
  static AutoscalingStatus decide(
      AutoscalingSpec spec,
      @Nullable Demand demand,
      UnaryOperator<Demand.Answer> share,
      @Nullable AutoscalingStatus known,
      int running,
      Instant now) {
    AutoscalingStatus before =
        known != null
            ? known
            : new AutoscalingStatus(running, "as many as there were", null, null, null, null, null);
    int allowed =
        Math.clamp(before.desired(), Math.min(spec.minOrDefault(), spec.max()), spec.max());
    if (allowed != before.desired()) {
      return change(before, allowed, limits(spec), now);
    }
    if (demand == null) {
      return change(before, allowed, "", now);
    }
    return demand.isNone()
        ? atRest(spec, measured(before, demand), now)
        : atWork(spec, demand, share, measured(before, demand), now);
  }

  /** What is measured is kept for the time when nothing can be: the next burst may find zero. */
  private static AutoscalingStatus measured(AutoscalingStatus before, Demand demand) {
    Double seconds = demand.serviceSeconds();
    return seconds == null
        ? before
        : new AutoscalingStatus(
            before.desired(),
            before.reason(),
            before.lastScaleTime(),
            before.idleSince(),
            before.lowerSince(),
            before.lowerTo(),
            Math.round(seconds * 1000));
  }

  /** The same, but no fewer than what somebody has chosen for the time without the server. */
  static AutoscalingStatus atLeast(
      AutoscalingSpec spec, int fewest, AutoscalingStatus decided, Instant now) {
    int bounded = Math.min(fewest, spec.max());
    return decided.desired() >= bounded
        ? decided
        : change(decided, bounded, "the server does not answer: fallbackReplicas", now);
  }

  private static boolean isClose(AutoscalingSpec spec, int needed, int now) {
    return now > 0
        && now >= spec.minOrDefault()
        && now <= spec.max()
        && Math.abs(needed - now) < now * spec.tolerance();
  }

  /** When time alone may lead to another decision; null if it cannot. */
  static @Nullable Instant nextLook(AutoscalingSpec spec, AutoscalingStatus status) {
    Instant lower = instant(status.lowerSince());
    Instant idle = instant(status.idleSince());
    Instant lowerDue =
        lower == null
            ? null
            : later(
                lower.plus(stabilization(spec)),
                Pace.next(spec.scaleDown(), instant(status.lastScaleTime())));
    Instant idleDue =
        idle == null || spec.minOrDefault() > 0 || status.desired() == 0
            ? null
            : idle.plus(idleTime(spec));
    if (lowerDue == null || idleDue == null) {
      return lowerDue != null ? lowerDue : idleDue;
    }
    return lowerDue.isBefore(idleDue) ? lowerDue : idleDue;
  }

  /** Nothing waits and nothing runs. */
  private static AutoscalingStatus atRest(
      AutoscalingSpec spec, AutoscalingStatus before, Instant now) {
    Instant idleSince = instant(before.idleSince());
    Instant since = idleSince == null ? now : idleSince;
    int least = spec.minOrDefault();
    int current = before.desired();
    if (least == 0 && current > 0 && !now.isBefore(since.plus(idleTime(spec)))) {
      String why = "nothing has waited or run for " + inWords(idleTime(spec));
      return keepIdle(change(before, 0, why, now), since);
    }
    // Until the idle time is over one worker stays, where any is.
    int enough = Math.max(least, Math.min(current, 1));
    var answer = new Demand.Answer(enough, "nothing waits or is in flight");
    return keepIdle(lower(spec, answer, before, now), since);
  }

  private static AutoscalingStatus atWork(
      AutoscalingSpec spec,
      Demand demand,
      UnaryOperator<Demand.Answer> share,
      AutoscalingStatus before,
      Instant now) {
    Long serviceMs = before.serviceMs();
    Demand.Answer answer =
        share.apply(
            withSpare(
                spec,
                demand
                    .taking(serviceMs == null ? null : (Double) (serviceMs / 1000.0))
                    .workers(spec)));
    int least = Math.max(answer.workers() == 0 ? 0 : 1, spec.minOrDefault());
    int bounded = Math.clamp(answer.workers(), Math.min(least, spec.max()), spec.max());
    String why = bounded < answer.workers() ? answer.why() + "; max " + spec.max() : answer.why();
    if (isClose(spec, bounded, before.desired())) {
      return change(before, before.desired(), "", now);
    }
    int paced =
        Pace.towards(
            spec.scaleUp(), before.desired(), bounded, instant(before.lastScaleTime()), now);
    return bounded > before.desired()
        ? change(before, paced, paced < bounded ? why + "; on the way to " + bounded : why, now)
        : lower(spec, new Demand.Answer(bounded, why), before, now);
  }

  /** As many or fewer are enough. */
  private static AutoscalingStatus lower(
      AutoscalingSpec spec, Demand.Answer enough, AutoscalingStatus before, Instant now) {
    AutoscalingStatus same = change(before, before.desired(), "", now);
    if (enough.workers() >= before.desired()) {
      return same;
    }
    Instant known = instant(before.lowerSince());
    Integer highest = before.lowerTo();
    Instant since = known == null ? now : known;
    int most = Math.max(enough.workers(), known == null || highest == null ? 0 : highest);
    Duration stabilization = stabilization(spec);
    if (now.isBefore(since.plus(stabilization))) {
      return keepLower(same, since, most);
    }
    String why =
        "%d %s been enough for %s: %s"
            .formatted(most, most == 1 ? "has" : "have", inWords(stabilization), enough.why());
    int paced =
        Pace.towards(
            spec.scaleDown(), before.desired(), most, instant(before.lastScaleTime()), now);
    if (paced > most) { // the rest as soon as it may be
      return keepLower(change(before, paced, why + "; on the way to " + most, now), since, most);
    }
    AutoscalingStatus changed = change(before, most, why, now);
    return enough.workers() < most ? keepLower(changed, now, enough.workers()) : changed;
  }

  private static Demand.Answer withSpare(AutoscalingSpec spec, Demand.Answer answer) {
    int spare = spec.spareOrNone();
    return spare == 0
        ? answer
        : new Demand.Answer(answer.workers() + spare, answer.why() + "; " + spare + " spare");
  }

  private static AutoscalingStatus change(
      AutoscalingStatus before, int desired, String why, Instant now) {
    boolean isSame = before.desired() == desired;
    return new AutoscalingStatus(
        desired,
        isSame ? before.reason() : why,
        isSame ? before.lastScaleTime() : text(now),
        null,
        null,
        null,
        before.serviceMs());
  }

  private static AutoscalingStatus keepLower(AutoscalingStatus status, Instant since, int to) {
    return new AutoscalingStatus(
        status.desired(),
        status.reason(),
        status.lastScaleTime(),
        status.idleSince(),
        text(since),
        to,
        status.serviceMs());
  }

  private static AutoscalingStatus keepIdle(AutoscalingStatus status, Instant since) {
    return new AutoscalingStatus(
        status.desired(),
        status.reason(),
        status.lastScaleTime(),
        text(since),
        status.lowerSince(),
        status.lowerTo(),
        status.serviceMs());
  }

  private static Instant later(Instant one, @Nullable Instant other) {
    return other != null && other.isAfter(one) ? other : one;
  }

  private static Duration stabilization(AutoscalingSpec spec) {
    return WrittenDuration.parse(spec.scaleDownStabilization(), STABILIZATION);
  }

  private static Duration idleTime(AutoscalingSpec spec) {
    return WrittenDuration.parse(spec.idleTimeout(), IDLE);
  }

  private static String text(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private static String limits(AutoscalingSpec spec) {
    return "min is %d and max %d".formatted(spec.minOrDefault(), spec.max());
  }

  private static String inWords(Duration duration) {
    return duration.toString().substring(2).toLowerCase(Locale.ROOT);
  }

  private static @Nullable Instant instant(@Nullable String text) {
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeParseException e) {
      return null; // edited by hand: begin anew
    }
  }
}
