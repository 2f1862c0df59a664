package dev.baton.server.recorded;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a player says of the transcripts that it was given.
 *
 * @param mismatches each with its file, its step and what differs
 */
public record Report(int passed, int failed, int skipped, int steps, List<String> mismatches) {

  static final Report NOTHING = new Report(0, 0, 0, 0, List.of());

  private static final Pattern MISMATCH =
      Pattern.compile("(\\S+: step \\d+ \\S+(?: \\(.*?\\))?: )(.*)", Pattern.DOTALL);
  private static final Pattern OWN_WORDS =
      Pattern.compile(
          "([A-Z]\\w*|body is not JSON|a request failed|.*, got \\d{3})(?:: .*)?", Pattern.DOTALL);
  private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:\\d+");

  Report plus(Report other) {
    List<String> all = new ArrayList<>(mismatches);
    all.addAll(other.mismatches);
    return new Report(
        passed + other.passed,
        failed + other.failed,
        skipped + other.skipped,
        steps + other.steps,
        all);
  }

  /**
   * The same in order, without the servers' addresses, and without what each player says in its own
   * words: the name of an exception, the bytes of an answer that has another status than was
   * expected.
   */
  public Report comparable() {
    return new Report(
        passed,
        failed,
        skipped,
        steps,
        mismatches.stream().map(Report::comparable).sorted().toList());
  }

  private static String comparable(String mismatch) {
    Matcher parts = MISMATCH.matcher(ADDRESS.matcher(mismatch).replaceAll("<server>"));
    if (!parts.matches()) {
      throw new IllegalArgumentException("no mismatch: " + mismatch);
    }
    Matcher own = OWN_WORDS.matcher(parts.group(2));
    if (!own.matches()) {
      return parts.group();
    }
    String kept = own.group(1);
    return parts.group(1) + (kept.matches("[A-Z]\\w*") ? "an exception" : kept);
  }

  @Override
  public String toString() {
    return "%d vectors passed, %d failed, %d skipped; %d steps, %d mismatches"
        .formatted(passed, failed, skipped, steps, mismatches.size());
  }
}
