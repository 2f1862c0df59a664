package dev.baton.cli;

import dev.baton.protocol.ScheduleRequest;
import java.util.List;
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
        Verb.of("create", "creates a schedule, or shows the one that has the id already")
            .argument("ID", "the schedule")
            .required(
                "--cron",
                "CRON",
                "when, such as '0 8 * * MON'; weekdays are 1 (Sunday) to 7 (Saturday), or names")
            .required("--promise-id", "TEMPLATE", "ids of the promises; {{.id}}, {{.timestamp}}")
            .required("--promise-timeout", "DURATION", "how long each may take")
            .option("--promise-param", "JSON", "what each carries: {\"headers\": {…}, \"data\": …}")
            .option("--promise-tags", "JSON", "an object of strings")
            .sends(given ->
                new ScheduleRequest.Create(
                    given.argument(0),
                    given.text("--cron"),
                    given.text("--promise-id"),
                    given.millis("--promise-timeout"),
                    Values.of(given, "--promise-param"),
                    given.strings("--promise-tags"))),
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
}
