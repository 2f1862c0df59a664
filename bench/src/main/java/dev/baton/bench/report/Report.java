package dev.baton.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects what a run finds. Filled by one thread. */
public final class Report {

  /** How a measure went. */
  public record Section(
      String measure, String meaning, double seconds, double load, double othersCpu, String note) {}

  private final Map<String, String> facts = new LinkedHashMap<>();
  private final List<Row> rows = new ArrayList<>();
  private final List<Section> sections = new ArrayList<>();

  /** Says something about the run or the machine. */
  public void fact(String name, String value) {
    facts.put(name, value);
  }

  public void add(Row row) {
    rows.add(row);
  }

  /** A measure has ended; the note says why it has no rows, or is empty. */
  public void add(Section section) {
    sections.add(section);
  }

  public Map<String, String> facts() {
    return facts;
  }

  public List<Row> rows() {
    return rows;
  }

  public List<Section> sections() {
    return sections;
  }

  /** Whether every goal was reached and every measure ran. */
  public boolean isAllReached() {
    return rows.stream().noneMatch(row -> Boolean.FALSE.equals(row.isReached()))
        && sections.stream().allMatch(section -> section.note().isEmpty());
  }
}
