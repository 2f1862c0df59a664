package dev.baton.server;

import dev.baton.server.dispatch.GroupSnapshot;
import dev.baton.server.dispatch.GroupView;
import dev.baton.server.groups.Groups;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * The metrics of groups: series of those that there are, and of no others. Where there are more
 * than may be shown one by one, those that came first stay, and the rest is one more series, with
 * those whose names are very long. There may be thousands of series, so they are written as they
 * are found, and not collected first.
 */
final class GroupMetrics {

  private static final String REST = "(other)";

  /** What most figures are. */
  private static final byte[] ZERO = "0.0\n".getBytes(StandardCharsets.US_ASCII);

  /** A series holds its group's name; whoever may create promises chooses that. */
  private static final int LONGEST_NAME = 256;

  /** Metrics of which each group has a series. */
  private static final int FAMILIES = 8;

  /** Its name, its label and its figure. */
  private static final int PARTS_OF_A_SERIES = 3;

  private final int most;
  private Set<String> shown = Set.of();
  private List<GroupView> views = List.of();
  private List<byte[]> labels = List.of();

  GroupMetrics(int most) {
    this.most = most;
  }

  /** From here on these are shown. */
  void show(Groups groups) {
    Set<String> next = new HashSet<>();
    for (GroupSnapshot group : groups.all()) {
      if (shown.contains(group.group())) {
        next.add(group.group());
      }
    }
    List<GroupView> single = new ArrayList<>();
    List<GroupView> rest = new ArrayList<>();
    for (GroupSnapshot group : groups.all()) {
      boolean isShown = next.contains(group.group());
      if (!isShown && next.size() < most && group.group().length() <= LONGEST_NAME) {
        isShown = next.add(group.group());
      }
      (isShown ? single : rest).add(group.at(groups.at()));
    }
    shown = next;
    if (!rest.isEmpty()) {
      single.add(sum(rest));
      single.sort(Comparator.comparing(GroupView::group)); // As scrapers are used to.
    }
    views = single;
    labels = labels(single);
  }

  private static List<byte[]> labels(List<GroupView> views) {
    List<byte[]> labels = new ArrayList<>(views.size());
    for (GroupView view : views) {
      labels.add(label(view.group()));
    }
    return labels;
  }

  private static GroupView sum(List<GroupView> rest) {
    List<GroupView.WorkerView> workers = new ArrayList<>();
    rest.forEach(group -> workers.addAll(group.workers()));
    return new GroupView(
        REST,
        null,
        rest.stream().mapToInt(GroupView::connectedWorkers).sum(),
        rest.stream().mapToInt(GroupView::ready).sum(),
        rest.stream().mapToInt(GroupView::inFlight).sum(),
        rest.stream().mapToInt(GroupView::suspended).sum(),
        rest.stream().mapToDouble(GroupView::oldestReadySeconds).max().orElse(0),
        0,
        0,
        null,
        null,
        0,
        List.of(),
        workers);
  }

  /**
   * What is put behind one another: names and labels once for all series, and so many bytes only
   * when it is known how many they are.
   */
  private static final class Parts {
    private final List<byte[]> all;
    private int size;

    Parts(int about) {
      all = new ArrayList<>(about);
    }

    void add(byte[] part) {
      all.add(part);
      size = Math.addExact(size, part.length);
    }

    byte[] joined() {
      ByteBuffer joined = ByteBuffer.allocate(size);
      all.forEach(joined::put);
      return joined.array();
    }
  }

  /**
   * The text for a scraper (the format's version 0.0.4).
   *
   * @param others what it begins with: the other metrics
   * @return with all series of groups behind them
   */
  byte[] text(byte[] others) {
    Parts out = new Parts(1 + FAMILIES * (1 + PARTS_OF_A_SERIES * views.size()));
    out.add(others);
    if (!views.isEmpty()) {
      write(out);
    }
    return out.joined();
  }

  private void write(Parts out) {
    gauge(out, "baton_group_ready_tasks", GroupView::ready);
    gauge(out, "baton_group_in_flight_tasks", GroupView::inFlight);
    gauge(out, "baton_group_suspended_tasks", GroupView::suspended);
    gauge(out, "baton_group_connected_workers", GroupView::connectedWorkers);
    gauge(out, "baton_group_oldest_ready_seconds", GroupView::oldestReadySeconds);
    gauge(out, "baton_group_worker_load_max_tasks", GroupView::greatestLoad);
    gauge(out, "baton_group_worker_load_min_tasks", GroupView::leastLoad);
    // Not of the rest: a count of ever other groups would fall.
    family(
        out,
        "baton_group_handed_over_tasks_total",
        "counter",
        view -> shown.contains(view.group()),
        GroupView::handedOver);
  }

  private void gauge(Parts out, String name, ToDoubleFunction<GroupView> figure) {
    family(out, name, "gauge", _ -> true, figure);
  }

  private void family(
      Parts out,
      String name,
      String type,
      Predicate<GroupView> isShown,
      ToDoubleFunction<GroupView> figure) {
    out.add(("# TYPE " + name + " " + type + "\n").getBytes(StandardCharsets.US_ASCII));
    byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < views.size(); i++) {
      if (isShown.test(views.get(i))) {
        out.add(bytes);
        out.add(labels.get(i));
        out.add(number(figure.applyAsDouble(views.get(i))));
      }
    }
  }

  private static byte[] label(String group) {
    String escaped = group.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    return ("{group=\"" + escaped + "\"} ").getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] number(double value) {
    return value == 0 ? ZERO : (value + "\n").getBytes(StandardCharsets.US_ASCII);
  }
}
