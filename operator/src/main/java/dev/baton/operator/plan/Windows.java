package dev.baton.operator.plan;

import dev.baton.operator.api.v1alpha1.AutoscalingSpec;
import dev.baton.operator.api.v1alpha1.AutoscalingSpec.Window;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.resources.Cron;
import dev.baton.operator.resources.Wiring;
import dev.baton.operator.resources.WrittenDuration;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The limits of autoscaling at one moment: of the spec, of its windows, and by annotation. */
final class Windows {

  private static final Duration LENGTH = Duration.ofHours(1);

  private Windows() {}

  /** The spec with the limits of now; where several windows are open, the last of them counts. */
  static AutoscalingSpec at(AutoscalingSpec spec, WorkerGroup group, Instant now) {
    int min = spec.minOrDefault();
    int max = spec.max();
    for (Window window : spec.windowsOrNone()) {
      if (isOpen(window, now)) {
        min = window.min() != null ? window.min() : min;
        max = window.max() != null ? window.max() : max;
      }
    }
    Integer floor = floor(group);
    int most = Math.max(1, max);
    int least = Math.min(floor == null ? min : Math.max(min, floor), most);
    return spec.within(least, most);
  }

  /** Whether somebody has asked autoscaling to leave the number alone. */
  static boolean isPaused(WorkerGroup group) {
    return "true".equals(annotation(group, Wiring.AUTOSCALING_PAUSED));
  }

  /** When a window begins or ends next, to the minute, within a day; null if none does. */
  static @Nullable Instant nextChange(AutoscalingSpec spec, Instant now) {
    if (spec.windowsOrNone().isEmpty()) {
      return null;
    }
    return now.truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES);
  }

  private static boolean isOpen(Window window, Instant now) {
    Cron cron = Cron.parse(window.schedule());
    if (cron == null) {
      return false;
    }
    ZonedDateTime minute = now.atZone(zone(window)).truncatedTo(ChronoUnit.MINUTES);
    long minutes = Math.max(1, WrittenDuration.parse(window.duration(), LENGTH).toMinutes());
    for (long back = 0; back < minutes; back++) {
      if (cron.matches(minute.minusMinutes(back))) {
        return true;
      }
    }
    return false;
  }

  private static ZoneId zone(Window window) {
    try {
      return window.timeZone() == null ? ZoneId.of("UTC") : ZoneId.of(window.timeZone());
    } catch (DateTimeException e) {
      return ZoneId.of("UTC");
    }
  }

  private static @Nullable Integer floor(WorkerGroup group) {
    String text = annotation(group, Wiring.AUTOSCALING_FLOOR);
    try {
      return text == null ? null : Integer.valueOf(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static @Nullable String annotation(WorkerGroup group, String key) {
    Map<String, String> all = group.getMetadata().getAnnotations();
    return all == null ? null : all.get(key);
  }
}
