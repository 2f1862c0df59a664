package dev.baton.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The report as Markdown: it reads well on a terminal and in a document. */
public final class Table {

  private static final List<String> HEADINGS =
      List.of(
          "measure", "figure", "this run", "least .. most", "ceiling", "share", "goal", "reached");

  private Table() {}

  /** The whole report. */
  public static String of(Report report) {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, String> fact : report.facts().entrySet()) {
      text.append(fact.getKey()).append(": ").append(fact.getValue()).append('\n');
    }
    text.append('\n');
    List<List<String>> lines = new ArrayList<>();
    lines.add(HEADINGS);
    report.rows().forEach(row -> lines.add(cells(row)));
    append(text, lines);
    text.append('\n');
    List<List<String>> sections = new ArrayList<>();
    sections.add(List.of("measure", "seconds", "load average", "CPUs used by others", "note"));
    for (Report.Section section : report.sections()) {
      sections.add(
          List.of(
              section.measure(),
              number(section.seconds()),
              number(section.load()),
              number(section.othersCpu()),
              section.note()));
    }
    append(text, sections);
    return text.toString();
  }

  private static List<String> cells(Row row) {
    Summary value = row.value();
    Summary ceiling = row.ceiling();
    Goal goal = row.goal();
    Boolean reached = row.isReached();
    return List.of(
        row.measure(),
        row.figure(),
        with(row.unit(), value.figure()),
        value.rounds().size() == 1 ? "" : number(value.least()) + " .. " + number(value.most()),
        ceiling == null
            ? ""
            : with(row.unit(), ceiling.figure()) + " (" + row.ceilingMeaning() + ")",
        ceiling == null ? "" : Math.round(row.share() * 100) + " %",
        switch (goal) {
          case null -> "";
          case Goal.AtMost(double bound) -> "<= " + with(row.unit(), bound);
          case Goal.AtLeast(double bound) -> ">= " + with(row.unit(), bound);
        },
        reached == null ? "" : reached ? "yes" : "NO");
  }

  private static String with(String unit, double value) {
    return unit.isEmpty() ? number(value) : number(value) + " " + unit;
  }

  /** Three significant digits, without an exponent. */
  static String number(double value) {
    if (Double.isNaN(value)) {
      return "-";
    }
    double size = Math.abs(value);
    if (size >= 1000) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    int decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
    return value == Math.rint(value) && size < 1000 ? Long.toString((long) value) : text;
  }

  private static void append(StringBuilder text, List<List<String>> lines) {
    int[] widths = new int[lines.getFirst().size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    for (int number = 0; number < lines.size(); number++) {
      List<String> line = lines.get(number);
      for (int i = 0; i < widths.length; i++) {
        text.append("| ").append(line.get(i)).repeat(" ", widths[i] - line.get(i).length() + 1);
      }
      text.append("|\n");
      if (number == 0) {
        for (int width : widths) {
          text.append('|').repeat("-", width + 2);
        }
        text.append("|\n");
      }
    }
  }
}
