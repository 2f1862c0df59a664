package dev.baton.server.auth;

import java.util.List;
import java.util.stream.Stream;

/**
 * A set of names, as claims say it: some names, and all that start with one of some texts.
 *
 * @param exact the names
 * @param starts what further names start with; the empty text means all
 */
public record Names(List<String> exact, List<String> starts) {

  static final Names NONE = new Names(List.of(), List.of());
  static final Names ALL = startingWith("");

  public Names {
    exact = List.copyOf(exact);
    starts = List.copyOf(starts);
  }

  static Names startingWith(String text) {
    return new Names(List.of(), List.of(text));
  }

  /** From a list in which a star at the end of an element stands for any further text. */
  static Names of(List<String> elements) {
    return new Names(
        elements.stream().filter(element -> !element.endsWith("*")).toList(),
        elements.stream()
            .filter(element -> element.endsWith("*"))
            .map(element -> element.substring(0, element.length() - 1))
            .toList());
  }

  /** As a claim would say it: those that stand for all that begin like them end with a star. */
  public List<String> elements() {
    return Stream.concat(exact.stream(), starts.stream().map(start -> start + "*")).toList();
  }

  boolean isEmpty() {
    return exact.isEmpty() && starts.isEmpty();
  }

  boolean contains(String name) {
    for (String start : starts) {
      if (name.startsWith(start)) {
        return true;
      }
    }
    return exact.contains(name);
  }
}
