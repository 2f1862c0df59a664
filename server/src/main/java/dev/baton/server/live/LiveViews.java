package dev.baton.server.live;

import dev.baton.server.dispatch.Dispatcher.InFlight;
import dev.baton.server.dispatch.GroupSnapshot;
import dev.baton.server.dispatch.GroupView;
import dev.baton.server.groups.Groups;
import dev.baton.server.record.Event;
import dev.baton.server.record.Event.Kind;
import dev.baton.server.record.Ring;
import dev.baton.server.record.SealedPlaces;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What each follower is sent when the groups have been looked at: a snapshot first, then what has
 * changed. One thread at a time uses it, and it reads no clock.
 */
final class LiveViews {

  private static final int MOST_EVENTS = 500;
  private static final int MOST_MISSED = 2_000;
  private static final long RECENT_MS = 300_000;
  private static final long AGING_MS = 5_000;

  /** Workers beside the lanes are shown this seldom, and no more of them at once. */
  private static final long OTHERS_MS = 2_000;

  private static final int MOST_OTHERS = 1_000;

  /** More events a second than a browser should be sent. */
  private static final int MANY = 2_000;

  private final Ring ring;
  private final String boot;
  private final SealedPlaces places = new SealedPlaces();
  private final int many;
  private final Set<Follower> followers = new HashSet<>();
  private final Map<String, GroupModel> models = new HashMap<>();
  private long seen;
  private long agedAt;

  /** Takes messages for followers. */
  interface Sender {
    /** Whether a follower can be sent something. */
    boolean isReady(Follower follower);

    /** Sends a follower something; answers false if it could not be. */
    boolean send(Follower follower, byte[] message);
  }

  /** What was written for one and holds for others, in this turn. */
  private final Map<String, byte[]> shared = new HashMap<>();

  LiveViews(Ring ring, String boot) {
    this(ring, boot, MANY);
  }

  /**
   * Views.
   *
   * @param many more events of a group in a second are not all sent
   */
  LiveViews(Ring ring, String boot, int many) {
    this.ring = ring;
    this.boot = boot;
    this.many = many;
    this.seen = ring.next();
  }

  /**
   * Lets a follower go on where another stream ended.
   *
   * @param id of the last message there
   */
  void resume(Follower follower, String id) {
    int dash = id.lastIndexOf('-');
    SealedPlaces.Place place =
        dash < 0 || !id.substring(0, dash).equals(boot)
            ? null
            : place(follower, id.substring(dash + 1));
    if (place == null) {
      follower.gap("restarted");
    } else {
      follower.resume(place);
    }
  }

  private SealedPlaces.@Nullable Place place(Follower follower, String text) {
    if (!follower.access.seesAll()) {
      return places.open(text);
    }
    try {
      return new SealedPlaces.Place(Long.parseLong(text) + 1, 0);
    } catch (NumberFormatException _) {
      return null;
    }
  }

  void add(Follower follower) {
    followers.add(follower);
    if (follower.view instanceof View.OfGroup(String name)) {
      models.computeIfAbsent(name, _ -> new GroupModel(name, many));
    }
  }

  void remove(Follower follower) {
    followers.remove(follower);
  }

  /** The groups of which the engine is to say what their workers do. */
  List<String> unknown() {
    return models.values().stream()
        .filter(model -> !model.isOpen())
        .map(model -> model.name)
        .toList();
  }

  /**
   * What a group's workers did, as the engine says it. Who waits for that is shown it at once, and
   * not when all groups are looked at next: after much work the board rests for long.
   *
   * @param standing how the group stood at the same moment; others need not be among them
   */
  void opened(String group, List<InFlight> inFlight, Groups standing, Sender send) {
    GroupModel model = models.get(group);
    if (model == null || model.isOpen()) {
      return;
    }
    model.open(inFlight, standing.nextEvent());
    model.turn(standing.find(group), standing.at(), false);
    shared.clear();
    for (Follower follower : followers) {
      if (!follower.hasBegun() && follower.view.equals(new View.OfGroup(group))) {
        show(follower, standing, List.of(), false, send);
      }
    }
  }

  /**
   * Shows a newcomer at once what all were shown last, unless it has seen more: what has happened
   * since, and is remembered, comes with the next look, as it does to the others.
   */
  void welcome(Follower newcomer, Groups shownLast, Sender send) {
    long next = shownLast.nextEvent();
    if (newcomer.missedFrom() <= next && ring.first() <= next) {
      shared.clear();
      show(newcomer, shownLast, List.of(), false, send);
    }
  }

