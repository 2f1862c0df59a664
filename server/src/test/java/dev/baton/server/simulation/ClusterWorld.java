package dev.baton.server.simulation;

import dev.baton.protocol.PromiseRecord;
import dev.baton.server.storage.rows.PromiseRow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One history of three servers over one database: the real store, pipeline, rules and dispatcher,
 * the real judgement of who is gone and of what may be sent again; what is imagined is the
 * database, the network, the threads and the time.
 */
final class ClusterWorld {

  static final long EPOCH_MS = 1_700_000_000_000L;

  private static final int SERVERS = 3;
  private static final int TROUBLE_MS = 6_000;

  /** How long it may take, after all is healed, until somebody serves. */
  private static final int SERVED_AGAIN_MS = 5_000;

  /** How long an owner may stand still, or be cut from the database, without being replaced. */
  private static final int REPLACED_MS = 3_000;

  /** The same until everything is done. */
  private static final int DONE_MS = 60_000;

  /** Most histories have 3,000. */
  private static final long MOST_EVENTS = 500_000;

  final Timeline timeline = new Timeline();
  final Trace trace;
  final @Nullable ClusterMutants mutant;
  final ClusterDatabase database;
  final ClusterLedger ledger = new ClusterLedger(this);
  final List<ClusterNode> nodes = new ArrayList<>();
  final Set<String> calls = new HashSet<>();
  private final List<ClusterWorker> processes = new ArrayList<>();
  private final Set<Long> cuts = new HashSet<>();
  private final Dice dice;

  /** Null in histories in which nobody is lost at the worst moment. */
  private final @Nullable Dice worst;

  /** The server that is to be killed when it has granted a lease, before anybody hears of it. */
  private @Nullable ClusterNode doomed;

  private boolean isHealed;
  private boolean isEngineStill;
  private long lookedAt;
  private int misfortunes;

  /** Requests that are not answered yet. */
  int open;

  /** How many planned hand-overs went as planned. */
  int handOvers;

  ClusterWorld(long seed, @Nullable ClusterMutants mutant, boolean isTold) {
    this.mutant = mutant;
    this.trace = new Trace(isTold, timeline);
    this.dice = new Dice(seed, "world");
    this.worst = ClusterWorker.isOfManyHabits(seed) ? new Dice(seed, "worst") : null;
    this.database = new ClusterDatabase(this, seed);
    for (int i = 0; i < SERVERS; i++) {
      nodes.add(new ClusterNode(this, seed, i));
    }
    processes.add(new ClusterWorker(this, seed, "workers", "w1"));
    processes.add(new ClusterWorker(this, seed, "workers", "w2"));
    processes.add(new ClusterWorker(this, seed, "c1", "c1"));
    processes.add(new ClusterWorker(this, seed, "c2", "c2"));
  }

  /** Whether only one thing goes wrong. */
  boolean hasOneMisfortune() {
    return misfortunes == 1;
  }

  boolean isHealed() {
    return isHealed;
  }

  long far() {
    return EPOCH_MS + 100_000_000;
  }

  @Nullable ClusterWorker worker(String pid) {
    return processes.stream().filter(each -> each.pid.equals(pid)).findFirst().orElse(null);
  }

  /** One that runs, as who sends clients to servers sees it; null if none does. */
  @Nullable ClusterNode anyNode(Dice of) {
    List<ClusterNode> up = nodes.stream().filter(node -> node.isUp && !node.isLeaving).toList();
    return up.isEmpty() ? null : of.pick(up);
  }

  /** Whether something befell it, so that its leases may end for that. */
  boolean isTroubled(String pid) {
    return isEngineStill;
  }

  boolean isCut(int a, int b) {
    return a != b && cuts.contains(key(a, b));
  }

  private static long key(int a, int b) {
    return Math.min(a, b) * 10L + Math.max(a, b);
  }

  private void cut(int a, int b, long ms) {
    if (a == b) {
      return;
    }
    trace.add(() -> "server-" + a + " and server-" + b + " are cut for " + ms + " ms");
    cuts.add(key(a, b));
    isEngineStill = true; // Its workers are heard by nobody meanwhile.
    timeline.in(
        2_000,
        () -> {
          if (isCut(a, b)) {
            streamsBetween(a, b);
            nodes.get(a).lostFollower(b, 0);
            nodes.get(b).lostFollower(a, 0);
          }
        });
    timeline.in(ms, () -> cuts.remove(key(a, b)));
  }

  private void streamsBetween(int a, int b) {
    for (ClusterStream stream : List.copyOf(nodes.get(a).streams)) {
      if (stream.goesTo(b)) {
        stream.cut();
      }
    }
    for (ClusterStream stream : List.copyOf(nodes.get(b).streams)) {
      if (stream.goesTo(a)) {
        stream.cut();
      }
    }
  }

