package dev.baton.sdk.internal;

import dev.baton.protocol.Response;
import dev.baton.protocol.ScheduleRecord;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.Tags;
import dev.baton.sdk.Options;
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
import org.jspecify.annotations.Nullable;

/** Schedules, one request each. */
record ScheduleClient(Requests requests, Values values, Settings settings) implements Schedules {

  /** A dash, because the whole becomes the origin of the call, which has no separator in it. */
  private static final String PROMISE_ID = "{{.id}}-{{.timestamp}}";

  @Override
  public ScheduleRecord create(
      String id, String cron, Options options, String function, @Nullable Object... arguments) {
    var tags = new LinkedHashMap<>(options.tags());
    tags.put(Tags.SCOPE, "global");
    tags.put(
        Tags.TARGET,
        options.target() == null ? Targets.anyOf(settings.group()) : Targets.of(options.target()));
    var request =
        new ScheduleRequest.Create(
            Ids.root(id),
            cron,
            PROMISE_ID,
            Times.millis(options.timeout()),
            Call.encode(values, function, arguments, options),
            tags);
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