  /**
   * Sends each what is new.
   *
   * @param groups as they stand
   */
  void show(Groups groups, Sender send) {
    long now = groups.at();
    long next = groups.nextEvent();
    boolean isAging = now - agedAt >= AGING_MS || now < agedAt;
    agedAt = isAging ? now : agedAt;
    shared.clear();
    lookAfterModels(now);
    List<Event> events = follow(next);
    for (GroupModel model : models.values()) {
      if (model.next() <= next) { // It may be ahead of them, since the engine said it later.
        model.turn(groups.find(model.name), now, isAging);
      }
    }
    for (Follower follower : followers) {
      show(follower, groups, events, isAging, send);
    }
  }

  private void lookAfterModels(long now) {
    Set<String> lookedAt = new HashSet<>();
    for (Follower follower : followers) {
      if (follower.view instanceof View.OfGroup(String name)) {
        lookedAt.add(name);
      }
    }
    models.values().removeIf(model -> model.isForgettable(lookedAt.contains(model.name), now));
  }

  /** The events since the last turn, all models following them; null if some are forgotten. */
  private @Nullable List<Event> follow(long next) {
    long from = seen;
    models.values().forEach(GroupModel::begin);
    for (GroupModel model : models.values()) {
      from = model.isOpen() ? Math.min(from, model.next()) : from;
    }
    List<Event> events = from < next ? ring.between(from, next, _ -> true) : List.of();
    for (GroupModel model : models.values()) {
      if (events == null) {
        model.close();
      } else if (model.isOpen()) {
        events.forEach(model::follow);
        model.followedTo(next);
      }
    }
    long first = seen;
    seen = Math.max(seen, next);
    return events == null || from >= first
        ? events
        : events.stream().filter(event -> event.seq() >= first).toList();
  }

  private void show(
      Follower follower,
      Groups groups,
      @Nullable List<Event> events,
      boolean isAging,
      Sender send) {
    if (!send.isReady(follower)) {
      if (follower.hasBegun()) {
        follower.fellBehind("slow", follower.next());
      }
      return;
    }
    if (events == null && follower.hasBegun()) {
      follower.fellBehind("forgotten", follower.next());
    }
    byte[] message =
        switch (follower.view) {
          case View.OfGroups _ -> ofGroups(follower, groups, events, isAging);
          case View.OfGroup(String name) ->
              ofGroup(follower, Objects.requireNonNull(models.get(name)), groups, events);
          case View.OfCall _ -> ofCall(follower, groups, events);
        };
    if (message == null) {
      return;
    }
    long from = follower.hasBegun() ? follower.next() : follower.missedFrom();
    String gap = follower.hasBegun() ? null : gapOf(follower);
    boolean isSent = gap == null || send.send(follower, gap(follower, gap, from));
    if (isSent && send.send(follower, message)) {
      follower.sentTo(groups.nextEvent());
    } else {
      follower.fellBehind("slow", from);
    }
  }

  // What was before.

  private @Nullable String gapOf(Follower follower) {
    String known = follower.gap();
    if (known != null || follower.missedFrom() == 0) {
      return known;
    }
    return missed(follower) == null ? "forgotten" : null;
  }

  private byte[] gap(Follower follower, String reason, long from) {
    long to = ring.next() - 1;
    return LiveJson.message(
        "gap",
        id(follower, ring.next()),
        json -> {
          json.text("reason", reason);
          if (from > 0 && follower.access.seesAll()) {
            json.number("from", from);
            json.number("to", to);
          }
        });
  }

  /** What a follower that goes on has missed; null if that is not remembered, or too much. */
  private @Nullable List<Event> missed(Follower follower) {
    if (follower.missedFrom() == 0 || follower.gap() != null) {
      return null;
    }
    List<Event> missed = ring.between(follower.missedFrom(), ring.next(), follower::wants);
    return missed == null || missed.size() > MOST_MISSED ? null : missed;
  }

  /** The latest events of a view. */
  private List<Event> before(Follower follower, long next, long since) {
    List<Event> missed = missed(follower);
    if (missed != null) {
      return missed.stream().filter(event -> event.seq() < next).toList();
    }
    List<Event> found = new ArrayList<>();
    for (long seq = next - 1; seq >= ring.first() && found.size() < MOST_EVENTS; seq--) {
      Event event = ring.find(seq);
      if (event == null || event.at() < since) {
        break;
      }
      if (follower.wants(event)) {
        found.add(event);
      }
    }
    return found.reversed();
  }

