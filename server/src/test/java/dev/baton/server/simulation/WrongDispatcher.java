package dev.baton.server.simulation;

import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.dispatch.GroupView;
import dev.baton.server.dispatch.Push;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A dispatcher of which a mutant changes something; it may also lie about that. */
abstract class WrongDispatcher extends Dispatcher {

  WrongDispatcher(Settings settings, Promises promises, Push push, PushReports reports) {
    super(settings, promises, push, reports, (_, _) -> {});
  }

  /** How a worker is shown. */
  GroupView.WorkerView shown(GroupView.WorkerView worker) {
    return worker;
  }

  static GroupView.WorkerView shown(
      GroupView.WorkerView worker, @Nullable Integer slots, boolean draining) {
    return new GroupView.WorkerView(
        worker.pid(),
        worker.address(),
        slots,
        worker.load(),
        draining,
        worker.connectedAt(),
        worker.settled(),
        worker.rejected());
  }

  @Override
  public GroupView view(String name, long now) {
    GroupView view = super.view(name, now);
    List<GroupView.WorkerView> workers = new ArrayList<>();
    view.workers().forEach(worker -> workers.add(shown(worker)));
    return new GroupView(
        view.group(),
        view.slotsPerWorker(),
        view.connectedWorkers(),
        view.ready(),
        view.inFlight(),
        view.suspended(),
        view.oldestReadySeconds(),
        view.dispatchedPerSecond(),
        view.fulfilledPerSecond(),
        view.meanServiceSeconds(),
        view.waitingP95Seconds(),
        view.handedOver(),
        view.redelivered(),
        workers);
  }
}
