package dev.baton.guides;

import dev.baton.sdk.Context;
import dev.baton.sdk.Options;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.ScheduleSpec;
import dev.baton.sdk.Settings;
import java.time.Duration;
import java.time.ZoneId;

/** Calls by the clock. */
public final class Nightly {

  private Nightly() {}

  // @start region="function"
  static String report(Context context, String kind) {
    var day = context.now().toString().substring(0, 10);
    return context.step("write", () -> kind + " report of " + day);
  }

  // @end

  // @start region="schedule"
  static void schedule(Resonate resonate) {
    var options = Options.target(Settings.DEFAULT_GROUP).timeout(Duration.ofHours(6));
    resonate.schedules().create("nightly", "0 2 * * *", options, "report", "sales");
  }

  // @end

  // @start region="mornings"
  static void mornings(Resonate resonate) {
    var mornings =
        ScheduleSpec.cron("0 9 * * MON-FRI")
            .timeZone(ZoneId.of("Europe/Berlin"))
            .overlap(ScheduleSpec.Overlap.SKIP)
            .catchupWindow(Duration.ofHours(1));
    var target = Options.target(Settings.DEFAULT_GROUP);
    resonate.schedules().create("mornings", mornings, target, "report", "stock");
  }
  // @end
}
