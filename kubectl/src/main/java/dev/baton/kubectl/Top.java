package dev.baton.kubectl;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** How much groups and workers do: the busiest first. */
@Command(
    name = "top",
    description = {
      "shows how busy groups are: slots, what runs and waits, and how much is done a second",
      "With --workers, or a group's name: each of its workers."
    })
final class Top extends Commands.Asking {

  @Parameters(arity = "0..1", paramLabel = "GROUP", description = "of this group only")
  @Nullable String group;

  @Option(names = "--workers", description = "each worker, instead of each group")
  boolean ofWorkers;

  /** The figures of a group that are shown. */
  record Row(
      String group,
      int workers,
      @Nullable Integer slots,
      int running,
      int waiting,
      double oldestSeconds,
      double startedPerSecond,
      double donePerSecond,
      @Nullable Double meanSeconds) {

    static Row of(JsonNode group) {
      int slots = 0;
      boolean isLimited = true;
      for (JsonNode worker : group.path("workers")) {
        slots += worker.path("slots").asInt();
        isLimited &= worker.path("slots").isNumber();
      }
      JsonNode mean = group.path("meanServiceSeconds");
      return new Row(
          group.path("group").asText(),
          group.path("connectedWorkers").asInt(),
          isLimited ? slots : null,
          group.path("inFlight").asInt(),
          group.path("ready").asInt(),
          group.path("oldestReadySeconds").asDouble(),
          group.path("dispatchedPerSecond").asDouble(),
          group.path("fulfilledPerSecond").asDouble(),
          mean.isNumber() ? mean.asDouble() : null);
    }

    /** How much of what it could do at once it does, in percent; null without a limit. */
    @Nullable Integer busyPercent() {
      return slots == null || slots == 0 ? null : (int) Math.round(100.0 * running / slots);
    }

    Map<String, @Nullable Object> json() {
      Map<String, @Nullable Object> json = new LinkedHashMap<>();
      json.put("group", group);
      json.put("workers", workers);
      json.put("slots", slots);
      json.put("running", running);
      json.put("busyPercent", busyPercent());
      json.put("waiting", waiting);
      json.put("oldestSeconds", oldestSeconds);
      json.put("startedPerSecond", startedPerSecond);
      json.put("donePerSecond", donePerSecond);
      json.put("meanSeconds", meanSeconds);
      return json;
    }
  }

  @Override
  void ask(Session session, PrintWriter out) {
    List<JsonNode> all = session.figures(options);
    if (group != null) {
      hint(group, all.stream().map(it -> it.path("group").asText()).toList());
    }
    List<JsonNode> groups =
        all.stream()
            .filter(it -> group == null || group.equals(it.path("group").asText()))
            .toList();
    if (ofWorkers || group != null) {
      workers(groups, out);
    } else {
      groups(groups.stream().map(Row::of).toList(), out);
    }
  }

  private void groups(List<Row> rows, PrintWriter out) {
    List<Row> sorted = new ArrayList<>(rows);
    sorted.sort(
        Comparator.comparingInt(Row::waiting)
            .thenComparingInt(Row::running)
            .reversed()
            .thenComparing(Row::group));
    if (options.isJson()) {
      out.println(Json.text(sorted.stream().map(Row::json).toList()));
      return;
    }
    Table table =
        new Table(
            "GROUP",
            "WORKERS",
            "SLOTS",
            "RUNNING",
            "BUSY",
            "WAITING",
            "OLDEST",
            "STARTED/S",
            "DONE/S",
            "MEAN");
    for (Row row : sorted) {
      Integer busy = row.busyPercent();
      table.row(
          row.group(),
          row.workers(),
          row.slots() == null ? "unlimited" : row.slots(),
          row.running(),
          busy == null ? "-" : busy + "%",
          row.waiting(),
          row.waiting() == 0 ? "-" : Math.round(row.oldestSeconds()) + "s",
          number(row.startedPerSecond()),
          number(row.donePerSecond()),
          row.meanSeconds() == null ? "-" : number(row.meanSeconds()) + "s");
    }
    table.lines().forEach(out::println);
  }

  private void workers(List<JsonNode> groups, PrintWriter out) {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    Table table = new Table("GROUP", "WORKER", "RUNNING", "SLOTS", "DONE", "FAILED", "DRAINING");
    for (JsonNode each : groups) {
      List<JsonNode> workers = new ArrayList<>();
      each.path("workers").forEach(workers::add);
      workers.sort(
          Comparator.<JsonNode>comparingInt(it -> it.path("load").asInt())
              .reversed()
              .thenComparing(it -> it.path("pid").asText()));
      for (JsonNode worker : workers) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("group", each.path("group").asText());
        row.put("pid", worker.path("pid").asText());
        row.put("running", worker.path("load").asInt());
        row.put("slots", worker.path("slots").isNumber() ? worker.path("slots").asInt() : null);
        row.put("done", worker.path("settled").asLong());
        row.put("failed", worker.path("rejected").asLong());
        row.put("draining", worker.path("draining").asBoolean());
        rows.add(row);
        table.row(
            each.path("group").asText(),
            worker.path("pid").asText(),
            worker.path("load").asInt(),
            worker.path("slots").isNumber() ? worker.path("slots").asInt() : "unlimited",
            worker.path("settled").asLong(),
            worker.path("rejected").asLong(),
            worker.path("draining").asBoolean() ? "yes" : "no");
      }
    }
    if (options.isJson()) {
      out.println(Json.text(rows));
    } else {
      table.lines().forEach(out::println);
    }
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
  }
}