  /** What is new of a view; the last of it, if that is more than anybody reads. */
  private static List<Event> news(Follower follower, @Nullable List<Event> events) {
    if (events == null || events.isEmpty()) {
      return List.of();
    }
    return events.stream()
        .filter(event -> event.seq() >= follower.next() && follower.wants(event))
        .toList();
  }

  private static List<Event> last(List<Event> events) {
    return events.size() <= MOST_EVENTS
        ? events
        : events.subList(events.size() - MOST_EVENTS, events.size());
  }

  private static Map<Kind, Integer> counts(List<Event> events) {
    Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    events.forEach(event -> counts.merge(event.kind(), 1, Integer::sum));
    return counts;
  }

  private String id(Follower follower, long next) {
    return boot
        + "-"
        + (follower.access.seesAll()
            ? Long.toString(next - 1)
            : places.seal(new SealedPlaces.Place(next, follower.told())));
  }

  /** The number of the last event that a message accounts for. */
  private static long seq(Follower follower, Groups groups) {
    return follower.access.seesAll() ? groups.nextEvent() - 1 : follower.told();
  }

  /** Events that a snapshot begins with, as its follower is told of them. */
  private List<Event> told(Follower follower, List<Event> before) {
    return follower.numbered(before, missed(follower) == null ? 0 : follower.told());
  }

  /** Events that a delta brings, as its follower is told of them. */
  private static List<Event> toldNext(Follower follower, List<Event> news) {
    return follower.numbered(news, follower.told());
  }

  private byte[] snapshot(Follower follower, Groups groups, LiveJson.Members members) {
    return LiveJson.message(
        "snapshot",
        id(follower, groups.nextEvent()),
        json -> {
          json.text("view", follower.view.text());
          json.number("seq", seq(follower, groups));
          json.number("at", groups.at());
          json.text("stream", follower.stream);
          members.write(json);
        });
  }

  private byte[] delta(Follower follower, Groups groups, LiveJson.Members members) {
    return LiveJson.message(
        "delta",
        id(follower, groups.nextEvent()),
        json -> {
          json.number("seq", seq(follower, groups));
          json.number("at", groups.at());
          members.write(json);
        });
  }

  // All groups.

  private byte @Nullable [] ofGroups(
      Follower follower, Groups groups, @Nullable List<Event> events, boolean isAging) {
    long now = groups.at();
    if (!follower.hasBegun()) {
      follower.sent.clear();
    }
    List<GroupView> changed = new ArrayList<>();
    Map<String, GroupSnapshot> left = new LinkedHashMap<>(follower.sent);
    for (GroupSnapshot group : groups.all()) {
      if (!follower.access.reaches(group.group())) {
        continue;
      }
      left.remove(group.group());
      boolean isSame = follower.sent.put(group.group(), group) == group;
      if (!isSame || isAging) {
        GroupView view = group.at(now);
        if (!isSame || GroupModel.moves(view)) {
          changed.add(view);
        }
      }
    }
    follower.sent.keySet().removeAll(left.keySet());
    if (!follower.hasBegun()) {
      List<Event> before = told(follower, before(follower, groups.nextEvent(), now - RECENT_MS));
      return snapshot(
          follower,
          groups,
          json -> {
            json.groups(changed, follower.access, now);
            json.events(before);
          });
    }
    List<Event> news = news(follower, events);
    if (changed.isEmpty() && left.isEmpty() && news.isEmpty()) {
      return null;
    }
    List<Event> last = toldNext(follower, last(news));
    return delta(
        follower,
        groups,
        json -> {
          if (!changed.isEmpty()) {
            json.groups(changed, follower.access, now);
          }
          if (!left.isEmpty()) {
            json.texts("forgotten", left.keySet());
          }
          history(json, last, news);
        });
  }

  /** Events that nothing follows from: the last of them, and how many there are. */
  private static void history(LiveJson json, List<Event> last, List<Event> news)
      throws IOException {
    json.events(last);
    if (news.size() > MOST_EVENTS) {
      json.counts(counts(news));
    }
  }

  // A call.

  private byte @Nullable [] ofCall(Follower follower, Groups groups, @Nullable List<Event> events) {
    if (!follower.hasBegun()) {
      List<Event> before = told(follower, before(follower, groups.nextEvent(), 0));
      return snapshot(follower, groups, json -> json.events(before));
    }
    List<Event> news = news(follower, events);
    if (news.isEmpty()) {
      return null;
    }
    List<Event> last = toldNext(follower, last(news));
    return delta(follower, groups, json -> history(json, last, news));
  }

