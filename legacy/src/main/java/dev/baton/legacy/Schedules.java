package dev.baton.legacy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.core.RequestRules;
import dev.baton.core.RuleSet;
import dev.baton.core.Schedule;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.server.process.Script.Transaction;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is asked about schedules, as scripts of new requests. */
final class Schedules {

  private static final RequestRules RULES = new RequestRules(RuleSet.Profile.RELEASE);

  private Schedules() {}

  /** Reads a schedule to be. */
  static ScheduleRequest.Create request(Members members, @Nullable String key, ZoneId zone) {
    String cron = members.text("cron");
    if (cron.length() > RequestRules.MOST_CRON_CHARACTERS) {
      throw members.wrong(
          "cron", "is longer than " + RequestRules.MOST_CRON_CHARACTERS + " characters");
    }
    String translated = StandardCron.translate(cron, zone);
    if (translated == null) {
      throw members.wrong(
          "cron", "has two day fields, either of which would do, or is no expression: " + cron);
    }
    Map<String, String> tags = new LinkedHashMap<>(members.strings("promiseTags"));
    tags.keySet().removeIf(Names::isOwn);
    tags.put(Names.INVOCATION, "true");
    tags.put(Names.SCHEDULE_CRON, cron);
    Map<String, String> own = members.strings("tags");
    ObjectNode ownJson = LegacyJson.object();
    own.forEach(ownJson::put);
    tags.put(Names.SCHEDULE_TAGS, ownJson.toString());
    if (key != null) {
      tags.put(Names.SCHEDULE_KEY, key);
    }
    ScheduleRequest.Create request =
        new ScheduleRequest.Create(
            members.text("id"),
            translated,
            members.text("promiseId"),
            members.number("promiseTimeout", 0),
            members.value("promiseParam"),
            tags);
    if (RULES.check(request, null) != null) {
      throw members.wrong("cron", "is no expression: " + cron);
    }
    return request;
  }

  static Reply create(Transaction transaction, ScheduleRequest.Create request) {
    Schedule existing = transaction.state().schedule(request.id());
    if (existing != null) {
      String key = request.promiseTags().get(Names.SCHEDULE_KEY);
      return key != null && key.equals(existing.promiseTags().get(Names.SCHEDULE_KEY))
          ? Reply.ok(LegacyJson.schedule(existing))
          : Reply.error(LegacyError.SCHEDULE_EXISTS);
    }
    transaction.decide(request);
    return Reply.done(
        LegacyJson.schedule(
            Objects.requireNonNull(
                transaction.state().schedule(request.id()), "created just now")));
  }

  static Reply get(Transaction transaction, String id) {
    Schedule schedule = transaction.state().schedule(id);
    return schedule == null
        ? Reply.error(LegacyError.SCHEDULE_NOT_FOUND)
        : Reply.ok(LegacyJson.schedule(schedule));
  }

  static Reply delete(Transaction transaction, String id) {
    if (transaction.state().schedule(id) == null) {
      return Reply.error(LegacyError.SCHEDULE_NOT_FOUND);
    }
    transaction.decide(new ScheduleRequest.Delete(id));
    return Reply.empty(204);
  }
}
