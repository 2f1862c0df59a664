package dev.baton.client;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Rows of text in columns as wide as their widest cell. */
final class Table {
  private final List<Boolean> toTheRight;
  private final List<List<String>> rows = new ArrayList<>();

  /** A heading begins with {@code <} or {@code >}: the side that its column is aligned to. */
  Table(String... headings) {
    toTheRight = Stream.of(headings).map(heading -> heading.startsWith(">")).toList();
    rows.add(Stream.of(headings).map(heading -> heading.substring(1)).toList());
  }

  void row(Object... cells) {
    rows.add(Stream.of(cells).map(Object::toString).toList());
  }

  @Override
  public String toString() {
    var widths =
        IntStream.range(0, toTheRight.size())
            .map(column -> rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0))
            .toArray();
    return rows.stream().map(row -> line(row, widths) + "\n").collect(Collectors.joining());
  }

  private String line(List<String> row, int[] widths) {
    return IntStream.range(0, widths.length)
        .mapToObj(column -> padded(row.get(column), widths[column], toTheRight.get(column)))
        .collect(Collectors.joining("  "))
        .stripTrailing();
  }

  private static String padded(String cell, int width, boolean toTheRight) {
    var padding = " ".repeat(width - cell.length());
    return toTheRight ? padding + cell : cell + padding;
  }
}