  // A group.

  private byte @Nullable [] ofGroup(
      Follower follower, GroupModel model, Groups groups, @Nullable List<Event> events) {
    if (!model.isOpen() || model.next() > groups.nextEvent()) {
      return null; // The engine has not said yet what its workers do, or said it later.
    }
    follower.chooseLanes(model.shown());
    if (follower.turnsBusy(model.isBusy()) || !follower.hasBegun()) {
      return groupSnapshot(follower, model, groups);
    }
    boolean isShared = follower.access.seesAll() && (!model.isBusy() || follower.seesAllLanes());
    byte[] known = isShared ? shared.get(model.name) : null;
    if (known != null) {
      return known;
    }
    List<Event> news = news(follower, events);
    byte[] message =
        model.isBusy()
            ? busyDelta(follower, model, groups, news)
            : groupDelta(follower, model, groups, news);
    if (isShared && message != null) {
      shared.put(model.name, message);
    }
    return message;
  }

  private byte @Nullable [] groupDelta(
      Follower follower, GroupModel model, Groups groups, List<Event> news) {
    if (news.isEmpty()
        && !model.isGroupChanged()
        && model.changed().isEmpty()
        && model.left().isEmpty()) {
      return null;
    }
    List<Event> events = toldNext(follower, news);
    return delta(
        follower,
        groups,
        json -> {
          json.text("mode", "all");
          if (model.isGroupChanged()) {
            json.group("group", model.shown(), follower.access, groups.at());
          }
          if (!model.changed().isEmpty()) {
            json.workers(model.changed());
          }
          if (!model.left().isEmpty()) {
            json.texts("left", model.left());
          }
          json.events(events);
        });
  }

  private byte[] groupSnapshot(Follower follower, GroupModel model, Groups groups) {
    follower.unsent.clear();
    follower.unsentSince = groups.at();
    Set<String> lanes = follower.lanes();
    List<InFlight> tasks = new ArrayList<>();
    for (InFlight task : model.tasks.values()) {
      if (follower.access.covers(task.id())
          && (!model.isBusy() || lanes == null || lanes.contains(task.pid()))) {
        tasks.add(task);
      }
    }
    // Of what was sent already nothing is repeated.
    List<Event> before =
        follower.hasBegun()
            ? List.of()
            : told(follower, before(follower, groups.nextEvent(), groups.at() - RECENT_MS));
    return snapshot(
        follower,
        groups,
        json -> {
          json.text("mode", model.isBusy() ? "lanes" : "all");
          json.group("group", model.shown(), follower.access, groups.at());
          json.workers(model.shown().workers());
          json.tasks(tasks);
          json.events(before);
        });
  }

  /** Too much happens: what the follower sees, and of all else how much. */
  private byte[] busyDelta(Follower follower, GroupModel model, Groups groups, List<Event> news) {
    Set<String> lanes = follower.lanes();
    List<GroupView.WorkerView> workers = new ArrayList<>();
    for (GroupView.WorkerView worker : model.changed()) {
      if (lanes == null || lanes.contains(worker.pid())) {
        workers.add(worker);
      } else {
        follower.unsent.add(worker.pid());
      }
    }
    long since = groups.at() - follower.unsentSince;
    if (since >= OTHERS_MS || since < 0) {
      follower.unsentSince = groups.at();
      takeOthers(follower, model, workers);
    }
    List<Event> seen =
        news.stream()
            .filter(event ->
                event.kind().isOfWorker()
                    || event.kind() == Kind.RETURNED
                    || model.touches(event, lanes))
            .toList();
    List<Event> events = toldNext(follower, seen);
    return delta(
        follower,
        groups,
        json -> {
          json.text("mode", "lanes");
          if (model.isGroupChanged()) {
            json.group("group", model.shown(), follower.access, groups.at());
          }
          if (!workers.isEmpty()) {
            json.workers(workers);
          }
          if (!model.left().isEmpty()) {
            json.texts("left", model.left());
          }
          json.events(events);
          json.counts(counts(news));
        });
  }

  private static void takeOthers(
      Follower follower, GroupModel model, List<GroupView.WorkerView> workers) {
    Iterator<String> each = follower.unsent.iterator();
    for (int i = 0; i < MOST_OTHERS && each.hasNext(); i++) {
      GroupView.WorkerView worker = model.worker(each.next());
      each.remove();
      if (worker != null) {
        workers.add(worker);
      }
    }
  }
}
