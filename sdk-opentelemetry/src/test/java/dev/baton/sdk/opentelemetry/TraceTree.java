package dev.baton.sdk.opentelemetry;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The spans of one trace as a tree: each below its parent, in the order of what happened. */
final class TraceTree {

  private static final List<String> ORDER =
      List.of("promise.create", "task.fence", "dispatch", "lease", "attempt");
  private static final int ROW = 22;
  private static final int LABELS = 470;
  private static final int BARS = 620;
  private static final Map<String, String> COLOURS =
      Map.of("shop", "#3b6fb6", "worker-1", "#c2603c", "worker-2", "#3c8c5a", "baton", "#7a6aa8");

  /** A span in its place. */
  private record Line(int depth, TracedSpan span) {}

  private final List<TracedSpan> spans;
  private final List<Line> lines = new ArrayList<>();

  TraceTree(List<TracedSpan> sent) {
    this.spans = new ArrayList<>(sent);
    sent.stream().filter(this::isOrphan).toList().forEach(this::addLostParent);
    spans.stream().filter(TracedSpan::isRoot).forEach(root -> add(root, 0));
  }

  private boolean isOrphan(TracedSpan span) {
    return !span.isRoot() && spans.stream().noneMatch(other -> other.id().equals(span.parent()));
  }

  /** A process that is killed sends no spans that had not ended: here, its attempt. */
  private void addLostParent(TracedSpan step) {
    if (!isOrphan(step)) {
      return;
    }
    var call =
        spans.stream()
            .filter(span -> span.name().equals("call " + step.attribute("function")))
            .findFirst()
            .orElseThrow();
    var attributes = new TreeMap<>(step.attributes());
    attributes.put("baton.outcome", "never sent, its process was killed");
    spans.add(
        new TracedSpan(
            step.trace(),
            step.parent(),
            call.id(),
            step.service(),
            "attempt " + step.attribute("function"),
            attributes,
            step.start(),
            step.end()));
  }

  /** How many spans hang in the tree of the only root; all of them if it is one tree. */
  int size() {
    return new HashSet<>(lines).size();
  }

  private void add(TracedSpan span, int depth) {
    lines.add(new Line(depth, span));
    spans.stream()
        .filter(child -> child.parent().equals(span.id()))
        .sorted(
            Comparator.comparingLong(TraceTree::attempt)
                .thenComparing(child -> child.start() / 1_000_000)
                .thenComparing(TraceTree::rank))
        .forEach(child -> add(child, depth + 1));
  }

  private static long attempt(TracedSpan span) {
    return span.name().startsWith("step") || span.attribute("attempt").isEmpty()
        ? 0
        : Long.parseLong(span.attribute("attempt"));
  }

  private static int rank(TracedSpan span) {
    int rank = ORDER.indexOf(span.name().split(" ")[0]);
    return rank < 0 ? ORDER.size() : rank;
  }

  String text() {
    var text = new StringBuilder();
    for (var line : lines) {
      text.append("  ".repeat(line.depth())).append(line.span().said()).append('\n');
    }
    return text.toString();
  }

  /** The same as a picture with a bar for each span's time. */
  String svg() {
    long from = lines.getFirst().span().start();
    long to = lines.stream().mapToLong(line -> line.span().end()).max().orElseThrow();
    double scale = (double) BARS / (to - from);
    var svg = new StringBuilder();
    int height = lines.size() * ROW + 40;
    svg.append(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"13\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n"
            .formatted(LABELS + BARS + 90, height));
    for (int i = 0; i < lines.size(); i++) {
      var line = lines.get(i);
      var span = line.span();
      int y = 10 + i * ROW;
      double x = LABELS + (span.start() - from) * scale;
      double width = Math.max(2, (span.end() - span.start()) * scale);
      svg.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%d\" y=\"%d\" fill=\"#222222\">%s</text><rect x=\"%.1f\" y=\"%d\""
                  + " width=\"%.1f\" height=\"14\" rx=\"2\" fill=\"%s\"/><text x=\"%.1f\" y=\"%d\""
                  + " fill=\"#666666\" font-size=\"11\">%.1f ms</text>\n",
              10 + line.depth() * 18,
              y + 12,
              span.said(),
              x,
              y,
              width,
              COLOURS.getOrDefault(span.service(), "#888888"),
              x + width + 4,
              y + 11,
              (span.end() - span.start()) / 1e6));
    }
    return svg.append("</svg>\n").toString();
  }
}
