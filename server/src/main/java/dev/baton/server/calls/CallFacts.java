package dev.baton.server.calls;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.State;
import dev.baton.core.Task;
import dev.baton.protocol.Address;
import dev.baton.protocol.Addresses;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.TaskRecord;
import dev.baton.protocol.Value;
import dev.baton.protocol.why.DeliveryFacts;
import dev.baton.protocol.why.GroupFacts;
import dev.baton.protocol.why.Why;
import dev.baton.server.auth.Access;
import dev.baton.server.dispatch.DeliveryView;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.dispatch.GroupView;
import dev.baton.server.http.DeliveryJson;
import dev.baton.server.record.Event;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How a call stands at one moment, as a step of the engine sees it.
 *
 * @param task null if it has none, or that is over
 * @param delivery null if there is no such task
 * @param group null if it is sent to none, or to one that is out of reach
 */
record CallFacts(
    @Nullable Task task,
    int resumes,
    List<String> awaits,
    List<String> awaitedBy,
    List<String> listeners,
    @Nullable DeliveryView delivery,
    @Nullable GroupView group,
    long now) {

  private static final int MOST = 100;
  private static final int LOOKED_AT = 1_000;

  /** In a step of the engine. */
  static CallFacts of(
      Promise promise, State state, Dispatcher dispatcher, Access access, long now) {
    String id = promise.id();
    Promise standing = state.promise(id);
    boolean isPending = promise.isPending() && (standing == null || standing.isPending());
    if (!isPending) {
      return new CallFacts(null, 0, List.of(), List.of(), List.of(), null, null, now);
    }
    Task task = state.task(id);
    String target = promise.target();
    return new CallFacts(
        task,
        task == null ? 0 : state.firedFor(id).size(),
        task == null ? List.of() : some(state.awaitedBy(id), access::covers, MOST),
        some(state.awaitersOf(id), access::covers, MOST),
        some(state.listenersOf(id), access::mayListenAt, MOST),
        task == null ? null : dispatcher.delivery(id, now),
        target != null
                && Addresses.parse(target) instanceof Address.Poll poll
                && access.reaches(poll.group())
            ? dispatcher.view(poll.group(), now)
            : null,
        now);
  }

  /** There may be a hundred thousand, and a step looks at few of them. */
  static List<String> some(Collection<String> texts, Predicate<String> isInReach, int most) {
    return texts.stream().limit(LOOKED_AT).filter(isInReach).limit(most).sorted().toList();
  }

  /**
   * All that is shown.
   *
   * @param whole with its payload
   * @param events what is remembered of it
   * @param remembersFrom since when events are remembered, epoch milliseconds
   */
  ObjectNode json(Promise whole, List<Event> events, long remembersFrom) {
    Call call = Call.of(whole);
    List<Attempt> attempts = Attempt.of(events);
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    call.write(
        node.putObject("call"), task, attempts.isEmpty() ? null : attempts.getLast(), awaitedBy);
    Why why = why(whole);
    node.putObject("why").put("cause", why.cause().name()).put("sentence", why.sentence());
    ObjectNode tags = node.putObject("tags");
    whole.tags().forEach(tags::put);
    Payload.write(whole.param(), node.putObject("param"));
    Payload.write(
        whole.state() instanceof PromiseState.Settled(_, var value, _) ? value : Value.EMPTY,
        node.putObject("value"));
    ArrayNode all = node.putArray("attempts");
    attempts.reversed().forEach(attempt -> attempt.write(all.addObject()));
    node.put("attemptsComplete", remembersFrom <= whole.createdAt() || isFirst(events));
    ArrayNode awaited = node.putArray("awaits");
    awaits.forEach(id -> awaited.addObject().put("id", id).put("state", "pending"));
    texts(node.putArray("awaitedBy"), awaitedBy);
    texts(node.putArray("listeners"), listeners);
    if (delivery != null) {
      DeliveryJson.write(delivery, node.putObject("delivery"));
    }
    return node.put("now", now);
  }

  /** Whether the first that is remembered is its beginning. */
  private static boolean isFirst(List<Event> events) {
    return !events.isEmpty()
        && events.getFirst().kind() == Event.Kind.READY
        && events.getFirst().version() == 0;
  }

  private static void texts(ArrayNode to, List<String> texts) {
    texts.forEach(to::add);
  }

  private Why why(Promise whole) {
    TaskRecord record = task == null ? null : task.toRecord(resumes);
    return Why.of(
        new Why.Facts(
            whole.toRecord(),
            record,
            awaits.stream().map(CallFacts::pending).toList(),
            group == null ? null : facts(group),
            delivery == null
                ? DeliveryFacts.UNKNOWN
                : new DeliveryFacts(
                    delivery.failedDeliveries(),
                    delivery.offeredAgainAt(),
                    delivery.notTo(),
                    delivery.posts(),
                    delivery.isBeingPosted(),
                    delivery.lastFailure(),
                    delivery.missingFunction(),
                    delivery.givenBackBecause()),
            now));
  }

  private static PromiseRecord pending(String id) {
    return new PromiseRecord(
        id, PromiseRecord.State.PENDING, Value.EMPTY, Value.EMPTY, Map.of(), 0, 0, null);
  }

  private static GroupFacts facts(GroupView view) {
    return new GroupFacts(
        view.group(),
        view.ready(),
        view.inFlight(),
        view.suspended(),
        view.oldestReadySeconds(),
        view.workers().stream()
            .map(worker ->
                new GroupFacts.WorkerFacts(
                    worker.pid(),
                    worker.address(),
                    worker.slots(),
                    worker.load(),
                    worker.draining(),
                    worker.connectedAt()))
            .toList());
  }
}
