package dev.baton.console.scripted;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A group at work, of which one worker has just died, in the shapes of {@code docs/console-api.md}.
 * Every text in it may carry a mark, so that a hostile one is shown in every field there is.
 */
public final class Story {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> FUNCTIONS = List.of("charge", "sendMail", "renderThumbnail");
  private static final List<String> OPEN =
      List.of("held", "ready", "suspended", "halted", "delayed");
  private static final List<String> SETTLED =
      List.of("resolved", "rejected", "rejected_canceled", "rejected_timedout");

  /** What SDKs write for it. */
  private static final long NO_DEADLINE = (1L << 53) - 1;

  private final String mark;
  private final int workers;
  private final boolean isEmpty;
  private final boolean mayAct;
  private final boolean isFull;
  private final long now = System.currentTimeMillis();
  private long seq;

  private Story(String mark, int workers, boolean isEmpty, boolean mayAct, boolean isFull) {
    this.mark = mark;
    this.workers = workers;
    this.isEmpty = isEmpty;
    this.mayAct = mayAct;
    this.isFull = isFull;
  }

  /** Five workers, of which one is lost. */
  public static Story ofFive() {
    return new Story("", 5, false, true, false);
  }

  /** The same, with that in every text. */
  public static Story marked(String mark) {
    return new Story(mark, 5, false, true, false);
  }

  /** So many workers, each with a task. */
  public static Story ofMany(int workers) {
    return new Story("", workers, false, true, false);
  }

  /** Four workers without room, and calls that wait for one. */
  public static Story ofFull() {
    return new Story("", 4, false, true, true);
  }

  /** Nothing at all. */
  public static Story ofNothing() {
    return new Story("", 0, true, true, false);
  }

  /** Five workers, looked at by somebody who may not act. */
  public static Story ofViewer() {
    return new Story("", 5, false, false, false);
  }

  /** The name of the group. */
  public String group() {
    return "mail" + mark;
  }

  /** The id of the call that was handed over. */
  public String handedOver() {
    return "order-7" + mark;
  }

  /** What a stream of that view begins with. */
  public JsonNode snapshot(String view) {
    seq = 1;
    ObjectNode data = JSON.createObjectNode().put("view", view);
    ArrayNode events = JSON.createArrayNode();
    if (view.equals("groups")) {
      ArrayNode groups = data.putArray("groups");
      if (!isEmpty) {
        groups.add(groupOf(group(), connected(), waitingCalls()));
      }
      if (!isEmpty && !isFull) {
        groups.add(waiting("pay" + mark));
        groups.add(groupOf("thumbnails" + mark, 12, 0));
      }
    } else if (view.startsWith("group:")) {
      data.put("mode", "all");
      data.set("group", groupOf(group(), connected(), waitingCalls()));
      ArrayNode connected = data.putArray("workers");
      ArrayNode tasks = data.putArray("tasks");
      if (!isEmpty) {
        play(connected, tasks, events);
      }
    }
    data.set("events", events);
    return data.put("seq", seq).put("at", now()).put("stream", "1");
  }

  private int waitingCalls() {
    return isEmpty ? 0 : isFull ? 40 : 3;
  }

  private int connected() {
    return workers == 5 ? 4 : workers;
  }

  private void play(ArrayNode connected, ArrayNode tasks, ArrayNode events) {
    for (int w = 0; w < workers; w++) {
      String pid = pid(w);
      boolean isLost = workers == 5 && w == 1;
      if (!isLost) {
        connected
            .addObject()
            .put("pid", pid)
            .put("address", "10.0.%d.%d".formatted(w / 250, w % 250 + 1) + mark)
            .put("slots", 2)
            .put("load", isFull ? 2 : 1)
            .put("draining", w == 3 && !isFull)
            .put("connectedAt", now - 240_000);
        tasks
            .addObject()
            .put("id", w == 2 && workers == 5 ? handedOver() : "call-" + w + mark)
            .put("pid", pid)
            .put("version", w == 2 ? 2 : 1)
            .put("state", w == 4 ? "sent" : "held")
            .put("since", w == 2 && workers == 5 ? now - 13_970 : now - 400L * (w % 20) - 900);
        if (isFull) {
          tasks
              .addObject()
              .put("id", "report-" + w)
              .put("pid", pid)
              .put("version", 1)
              .put("state", "held")
              .put("since", now - 3_100L * (w + 2));
        }
      }
    }
    if (workers == 5) {
      past(events);
    }
  }

