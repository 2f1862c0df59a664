package dev.baton.cli;

import dev.baton.protocol.Address;
import dev.baton.protocol.Addresses;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Response;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRecord;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.why.DeliveryFacts;
import dev.baton.protocol.why.GroupFacts;
import dev.baton.protocol.why.Why;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Questions to a server that take several requests. Each method throws {@link CommandFailure} if
 * the server refuses or cannot be reached.
 */
public final class Inquiry {

  private static final long PAGE = 1_000;
  private static final long FEW = 100;

  private final Remote remote;

  /** To that server. */
  public Inquiry(Remote remote) {
    this.remote = remote;
  }

  /** All groups, as they are now. */
  public List<GroupFacts> groups() {
    return FactsReader.groups(remote.groups("GET", "groups", null));
  }

  /** A promise and all of its tree below it, in the order of their ids. */
  public List<PromiseRecord> tree(String root) {
    return tree(root, Integer.MAX_VALUE);
  }

  /** As {@link #tree(String)}; throws, without asking further, if there are more than that many. */
  List<PromiseRecord> tree(String root, int most) {
    List<PromiseRecord> promises = new ArrayList<>(List.of(promise(root)));
    Consumer<PromiseRecord> add =
        found -> {
          if (!found.id().equals(root)) {
            promises.add(found);
          }
        };
    String cursor = null;
    do {
      cursor =
          search(new PromiseRequest.Search(null, Map.of(Tags.ORIGIN, root), PAGE, cursor), add);
      if (promises.size() > most) {
        throw new CommandFailure("the tree of " + root + " has more than " + most + " promises");
      }
    } while (cursor != null);
    return promises;
  }

  /**
   * What {@link Why} needs to know.
   *
   * @param now epoch milliseconds
   */
  public Why.Facts facts(String id, long now) {
    PromiseRecord promise = promise(id);
    if (promise.isSettled()) {
      return new Why.Facts(promise, null, List.of(), null, DeliveryFacts.UNKNOWN, now);
    }
    String target = promise.tags().get(Tags.TARGET);
    TaskRecord task = target == null ? null : task(id);
    List<PromiseRecord> below = new ArrayList<>();
    if (task != null && task.state() == TaskRecord.State.SUSPENDED) {
      search(
          new PromiseRequest.Search(PromiseRecord.State.PENDING, below(promise), FEW, null),
          found -> {
            if (!found.id().equals(id)) {
              below.add(found);
            }
          });
    }
    GroupFacts group =
        target != null && Addresses.parse(target) instanceof Address.Poll poll
            ? group(poll.group())
            : null;
    DeliveryFacts delivery =
        task != null && task.state() == TaskRecord.State.PENDING
            ? delivery(id)
            : DeliveryFacts.UNKNOWN;
    return new Why.Facts(promise, task, below, group, delivery, now);
  }

  /** What those have that a promise made. A server finds those of one tree without looking far. */
  private static Map<String, String> below(PromiseRecord promise) {
    String origin = promise.tags().get(Tags.ORIGIN);
    return origin == null
        ? Map.of(Tags.PARENT, promise.id())
        : Map.of(Tags.PARENT, promise.id(), Tags.ORIGIN, origin);
  }

  private PromiseRecord promise(String id) {
    Answer answer = remote.call(new PromiseRequest.Get(id));
    answer.requireSuccess();
    if (answer.response().body() instanceof Response.OfPromise(PromiseRecord promise)) {
      return promise;
    }
    throw new CommandFailure("the server did not answer with the promise " + id);
  }

  private @Nullable TaskRecord task(String id) {
    Answer answer = remote.call(new TaskRequest.Get(id));
    if (answer.response().status() == 404) {
      return null;
    }
    answer.requireSuccess();
    return answer.response().body() instanceof Response.OfTask(TaskRecord task) ? task : null;
  }

  private DeliveryFacts delivery(String id) {
    byte[] found = remote.find("deliveries/" + Remote.segment(id));
    return found == null ? DeliveryFacts.UNKNOWN : FactsReader.delivery(found);
  }

  private GroupFacts group(String name) {
    String path = "groups/" + Remote.segment(name);
    return FactsReader.groups(remote.groups("GET", path, null)).getFirst();
  }

  /** One page. Answers where the next begins, or null. */
  private @Nullable String search(PromiseRequest.Search search, Consumer<PromiseRecord> found) {
    Answer page = remote.call(search);
    page.requireSuccess();
    if (page.response().body() instanceof Response.PromisePage(var promises, var next)) {
      promises.forEach(found);
      return next;
    }
    return null;
  }
}
