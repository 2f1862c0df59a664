package dev.baton.server;

import dev.baton.server.dispatch.GroupSnapshot;
import dev.baton.server.dispatch.GroupView;
import dev.baton.server.groups.Groups;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * The metrics of groups: series of those that there are, and of no others. Where there are more
 * than may be shown one by one, those that came first stay, and the rest is one more series, with
 * those whose names are very long.
 */
final class GroupMetrics implements MultiCollector {

  private static final String REST = "(other)";

  /** A series holds its group's name; whoever may create promises chooses that. */
  private static final int LONGEST_NAME = 256;

  private final int most;
  private Set<String> shown = Set.of();
  private List<GroupView> views = List.of();

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
    }
    views = single;
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

  @Override
  public MetricSnapshots collect() {
    return MetricSnapshots.builder()
        .metricSnapshot(gauge("baton_group_ready_tasks", GroupView::ready))
        .metricSnapshot(gauge("baton_group_in_flight_tasks", GroupView::inFlight))
        .metricSnapshot(gauge("baton_group_suspended_tasks", GroupView::suspended))
        .metricSnapshot(gauge("baton_group_connected_workers", GroupView::connectedWorkers))
        .metricSnapshot(gauge("baton_group_oldest_ready_seconds", GroupView::oldestReadySeconds))
        .metricSnapshot(gauge("baton_group_worker_load_max_tasks", GroupView::greatestLoad))
        .metricSnapshot(gauge("baton_group_worker_load_min_tasks", GroupView::leastLoad))
        .metricSnapshot(handedOver())
        .build();
  }

  private GaugeSnapshot gauge(String name, ToDoubleFunction<GroupView> figure) {
    GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name);
    for (GroupView view : views) {
      gauge.dataPoint(
          GaugeDataPointSnapshot.builder()
              .labels(Labels.of("group", view.group()))
              .value(figure.applyAsDouble(view))
              .build());
    }
    return gauge.build();
  }

  /** Not of the rest: a count of ever other groups would fall. */
  private CounterSnapshot handedOver() {
    CounterSnapshot.Builder counter =
        CounterSnapshot.builder().name("baton_group_handed_over_tasks");
    for (GroupView view : views) {
      if (shown.contains(view.group())) {
        counter.dataPoint(
            CounterDataPointSnapshot.builder()
                .labels(Labels.of("group", view.group()))
                .value(view.handedOver())
                .build());
      }
    }
    return counter.build();
  }
}