  /** Worker 1 takes order-7, dies, and worker 2 takes it over; others work on. */
  private void past(ArrayNode events) {
    for (int w = 0; w < 5; w++) {
      for (int k = 0; k < 5; k++) {
        long from = now - 52_000 + k * 7_300L + w * 1_100L;
        if (w != 1 || k < 4) {
          String id = "order-%d%d".formatted(w, k) + mark;
          task(events, from, "sent", id, w, 0, "sent", null);
          task(events, from + 160, "taken", id, w, 1, "held", null);
          boolean isBack = k % 3 == 2;
          task(
              events,
              from + 3_000 + w * 700L,
              isBack ? "suspended" : "settled",
              id,
              w,
              1,
              isBack ? "suspended" : k == 3 && w == 4 ? "rejected" : "resolved",
              null);
        }
      }
    }
    task(events, now - 19_500, "sent", handedOver(), 1, 0, "sent", null);
    task(events, now - 19_400, "taken", handedOver(), 1, 1, "held", null);
    worker(events, now - 15_000, "lost", null);
    task(events, now - 14_000, "returned", handedOver(), 1, 1, "ready", "connection_lost");
    worker(events, now - 14_000, "gone", "connection_lost");
    task(events, now - 13_990, "sent", handedOver(), 2, 1, "sent", null);
    task(events, now - 13_970, "taken", handedOver(), 2, 2, "held", null);
  }

  private void task(
      ArrayNode events,
      long at,
      String kind,
      String id,
      int worker,
      int version,
      String state,
      @Nullable String cause) {
    ObjectNode event =
        events
            .addObject()
            .put("seq", ++seq)
            .put("at", at)
            .put("kind", kind)
            .put("id", id)
            .put("group", group())
            .put("pid", pid(worker))
            .put("version", version)
            .put("state", state);
    if (cause != null) {
      event.put("cause", cause);
    }
  }

  private void worker(ArrayNode events, long at, String kind, @Nullable String cause) {
    ObjectNode event =
        events
            .addObject()
            .put("seq", ++seq)
            .put("at", at)
            .put("kind", kind)
            .put("group", group())
            .put("pid", pid(1));
    if (cause != null) {
      event.put("cause", cause);
    }
  }

  private String pid(int worker) {
    return (workers == 5
            ? List.of("w-4kq2x", "w-8hznp", "w-p2lmv", "w-tp392", "w-zt6wd").get(worker)
            : "w-" + worker)
        + mark;
  }

  private ObjectNode groupOf(String name, int connected, int ready) {
    ObjectNode group =
        JSON.createObjectNode()
            .put("group", name)
            .put("slotsPerWorker", 2)
            .put("connectedWorkers", connected)
            .put("drainingWorkers", connected > 1 && !isFull ? 1 : 0)
            .put("slots", 2 * connected)
            .put("load", isFull ? 2 * connected : connected)
            .put("ready", ready)
            .put("inFlight", connected)
            .put("suspended", 1)
            .put("dispatchedPerSecond", 3.5)
            .put("fulfilledPerSecond", 3.4)
            .put("meanServiceSeconds", 0.42)
            .put("handedOver", 7);
    if (ready > 0) {
      group.put("oldestReadyAt", now - (isFull ? 45_000 : 2_300));
    }
    group.putArray("redelivered");
    return group;
  }

  private ObjectNode waiting(String name) {
    ObjectNode group = groupOf(name, 0, 40);
    group.put("oldestReadyAt", now - 125_000).put("slotsPerWorker", (Integer) null);
    group
        .putArray("redelivered")
        .addObject()
        .put("task", "order-1" + mark)
        .put("failedDeliveries", 4);
    return group;
  }

  /**
   * The answer to anything but a stream; null if there is none.
   *
   * @param path as it was sent
   * @param query decoded
   */
  @Nullable JsonNode answer(String path, String query, String body) {
    if (path.equals("/whoami")) {
      return whoami();
    }
    if (path.equals("/groups")) {
      return JSON.createObjectNode()
          .set("groups", JSON.createArrayNode().add(groupOf(group(), 4, 3)));
    }
    if (path.startsWith("/live/")) {
      return JSON.createObjectNode().put("lanes", 1);
    }
    if (path.equals("/calls")) {
      return calls(query);
    }
    if (path.startsWith("/calls/")) {
      String rest = path.substring("/calls/".length());
      String id =
          URLDecoder.decode(rest.split("/", 2)[0].replace("+", "%2B"), StandardCharsets.UTF_8);
      return rest.endsWith("/tree") ? tree(id) : whole(id);
    }
    if (path.startsWith("/console/api/cron")) {
      ArrayNode next = JSON.createArrayNode();
      for (int i = 1; i <= 5; i++) {
        next.add(now - now % 3_600_000 + i * 3_600_000L);
      }
      return JSON.createObjectNode().set("next", next);
    }
    if (path.equals("/console/api")) {
      return command(body);
    }
    return path.startsWith("/console/api/") ? JSON.createObjectNode().put("leasesEnded", 1) : null;
  }

