package dev.baton.sdk.internal;

import dev.baton.protocol.Response;
import dev.baton.protocol.ScheduleRecord;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.Tags;
import dev.baton.sdk.Options;
import dev.baton.sdk.ScheduleSpec;
import dev.baton.sdk.Schedules;
import dev.baton.sdk.Settings;
import dev.baton.sdk.internal.value.Call;
import dev.baton.sdk.internal.value.Values;
import dev.baton.sdk.internal.wire.Bodies;
import dev.baton.sdk.internal.wire.Requests;
import dev.baton.sdk.internal.wire.Targets;
import dev.baton.sdk.internal.wire.Times;
import dev.baton.sdk.internal.work.Ids;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Schedules, one request each. */
record ScheduleClient(Requests requests, Values values, Settings settings) implements Schedules {

  /** A dash, because the whole becomes the origin of the call, which has no separator in it. */
  private static final String PROMISE_ID = "{{.id}}-{{.timestamp}}";

  @Override
  public ScheduleRecord create(
      String id,
      ScheduleSpec spec,
      Options options,
      String function,
      @Nullable Object... arguments) {
    return answered(definition(id, spec, options, function, arguments));
  }

  @Override
  public ScheduleRecord update(
      String id,
      ScheduleSpec spec,
      Options options,
      String function,
      @Nullable Object... arguments) {
    return answered(new ScheduleRequest.Update(definition(id, spec, options, function, arguments)));
  }

  private ScheduleRequest.Create definition(
      String id,
      ScheduleSpec spec,
      Options options,
      String function,
      @Nullable Object[] arguments) {
    var tags = new LinkedHashMap<>(options.tags());
    tags.put(Tags.SCOPE, "global");
    tags.put(
        Tags.TARGET,
        options.target() == null ? Targets.anyOf(settings.group()) : Targets.of(options.target()));
    addPolicy(tags, spec);
    var zone = spec.timeZone();
    return new ScheduleRequest.Create(
        Ids.root(id),
        zone == null ? spec.cron() : "TZ=" + zone.getId() + " " + spec.cron(),
        PROMISE_ID,
        Times.millis(options.timeout()),
        Call.encode(values, function, arguments, options),
        tags);
  }

  /** Only what differs, so that schedules without it look as those of any other SDK. */
  private static void addPolicy(Map<String, String> tags, ScheduleSpec spec) {
    if (spec.overlap() != ScheduleSpec.Overlap.ALLOW) {
      tags.put(Tags.OVERLAP, spec.overlap().name().toLowerCase(Locale.ROOT));
    }
    var window = spec.catchupWindow();
    if (window != null) {
      tags.put(Tags.CATCHUP_WINDOW, Long.toString(Times.millis(window)));
    }
    if (spec.paused()) {
      tags.put(Tags.PAUSED, "true");
    }
  }

  @Override
  public ScheduleRecord pause(String id) {
    return answered(new ScheduleRequest.Pause(id));
  }

  @Override
  public ScheduleRecord resume(String id) {
    return answered(new ScheduleRequest.Resume(id));
  }

  @Override
  public ScheduleRecord get(String id) {
    return answered(new ScheduleRequest.Get(id));
  }

  private ScheduleRecord answered(ScheduleRequest request) {
    return switch (requests.call(request, settings.requestTimeout())) {
      case Response.OfSchedule(var schedule) -> schedule;
      case Response.Body other -> throw Bodies.unexpected(request, other);
    };
  }

  @Override
  public void delete(String id) {
    requests.call(new ScheduleRequest.Delete(id), settings.requestTimeout());
  }
}
