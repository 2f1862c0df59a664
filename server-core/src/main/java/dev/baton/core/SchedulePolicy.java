package dev.baton.core;

import dev.baton.protocol.Tags;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a schedule does beyond the protocol, as its tags say it: a schedule without them does what
 * protocol section 10.5 has.
 *
 * @param overlap what happens when an occurrence is due while the one before is pending
 * @param catchupWindowMs for how long an occurrence that was missed is made up for
 * @param paused whether it makes nothing
 * @param buffered the instant of the occurrence that waits; null for none
 */
record SchedulePolicy(
    Overlap overlap, long catchupWindowMs, boolean paused, @Nullable Long buffered) {

  /** With less, an occurrence could be missed because a machine was busy. */
  private static final long LEAST_WINDOW_MS = 1_000;

  /** Whether occurrences may be pending at once. */
  enum Overlap {
    /** They may. */
    ALLOW,
    /** The one that is due is left out. */
    SKIP,
    /** One waits until the one before is settled; what comes due meanwhile is left out. */
    BUFFER_ONE
  }

  /** Checked tags. */
  static SchedulePolicy of(Map<String, String> tags) {
    var overlap = overlap(tags.getOrDefault(Tags.OVERLAP, "allow"));
    var window = tags.get(Tags.CATCHUP_WINDOW);
    var windowMs = window == null ? null : Instants.parse(window);
    var buffered = tags.get(Tags.BUFFERED);
    return new SchedulePolicy(
        overlap == null ? Overlap.ALLOW : overlap,
        windowMs == null ? Instants.NEVER : windowMs,
        "true".equals(tags.get(Tags.PAUSED)),
        buffered == null ? null : Instants.parse(buffered));
  }

  private static @Nullable Overlap overlap(String word) {
    return switch (word) {
      case "allow" -> Overlap.ALLOW;
      case "skip" -> Overlap.SKIP;
      case "buffer_one" -> Overlap.BUFFER_ONE;
      default -> null;
    };
  }

  /** What is wrong with the tags of a schedule; null for nothing. */
  static @Nullable String check(Map<String, String> tags) {
    var overlap = tags.get(Tags.OVERLAP);
    if (overlap != null && overlap(overlap) == null) {
      return Tags.OVERLAP + " must be allow, skip or buffer_one";
    }
    var window = tags.get(Tags.CATCHUP_WINDOW);
    var windowMs = window == null ? null : Instants.parse(window);
    if (window != null && (windowMs == null || windowMs < LEAST_WINDOW_MS)) {
      return Tags.CATCHUP_WINDOW + " must be an integer of at least " + LEAST_WINDOW_MS;
    }
    var paused = tags.get(Tags.PAUSED);
    return paused == null || paused.equals("true") || paused.equals("false")
        ? null
        : Tags.PAUSED + " must be true or false";
  }

  /** The earliest instant whose occurrence is made up for. */
  long oldest(long now) {
    return Instants.plus(now, -catchupWindowMs);
  }

  /** The tags with one changed; null takes it away. */
  static Map<String, String> with(Map<String, String> tags, String name, @Nullable String value) {
    var changed = new LinkedHashMap<>(tags);
    if (value == null) {
      changed.remove(name);
    } else {
      changed.put(name, value);
    }
    return changed;
  }

  /** The tags that promises get: not those that are about the schedule. */
  static Map<String, String> ofPromises(Map<String, String> tags) {
    var others = new LinkedHashMap<>(tags);
    others.remove(Tags.OVERLAP);
    others.remove(Tags.CATCHUP_WINDOW);
    others.remove(Tags.PAUSED);
    others.remove(Tags.BUFFERED);
    return others;
  }
}