  private ObjectNode whoami() {
    ObjectNode who =
        JSON.createObjectNode()
            .put("role", mayAct ? "admin" : "viewer")
            .put("prefix", mark)
            .put("mayWrite", mayAct)
            .put("actions", mayAct)
            .put("authentication", true)
            .put("version", "0.1.0" + mark)
            .put("now", now())
            .put("boot", "scripted");
    who.putArray("groups").add("*" + mark);
    return who;
  }

  private ObjectNode call(int i, String state) {
    ObjectNode call =
        JSON.createObjectNode()
            .put("id", "order-" + i + mark)
            .put("state", state)
            .put("kind", "call")
            .put("function", FUNCTIONS.get(i % 3) + mark)
            .put("group", group())
            .put("target", "poll://any@mail" + mark)
            .put("attempt", i % 5 == 0 ? 3 : 1)
            .put("origin", "order-" + i + mark)
            .put("createdAt", now - i * 7_300L - 900)
            .put("timeoutAt", now + 3_600_000)
            .put("paramBytes", 120)
            .put("valueBytes", 0);
    if (state.equals("held") || SETTLED.contains(state)) {
      call.put("pid", pid(2)).put("takenAt", now - i * 7_000L);
    }
    if (SETTLED.contains(state)) {
      call.put("settledAt", now - i * 6_000L);
    }
    return call;
  }

  private ObjectNode calls(String query) {
    ObjectNode page =
        JSON.createObjectNode().put("complete", true).put("lookedAt", 22).put("now", now());
    ArrayNode items = page.putArray("items");
    if (isEmpty) {
      return page;
    }
    if (query.contains("state=external")) {
      for (String question :
          List.of(
              "Refund of EUR 129.90 for order-7: the customer says the parcel never came. Approve?",
              "Deploy 4.2.0 to production?")) {
        ObjectNode call = call(items.size() + 1, "external");
        call.put("kind", "external").put("question", question + mark).remove("function");
        call.putArray("awaitedBy").add("order-7" + mark);
        if (!items.isEmpty()) {
          call.put("timeoutAt", NO_DEADLINE);
        }
        items.add(call);
      }
      return page;
    }
    boolean isSettled = query.contains("settled") || query.contains("recent");
    List<String> states = isSettled ? SETTLED : OPEN;
    for (int i = 1; i <= 14; i++) {
      items.add(call(i, states.get(i % states.size())));
    }
    return page;
  }

  private @Nullable ObjectNode whole(String id) {
    if (isEmpty) {
      return null;
    }
    ObjectNode whole = JSON.createObjectNode();
    boolean isSettled = id.startsWith("order-8");
    ObjectNode call = call(5, isSettled ? "rejected" : "held");
    call.put("id", id).put("parent", "order" + mark);
    whole.set("call", call);
    whole
        .putObject("why")
        .put("cause", "RUNNING")
        .put("sentence", id + " runs on worker " + pid(2) + " (attempt 2)." + mark);
    whole
        .putObject("tags")
        .put("resonate:target", "poll://any@mail" + mark)
        .put("team" + mark, "billing" + mark);
    whole.set(
        "param",
        payload("{\"func\":\"charge\",\"args\":[\"order-7\",{\"amount\":12990}],\"version\":1}"));
    ObjectNode value = payload("plain" + mark);
    whole.set("value", value);
    ArrayNode attempts = whole.putArray("attempts");
    attempts
        .addObject()
        .put("version", 2)
        .put("pid", pid(2))
        .put("sentAt", now - 13_990)
        .put("from", now - 13_970);
    attempts
        .addObject()
        .put("version", 1)
        .put("pid", pid(1))
        .put("sentAt", now - 19_500)
        .put("from", now - 19_400)
        .put("to", now - 14_000)
        .put("ended", "returned")
        .put("cause", "connection_lost");
    whole.put("attemptsComplete", true);
    whole.putArray("awaits").addObject().put("id", "order-7.1" + mark).put("state", "pending");
    whole.putArray("awaitedBy").add("order" + mark);
    whole.putArray("listeners").add("poll://uni@mail-clients/c1" + mark);
    return whole.put("now", now());
  }

