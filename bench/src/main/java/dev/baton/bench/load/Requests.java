package dev.baton.bench.load;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;

/** The requests of a measure, as SDKs send them (protocol section 20), encoded once. */
public final class Requests {

  private static final long HOUR_MS = 3_600_000;

  private final Target target;
  private final String prefix;
  private final long timeoutAt = System.currentTimeMillis() + 4 * HOUR_MS;
  private final String id;

  /**
   * Requests about promises whose ids begin with a prefix.
   *
   * @param prefix ASCII; no dot or colon, which would end the ids' origin
   */
  public Requests(Target target, String prefix) {
    this.target = target;
    this.prefix = prefix + "-";
    this.id = quoted(this.prefix + Template.ID);
  }

  /** The same promises, asked for at that server. */
  public Requests at(Target server) {
    return new Requests(server, prefix.substring(0, prefix.length() - 1));
  }

  private static String quoted(String text) {
    return "\"" + text + "\"";
  }

  /** The id of a number. */
  public String id(int number) {
    return prefix + Ids.digits(number);
  }

  /** The server that they are for. */
  public Target target() {
    return target;
  }

  private Template envelope(String kind, String data) {
    return Template.post(
        target,
        "/",
        "{\"kind\":\""
            + kind
            + "\",\"head\":{\"corrId\":\"1764000000000\",\"version\":\"2026-04-01\"},\"data\":{"
            + data
            + "}}");
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private String creation(String tags) {
    return creation(tags, timeoutAt);
  }

  private String creation(String tags, long timeoutAt) {
    String param = base64("{\"func\":\"compute\",\"args\":[\"some text\",42],\"version\":1}");
    return "\"id\":"
        + id
        + ",\"timeoutAt\":"
        + timeoutAt
        + ",\"param\":{\"headers\":{},\"data\":\""
        + param
        + "\"},\"tags\":{"
        + tags
        + "}";
  }

  private static final String VALUE =
      "\"state\":\"resolved\",\"value\":{\"headers\":{},\"data\":\"" + base64("42") + "\"}";

  /** A bare promise. */
  public Template createPromise() {
    return envelope("promise.create", creation(""));
  }

  /** A promise that the clock resolves at an instant, epoch milliseconds: a sleep. */
  public Template createTimer(long at) {
    return envelope("promise.create", creation("\"resonate:timer\":\"true\"", at));
  }

  /** Settles a promise. */
  public Template settlePromise() {
    return envelope("promise.settle", "\"id\":" + id + "," + VALUE);
  }

  /** Reads a promise. */
  public Template getPromise() {
    return envelope("promise.get", "\"id\":" + id);
  }

  /** A remote call to a group, as the caller's SDK makes it. */
  public Template createTask(String group) {
    return envelope(
        "promise.create",
        creation(
            "\"resonate:target\":\"poll://any@"
                + group
                + "\",\"resonate:scope\":\"global\",\"resonate:origin\":"
                + id
                + ",\"resonate:branch\":"
                + id
                + ",\"resonate:parent\":"
                + id
                + ",\"resonate:prefix\":"
                + id));
  }

  /** Has the caller told when the promise is settled. */
  public Template listen(String group, String pid) {
    return envelope(
        "promise.register_listener",
        "\"awaited\":" + id + ",\"address\":\"poll://uni@" + group + "/" + pid + "\"");
  }

  /** Takes a task. */
  public Template acquire(String pid, long ttlMs) {
    return envelope(
        "task.acquire",
        "\"id\":"
            + id
            + ",\"version\":"
            + Template.VERSION
            + ",\"pid\":\""
            + pid
            + "\",\"ttl\":"
            + ttlMs);
  }

  /** Ends a task with its result. */
  public Template fulfill() {
    return envelope(
        "task.fulfill",
        "\"id\":"
            + id
            + ",\"version\":"
            + Template.VERSION
            + ",\"action\":{\"kind\":\"promise.settle\",\"head\":{\"corrId\":\"\",\"version\":\"\"},"
            + "\"data\":{\"id\":"
            + id
            + ","
            + VALUE
            + "}}");
  }

  /** Gives a task back. */
  public Template release() {
    return envelope("task.release", "\"id\":" + id + ",\"version\":" + Template.VERSION);
  }

  /** Reads a task. */
  public Template getTask() {
    return envelope("task.get", "\"id\":" + id);
  }

  /** A task that a process holds. */
  record Held(int number, long version) {}

  Template heartbeat(String pid, Collection<Held> tasks) {
    StringBuilder list = new StringBuilder();
    for (Held task : tasks) {
      list.append(list.isEmpty() ? "" : ",")
          .append("{\"id\":\"")
          .append(id(task.number()))
          .append("\",\"version\":")
          .append(task.version())
          .append('}');
    }
    return envelope("task.heartbeat", "\"pid\":\"" + pid + "\",\"tasks\":[" + list + "]");
  }

  Template poll(Worker.Nature nature) {
    String announced =
        nature.slots() == null ? "" : "?slots=" + nature.slots() + "&run=" + nature.pid();
    return Template.stream(target, "/poll/" + nature.group() + "/" + nature.pid() + announced);
  }

  /** Says something about a worker through the groups API: drain, gone or resume. */
  public Template say(String group, String pid, String action) {
    return Template.of(target, "POST", "/groups/" + group + "/workers/" + pid + "/" + action);
  }
}
