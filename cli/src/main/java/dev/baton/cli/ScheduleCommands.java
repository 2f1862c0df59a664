package dev.baton.cli;

import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.Tags;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** {@code schedules}. */
final class ScheduleCommands {

  private ScheduleCommands() {}

  static void addTo(CommandSpec schedules) {
    ClientCommands.add(
        schedules,
        Verb.of("get", "shows a schedule")
            .argument("ID", "the schedule")
            .sends(given -> new ScheduleRequest.Get(given.argument(0))),
        defined(Verb.of("create", "creates a schedule, or shows the one that has the id already"))
            .sends(ScheduleCommands::definition),
        defined(
                Verb.of(
                    "update", "replaces all of a schedule but its id; one that is paused goes on"))
            .sends(given -> new ScheduleRequest.Update(definition(given))),
        Verb.of("pause", "lets a schedule make nothing until it is resumed")
            .argument("ID", "the schedule")
            .sends(given -> new ScheduleRequest.Pause(given.argument(0))),
        Verb.of("resume", "lets a paused schedule go on with its next occurrence")
            .argument("ID", "the schedule")
            .sends(given -> new ScheduleRequest.Resume(given.argument(0))),
        Verb.of("delete", "removes a schedule; the promises it has made stay")
            .argument("ID", "the schedule")
            .sends(given -> new ScheduleRequest.Delete(given.argument(0))),
        Verb.of("search", "lists schedules by id")
            .option("--tags", "JSON", "tags that their promises all have")
            .option(List.of("--limit"), "N", "how many, at most 1000", "10")
            .option("--cursor", "ID", "only ids after this one")
            .sends(given ->
                new ScheduleRequest.Search(
                    given.stringsOrNull("--tags"),
                    given.number("--limit"),
                    given.textOrNull("--cursor"))));
  }

  /** What a schedule is made of, also one that exists. */
  private static Verb defined(Verb verb) {
    return verb.argument("ID", "the schedule")
        .required(
            "--cron",
            "CRON",
            "when, such as '0 8 * * MON'; weekdays are 1 (Sunday) to 7 (Saturday), or names")
        .required(
            "--promise-id",
            "TEMPLATE",
            "ids of the promises, such as {{.id}}.{{.timestamp}}; without the timestamp all are the"
                + " same, and only the first promise is made")
        .required("--promise-timeout", "DURATION", "how long each may take")
        .option("--promise-param", "JSON", "what each carries: {\"headers\": {…}, \"data\": …}")
        .option("--promise-tags", "JSON", "an object of strings")
        .option("--time-zone", "ZONE", "whose clock is meant, such as Europe/Berlin; default UTC")
        .option(
            "--overlap",
            "RULE",
            "while the one before is pending: allow, skip, or buffer_one, which lets one wait;"
                + " default allow")
        .option(
            "--catchup-window",
            "DURATION",
            "for how long what was missed is made up for, at least 1s; default for ever")
        .flag("--paused", "it makes nothing until it is resumed");
  }

  private static ScheduleRequest.Create definition(Arguments given) {
    String zone = given.textOrNull("--time-zone");
    return new ScheduleRequest.Create(
        given.argument(0),
        zone == null ? given.text("--cron") : "TZ=" + zone + " " + given.text("--cron"),
        given.text("--promise-id"),
        given.millis("--promise-timeout"),
        Values.of(given, "--promise-param"),
        tags(given));
  }

  private static Map<String, String> tags(Arguments given) {
    Map<String, String> tags = new LinkedHashMap<>(given.strings("--promise-tags"));
    String overlap = given.textOrNull("--overlap");
    if (overlap != null) {
      tags.put(Tags.OVERLAP, overlap);
    }
    if (given.isSet("--catchup-window")) {
      tags.put(Tags.CATCHUP_WINDOW, Long.toString(given.millis("--catchup-window")));
    }
    if (given.isSet("--paused")) {
      tags.put(Tags.PAUSED, "true");
    }
    return tags;
  }
}