  private ObjectNode payload(String text) {
    ObjectNode payload =
        JSON.createObjectNode()
            .put("bytes", text.length())
            .put("text", mark.isEmpty() ? text : mark + text);
    payload.putObject("headers").put("content-type" + mark, "application/json" + mark);
    return payload.put("truncated", false);
  }

  private ObjectNode tree(String id) {
    ObjectNode page =
        JSON.createObjectNode().put("complete", true).put("lookedAt", 4).put("now", now());
    ArrayNode items = page.putArray("items");
    ObjectNode root = node(items, id, "held", null);
    segment(root, "waiting", 60_000, 58_000, null);
    segment(root, "running", 58_000, 50_000, pid(0));
    segment(root, "suspended", 50_000, 30_000, null);
    segment(root, "running", 29_000, 15_000, pid(1));
    segment(root, "waiting", 15_000, 14_000, null);
    segment(root, "running", 14_000, 0, pid(2));
    ObjectNode child = node(items, "order-7.1" + mark, "resolved", id);
    child.put("settledAt", now - 31_000);
    segment(child, "waiting", 50_000, 47_000, null);
    segment(child, "sent", 47_000, 46_000, null);
    segment(child, "running", 46_000, 31_000, pid(0));
    ObjectNode timer = node(items, "order-7.2" + mark, "timer", id);
    timer.put("kind", "timer").put("settledAt", now - 35_000).remove("function");
    segment(timer, "timer", 50_000, 35_000, null);
    ObjectNode halted = node(items, "order-7.3" + mark, "halted", id);
    segment(halted, "unknown", 12_000, 6_000, null);
    segment(halted, "halted", 6_000, 0, null);
    return page;
  }

  private ObjectNode node(ArrayNode items, String id, String state, @Nullable String parent) {
    ObjectNode node = call(items.size() + 1, state);
    node.put("id", id).put("createdAt", now - 60_000).remove(List.of("settledAt", "parent"));
    if (parent != null) {
      node.put("parent", parent);
    }
    node.putArray("segments");
    items.add(node);
    return node;
  }

  private void segment(ObjectNode node, String state, long from, long to, @Nullable String pid) {
    ObjectNode segment =
        node.withArray("segments").addObject().put("state", state).put("from", now - from);
    if (to > 0) {
      segment.put("to", now - to);
    }
    if (pid != null) {
      segment.put("pid", pid);
    }
  }

  private ObjectNode command(String body) {
    try {
      JsonNode envelope = JSON.readTree(body);
      ObjectNode answer = JSON.createObjectNode().put("kind", envelope.path("kind").asText());
      answer
          .putObject("head")
          .put("corrId", envelope.path("head").path("corrId").asText())
          .put("status", 200)
          .put("version", "2026-04-01");
      ObjectNode data = answer.putObject("data");
      if (envelope.path("kind").asText().equals("schedule.search")) {
        ArrayNode schedules = data.putArray("schedules");
        if (!isEmpty) {
          schedule(schedules, "nightly-report", "0 3 * * *", true);
          schedule(schedules, "invoices", "0 9 * * MON-FRI", false)
              .withObject("promiseTags")
              .put("baton:overlap", "skip")
              .put("baton:catchup-window", "5400000");
          schedule(schedules, "reminders", "*/15 * * * *", true)
              .withObject("promiseTags")
              .put("baton:paused", "true");
        }
      } else if (envelope.path("kind").asText().startsWith("schedule.")) {
        ArrayNode schedules = JSON.createArrayNode();
        data.set("schedule", schedule(schedules, "nightly-report", "0 3 * * *", true));
      } else {
        ObjectNode promise = data.putObject("promise");
        promise
            .put("id", envelope.path("data").path("id").asText())
            .put("state", "resolved")
            .put("createdAt", now)
            .put("settledAt", now - 61_000);
        promise.putObject("value");
      }
      return answer;
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalArgumentException("no envelope: " + body, e);
    }
  }

  private ObjectNode schedule(ArrayNode schedules, String id, String cron, boolean hasRun) {
    ObjectNode schedule =
        schedules
            .addObject()
            .put("id", id + mark)
            .put("cron", cron + mark)
            .put("promiseId", "{{.id}}.{{.timestamp}}" + mark)
            .put("promiseTimeout", 3_600_000)
            .put("createdAt", now - 1_000_000_000)
            .put("nextRunAt", now + 18_000_000);
    schedule.putObject("promiseTags").put("resonate:target", "poll://any@mail" + mark);
    if (hasRun) {
      schedule.put("lastRunAt", now - 68_400_000);
    }
    return schedule;
  }

  private static long now() {
    return System.currentTimeMillis();
  }
}