  /** Runs it; answers how many events it had. */
  long run() {
    nodes.forEach(node -> timeline.in(dice.between(0, 200), node::start));
    processes.forEach(process -> timeline.in(dice.between(0, 600), process::start));
    misfortunes = dice.between(1, 5);
    for (int i = 0; i < misfortunes; i++) {
      timeline.at(dice.between(800, TROUBLE_MS), this::misfortune);
    }
    timeline.at(TROUBLE_MS + 500, this::heal);
    while (!isOver() && timeline.advance(TROUBLE_MS + 500 + DONE_MS)) {
      Ledger.check(
          timeline.count() < MOST_EVENTS,
          "nobody turns in circles",
          "%d events by %d ms",
          timeline.count(),
          timeline.now());
    }
    Ledger.check(isDone(), "in the end everything is done", "%s", left());
    return timeline.count();
  }

  /** A batch has committed in which a server grants a lease. */
  void granted(ClusterNode node) {
    if (doomed == node && worst != null) {
      doomed = null;
      node.kill();
      timeline.in(worst.between(300, 2_500), node::start);
    }
  }

  /** Something befalls a server beside what was planned. */
  void hadAnotherMisfortune() {
    misfortunes++;
    isEngineStill = true;
  }

  private void misfortune() {
    int owner = database.owner();
    boolean ofOwner = owner >= 0 && dice.chance(650);
    ClusterNode node = ofOwner ? nodes.get(owner) : dice.pick(nodes);
    long ms = dice.between(100, 5_000);
    switch (dice.below(8)) {
      case 0, 1 -> {
        long away = dice.between(300, 2_500);
        if (worst != null && worst.chance(500)) {
          doomed = node;
        } else {
          node.kill();
          timeline.in(away, node::start);
        }
      }
      case 2 -> {
        isEngineStill = true;
        node.freeze(ms);
        replaced(node, owner, ms);
      }
      case 3 -> {
        isEngineStill = true;
        node.cutFromDatabase(ms);
        replaced(node, owner, ms);
      }
      case 4 -> cut(node.number, dice.below(SERVERS), ms);
      case 5 -> {
        isEngineStill = true;
        if (dice.chance(500)) {
          database.restart(dice.between(50, 800));
        } else {
          database.slow(dice.between(500, 2_000), dice.between(20, 700));
        }
      }
      case 6 -> {
        node.leave();
        timeline.in(dice.between(5_500, 6_500), node::start);
      }
      default -> {
        ClusterWorker process = processes.get(dice.below(2));
        process.kill();
        timeline.in(dice.between(100, 1_500), process::start);
      }
    }
  }

  /** If nothing else goes wrong, an owner that cannot write is not waited for. */
  private void replaced(ClusterNode node, int owner, long ms) {
    if (misfortunes > 1 || node.number != owner || ms <= REPLACED_MS) {
      return;
    }
    timeline.in(
        REPLACED_MS,
        () ->
            Ledger.check(
                isHealed
                    || nodes.stream().anyMatch(other -> other != node && other.owned() != null),
                "an owner that cannot write is replaced",
                "%s is not, %d ms later",
                node,
                REPLACED_MS));
  }

  private void heal() {
    trace.add(() -> "all is healed");
    isHealed = true;
    doomed = null;
    cuts.clear();
    database.heal();
    nodes.forEach(ClusterNode::heal);
    processes.forEach(ClusterWorker::start);
    timeline.in(
        SERVED_AGAIN_MS,
        () ->
            Ledger.check(
                nodes.stream().anyMatch(node -> node.owned() != null),
                "somebody owns the store soon",
                "nobody does %d ms after all was healed",
                SERVED_AGAIN_MS));
  }

  private boolean isOver() {
    if (!isHealed
        || timeline.now() <= TROUBLE_MS + 500 + SERVED_AGAIN_MS
        || timeline.now() - lookedAt < 200) {
      return false;
    }
    lookedAt = timeline.now();
    return isDone();
  }

  private boolean isDone() {
    return left().isEmpty();
  }

  private String left() {
    StringBuilder left = new StringBuilder();
    for (PromiseRow row : database.rows.rows()) {
      if (row.task() != null && row.promise().isPending()) {
        left.append(row.promise().id()).append(" is pending; ");
      }
    }
    for (ClusterWorker process : processes) {
      for (String id : process.listening) {
        PromiseRow row = database.rows.row(id);
        if (!process.told.contains(id)
            && row != null
            && row.promise().toRecord().state() != PromiseRecord.State.PENDING) {
          left.append(process.pid).append(" was not told of ").append(id).append("; ");
        }
      }
    }
    if (open > 0) {
      left.append(open).append(" requests are not answered; ");
    }
    return left.toString();
  }
}
