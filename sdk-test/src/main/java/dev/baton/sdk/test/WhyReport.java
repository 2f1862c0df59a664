package dev.baton.sdk.test;

import dev.baton.core.MemoryState;
import dev.baton.core.Promise;
import dev.baton.core.Reader;
import dev.baton.core.TaskState;
import dev.baton.protocol.Address;
import dev.baton.protocol.Addresses;
import dev.baton.protocol.History;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Tags;
import dev.baton.protocol.why.DeliveryFacts;
import dev.baton.protocol.why.Why;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Says what waits in a server, and why. */
final class WhyReport {

  private static final int MOST = 50;
  private static final Comparator<PromiseRecord> BY_DEADLINE =
      Comparator.comparingLong(PromiseRecord::timeoutAt);

  private final InProcessServer server;
  private final VirtualTime time;

  /** The pending call that had the latest deadline when that was looked for. */
  private volatile @Nullable PromiseRecord last;

  WhyReport(InProcessServer server, VirtualTime time) {
    this.server = server;
    this.time = time;
  }

  String why(String id) {
    var promise = server.look(state -> state.promise(id));
    if (promise == null) {
      throw new IllegalArgumentException("there is no promise " + id);
    }
    return why(promise.toRecord());
  }

  private String why(PromiseRecord promise) {
    long now = time.millis();
    var task = server.look(state -> state.task(promise.id()));
    var below =
        pending().stream()
            .filter(it ->
                promise.id().equals(it.tags().get(Tags.PARENT)) && !it.id().equals(promise.id()))
            .toList();
    var group =
        Addresses.parse(promise.tags().getOrDefault(Tags.TARGET, "")) instanceof Address.Poll poll
            ? server.lookAtOffers(offers -> offers.group(poll.group(), now))
            : null;
    var delivery =
        task == null || !(task.state() instanceof TaskState.Pending)
            ? DeliveryFacts.UNKNOWN
            : server.lookAtOffers(offers -> offers.delivery(task, now));
    String text =
        Why.of(
                new Why.Facts(
                    promise, task == null ? null : task.toRecord(0), below, group, delivery, now))
            .sentence();
    return server.isStopped() ? text + " The server is stopped." : text;
  }

  /** A call and all of its tree. */
  History history(String root) {
    var all = server.look(WhyReport::all);
    var promises = new ArrayList<PromiseRecord>();
    for (var promise : all) {
      if (promise.id().equals(root)) {
        promises.addFirst(promise);
      } else if (root.equals(promise.tags().get(Tags.ORIGIN))) {
        promises.add(promise);
      }
    }
    if (promises.isEmpty() || !promises.getFirst().id().equals(root)) {
      throw new IllegalArgumentException("there is no promise " + root);
    }
    return new History(root, time.millis(), promises);
  }

  private List<PromiseRecord> pending() {
    return server.look(WhyReport::pending);
  }

  private static List<PromiseRecord> pending(MemoryState state) {
    return all(state).stream().filter(promise -> !promise.isSettled()).toList();
  }

  private static List<PromiseRecord> all(MemoryState state) {
    try (Reader reader = state.reader()) {
      return Objects.requireNonNull(reader.everything(Long.MAX_VALUE)).promises().stream()
          .map(Promise::toRecord)
          .toList();
    }
  }

  /** A line for each promise that is pending, calls before what they wait for. */
  String whatWaits() {
    var lines = new ArrayList<String>();
    for (var promise : pending()) {
      var function = CalledFunction.of(promise.param());
      lines.add("  " + (function == null ? "" : function.name() + ": ") + why(promise));
    }
    int more = lines.size() - MOST;
    return String.join("\n", lines.subList(0, Math.min(MOST, lines.size())))
        + (more > 0 ? "\n  and " + more + " more" : "");
  }

  /**
   * Whether time may pass up to that instant for who waits for a result: up to the latest deadline
   * of a call.
   */
  boolean isBeforeLastDeadline(long instant) {
    var known = last;
    boolean isEnough =
        known != null
            && instant < time.atMillis(known.timeoutAt())
            && server.look(state -> state.isPending(known.id()));
    if (isEnough) {
      return true; // Most often; whether there is a later one does not matter then.
    }
    return instant < lastDeadline();
  }

  private long lastDeadline() {
    var pending = pending();
    last =
        pending.stream()
            .filter(it -> it.id().equals(it.tags().get(Tags.ORIGIN)))
            .max(BY_DEADLINE)
            .or(() -> pending.stream().max(BY_DEADLINE))
            .orElse(null);
    var found = last;
    return found == null ? VirtualTime.NEVER : time.atMillis(found.timeoutAt());
  }

  /** What is told to who waits in vain. */
  String nothingHappens() {
    String waiting = whatWaits();
    long deadline = lastDeadline();
    var held = time.activities().stacks();
    return "at "
        + time.instant()
        + ", after "
        + time.passed()
        + ", nothing more comes of what is waited for"
        + (deadline == VirtualTime.NEVER
            ? ". "
            : " before the call's deadline at " + time.at(deadline) + " (Options.timeout). ")
        + (waiting.isEmpty() ? "No promise is pending." : "What waits:\n" + waiting)
        + (held.isEmpty() ? "" : "\nWhat runs and does not come to an end:\n" + held);
  }
}
