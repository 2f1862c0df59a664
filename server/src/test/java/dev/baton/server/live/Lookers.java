package dev.baton.server.live;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.server.auth.Access;
import dev.baton.server.auth.Names;
import dev.baton.server.dispatch.Dispatcher.InFlight;
import dev.baton.server.groups.Groups;
import dev.baton.server.record.Ring;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Some who look at a server that is stepped by hand, each at something else. */
public final class Lookers {

  private static final Access ALL = new Access.Viewer(new Access.Unlimited());

  /** Somebody who sees little. */
  private static final Access SOME =
      new Access.Limited(new Names(List.of(), List.of("r1")), new Names(List.of("a"), List.of()));

  private record Looker(String view, Access access, @Nullable Set<String> lanes) {

    boolean sees(String pid) {
      return lanes == null || lanes.contains(pid);
    }
  }

  private static final List<Looker> LOOKERS =
      List.of(
          new Looker("groups", ALL, null),
          new Looker("groups", SOME, null),
          new Looker("group:a", ALL, null),
          new Looker("group:a", ALL, Set.of("w1", "w2")),
          new Looker("group:a", SOME, null),
          new Looker("group:b", ALL, null),
          new Looker("call:r1", ALL, null));

  private final Ring ring;
  private final int many;
  private final BooleanSupplier isSlow;
  private final UnaryOperator<Access> seenBy;
  private final LiveViews views;
  private final Map<Follower, Page> pages = new IdentityHashMap<>();
  private final Map<Follower, Looker> lookers = new IdentityHashMap<>();

  /** The one who came first is first. */
  private final Deque<Follower> inTurn = new ArrayDeque<>();

  private @Nullable Groups shownLast;
  private @Nullable String leak;
  private boolean isAllReady;

  /**
   * Some who look.
   *
   * @param many more events in a second are not all sent
   * @param isSlow whether somebody does not read just now
   * @param seenBy what a server takes for the reach of a token
   */
  public Lookers(Ring ring, int many, BooleanSupplier isSlow, UnaryOperator<Access> seenBy) {
    this.ring = ring;
    this.many = many;
    this.isSlow = isSlow;
    this.seenBy = seenBy;
    this.views = new LiveViews(ring, "boot", many);
    for (Looker looker : LOOKERS) {
      inTurn.add(add(views, looker, pages, lookers));
    }
  }

  private Follower add(
      LiveViews to, Looker looker, Map<Follower, Page> pages, Map<Follower, Looker> lookers) {
    View view = View.of(looker.view());
    if (view == null) {
      throw new IllegalArgumentException(looker.view());
    }
    Follower follower = new Follower(view, seenBy.apply(looker.access()), "s" + pages.size());
    if (looker.lanes() != null) {
      follower.see(looker.lanes());
    }
    pages.put(follower, new Page());
    lookers.put(follower, looker);
    to.add(follower);
    return follower;
  }

  /** They look. */
  public void look(Groups groups, Function<String, List<InFlight>> inFlight) {
    if (shownLast != null && isSlow.getAsBoolean()) {
      comeAnew(shownLast);
    }
    show(views, groups, inFlight, pages, lookers);
    shownLast = groups;
  }

  /** Somebody closes a page and opens it again, at some time between two looks. */
  private void comeAnew(Groups shown) {
    Follower old = inTurn.removeFirst();
    Looker looker = lookers.remove(old);
    pages.remove(old);
    views.remove(old);
    if (looker != null) {
      Follower newcomer = add(views, looker, pages, lookers);
      inTurn.add(newcomer);
      views.welcome(newcomer, shown, sender(pages, lookers));
    }
  }

  private void show(
      LiveViews of,
      Groups groups,
      Function<String, List<InFlight>> inFlight,
      Map<Follower, Page> to,
      Map<Follower, Looker> as) {
    LiveViews.Sender sender = sender(to, as);
    of.show(groups, sender);
    of.unknown().forEach(group -> of.opened(group, inFlight.apply(group), groups, sender));
  }

  private LiveViews.Sender sender(Map<Follower, Page> to, Map<Follower, Looker> as) {
    return new LiveViews.Sender() {
      @Override
      public boolean isReady(Follower follower) {
        return isAllReady || !isSlow.getAsBoolean();
      }

      @Override
      public boolean send(Follower follower, byte[] message) {
        if (!isAllReady && isSlow.getAsBoolean()) {
          return false;
        }
        Looker looker = as.get(follower);
        Page page = to.get(follower);
        if (looker != null && page != null) {
          check(looker, page.receive(message));
        }
        return true;
      }
    };
  }

  private void check(Looker looker, JsonNode data) {
    if (looker.access() != SOME) {
      return;
    }
    for (String list : List.of("events", "tasks")) {
      for (JsonNode each : data.path(list)) {
        String id = each.path("id").textValue();
        String group = each.path("group").asText("a");
        if ((id != null && !id.startsWith("r1")) || !group.equals("a")) {
          leak = looker.view() + ": " + each;
        }
      }
    }
    for (JsonNode group : data.path("groups")) {
      if (!group.path("group").asText().equals("a")) {
        leak = looker.view() + ": " + group;
      }
    }
  }

  /** What somebody was shown that is out of their reach; null if nothing. */
  public @Nullable String leak() {
    return leak;
  }

  /** In what somebody's page differs from that of who has only just come; null if in nothing. */
  public @Nullable String difference(Groups groups, Function<String, List<InFlight>> inFlight) {
    isAllReady = true;
    try {
      for (int i = 0; i < 3; i++) { // Some have to be told anew, and the engine to be asked first.
        look(groups, inFlight);
      }
      LiveViews fresh = new LiveViews(ring, "boot", many);
      Map<Follower, Page> newcomers = new IdentityHashMap<>();
      Map<Follower, Looker> as = new IdentityHashMap<>();
      LOOKERS.forEach(looker -> add(fresh, looker, newcomers, as));
      for (int i = 0; i < 2; i++) {
        show(fresh, groups, inFlight, newcomers, as);
      }
      List<String> differences = new ArrayList<>();
      pages.forEach((follower, page) -> {
        Looker looker = lookers.get(follower);
        newcomers.forEach((newcomer, other) -> {
          if (looker != null && looker == as.get(newcomer)) {
            boolean isPart = page.mode.equals("lanes");
            String difference = page.difference(other, pid -> !isPart || looker.sees(pid));
            if (difference != null || page.snapshots == 0 || other.snapshots == 0) {
              differences.add(looker + " " + difference);
            }
          }
        });
      });
      return differences.isEmpty() ? null : differences.toString();
    } finally {
      isAllReady = false;
    }
  }
}
