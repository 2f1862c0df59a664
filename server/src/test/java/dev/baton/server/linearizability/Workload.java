package dev.baton.server.linearizability;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.Value;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What clients ask of an origin: everything that changes promises and tasks, and reads. */
final class Workload {

  private static final long FAR = Long.MAX_VALUE;
  static final long TTL = Long.MAX_VALUE;

  private final Random random;

  Workload(long seed) {
    random = new Random(seed);
  }

  /** A request about one of three promises: the root and a child with a task, and one without. */
  Request next(Origin origin) {
    String root = origin.root;
    String child = root + ".1";
    String plain = root + ".2";
    String id = pick(root, root, child);
    String pid = pick("a", "b", "c");
    long version = Math.max(0, origin.version(id) - (random.nextInt(6) == 0 ? 1 : 0));
    return switch (random.nextInt(20)) {
      case 0, 1, 2 -> create(pick(root, child, plain), root);
      case 3 -> new TaskRequest.Create(pid, TTL, create(id, root));
      case 4, 5, 6, 7 -> new TaskRequest.Acquire(id, version, pid, TTL);
      case 8 -> new TaskRequest.Release(id, version);
      case 9 ->
          random.nextInt(3) == 0
              ? new TaskRequest.Fulfill(id, version, settle(id, pid))
              : new TaskRequest.Get(id);
      case 10, 11 -> suspend(root, origin.version(root), child, plain);
      case 12 ->
          new TaskRequest.Fence(
              id,
              version,
              random.nextBoolean()
                  ? new TaskRequest.FenceAction.Create(create(plain, root))
                  : new TaskRequest.FenceAction.Settle(settle(plain, pid)));
      case 13 -> new TaskRequest.Heartbeat(pid, List.of(new TaskRequest.TaskRef(id, version)));
      case 14 -> random.nextBoolean() ? new TaskRequest.Halt(id) : new TaskRequest.Continue(id);
      case 15 -> new TaskRequest.Continue(id);
      case 16 ->
          random.nextInt(3) == 0
              ? settle(pick(child, plain, plain), pid)
              : new PromiseRequest.RegisterCallback(pick(child, plain), root);
      case 17 -> new PromiseRequest.Search(null, Map.of(Tags.ORIGIN, root), 10L, null);
      case 18 -> new TaskRequest.Get(id);
      default -> new PromiseRequest.Get(pick(root, child, plain));
    };
  }

  /** Reads that show what has become of an origin. */
  static List<Request> look(Origin origin) {
    return List.of(
        new PromiseRequest.Search(null, Map.of(Tags.ORIGIN, origin.root), 10L, null),
        new TaskRequest.Get(origin.root),
        new TaskRequest.Get(origin.root + ".1"));
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  private String pick(String... from) {
    return from[random.nextInt(from.length)];
  }

  private static PromiseRequest.Create create(String id, String root) {
    Map<String, String> tags =
        id.endsWith(".2")
            ? Map.of(Tags.ORIGIN, root, Tags.BRANCH, root)
            : Map.of(Tags.ORIGIN, root, Tags.BRANCH, root, Tags.TARGET, "poll://any@nobody");
    return new PromiseRequest.Create(id, FAR, Value.ofData(id), tags);
  }

  private PromiseRequest.Settle settle(String id, String pid) {
    var as = random.nextBoolean() ? PromiseRecord.State.RESOLVED : PromiseRecord.State.REJECTED;
    return new PromiseRequest.Settle(id, as, Value.ofData(pid + random.nextInt(1000)));
  }

  private static TaskRequest.Suspend suspend(
      String root, long version, String child, String plain) {
    return new TaskRequest.Suspend(
        root,
        version,
        List.of(
            new PromiseRequest.RegisterCallback(child, root),
            new PromiseRequest.RegisterCallback(plain, root)));
  }
}
