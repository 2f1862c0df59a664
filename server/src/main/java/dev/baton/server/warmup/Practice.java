package dev.baton.server.warmup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A client, a caller and a worker in one, who do round after round what theirs do: calls, results,
 * workflows that wait for their steps, and many requests at once.
 */
final class Practice implements AutoCloseable {

  private static final int CLIENTS = 8;
  private static final String FAR = "\"timeoutAt\":9999999999999,";
  private static final String HEAD = "\"head\":{\"corrId\":\"\",\"version\":\"\"}";
  private static final String PARAM =
      "\"param\":{\"headers\":{},\"data\":\"eyJmdW5jIjoiZiIsImFyZ3MiOlsxXSwidmVyc2lvbiI6MX0=\"}";
  private static final String RESULT =
      "\"state\":\"resolved\",\"value\":{\"headers\":{},\"data\":\"NDI=\"}";

  private final List<PracticeConnection> open = new ArrayList<>();
  private final List<PracticeConnection> clients = new ArrayList<>();
  private final PracticeConnection client;
  private final PracticeConnection worker;
  private final PracticeConnection caller;
  private final int port;
  private int number;

  Practice(int port) throws IOException {
    this.port = port;
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(connect());
    }
    this.client = clients.getFirst();
    this.worker = connect();
    worker.get("/poll/practice/worker?slots=8&run=1", "text/event-stream");
    this.caller = connect();
    caller.get("/poll/callers/caller", "text/event-stream");
  }

  private PracticeConnection connect() throws IOException {
    PracticeConnection connection = new PracticeConnection(port);
    open.add(connection);
    return connection;
  }

  /** One round. */
  void round() throws IOException {
    number++;
    call("call-" + number);
    switch (number % 8) {
      case 0 -> workflow("workflow-" + number);
      case 2, 6 -> together("together-" + number);
      case 4 -> lookAround();
      default -> newcomer("newcomer-" + number);
    }
  }

  /** A client's first request comes on a new connection. */
  private void newcomer(String id) throws IOException {
    try (PracticeConnection connection = new PracticeConnection(port)) {
      connection.post("promise.create", "\"id\":\"" + id + "\"," + FAR + "\"tags\":{}");
      check(connection.answer());
      connection.post("promise.settle", "\"id\":\"" + id + "\"," + RESULT);
      check(connection.answer());
    }
  }

  /** As SDKs make and do a remote call. */
  private void call(String id) throws IOException {
    create(id);
    ask(
        "promise.register_listener",
        "\"awaited\":\"" + id + "\",\"address\":\"poll://uni@callers/caller\"");
    worker.event();
    acquire(id, 0);
    ask("task.heartbeat", "\"pid\":\"worker\",\"tasks\":[{\"id\":\"" + id + "\",\"version\":1}]");
    fulfil(id, 1);
    caller.event();
    ask("promise.get", "\"id\":\"" + id + "\"");
  }

  private void create(String id) throws IOException {
    String quoted = "\"" + id + "\"";
    ask(
        "promise.create",
        "\"id\":"
            + quoted
            + ","
            + FAR
            + PARAM
            + ",\"tags\":{\"resonate:target\":\"poll://any@practice\",\"resonate:scope\":\"global\","
            + "\"resonate:origin\":"
            + quoted
            + ",\"resonate:branch\":"
            + quoted
            + ",\"resonate:parent\":"
            + quoted
            + ",\"resonate:prefix\":"
            + quoted
            + "}");
  }

  private void acquire(String id, int version) throws IOException {
    ask(
        "task.acquire",
        "\"id\":\"" + id + "\",\"version\":" + version + ",\"pid\":\"worker\",\"ttl\":60000");
  }

  private void fulfil(String id, int version) throws IOException {
    ask(
        "task.fulfill",
        "\"id\":\""
            + id
            + "\",\"version\":"
            + version
            + ",\"action\":{\"kind\":\"promise.settle\","
            + HEAD
            + ",\"data\":{\"id\":\""
            + id
            + "\","
            + RESULT
            + "}}");
  }

  /** A task that waits for another. */
  private void workflow(String id) throws IOException {
    String step = id + ".1";
    create(id);
    worker.event();
    acquire(id, 0);
    create(step);
    worker.event();
    ask(
        "task.suspend",
        "\"id\":\""
            + id
            + "\",\"version\":1,\"actions\":[{\"kind\":\"promise.register_callback\","
            + HEAD
            + ",\"data\":{\"awaited\":\""
            + step
            + "\",\"awaiter\":\""
            + id
            + "\"}}]");
    acquire(step, 0);
    fulfil(step, 1);
    worker.event();
    acquire(id, 1);
    fulfil(id, 2);
  }

  /** So that the engine finds several requests at once. */
  private void together(String id) throws IOException {
    for (int i = 0; i < CLIENTS; i++) {
      clients
          .get(i)
          .post("promise.create", "\"id\":\"" + id + "-" + i + "\"," + FAR + "\"tags\":{}");
    }
    for (PracticeConnection each : clients) {
      check(each.answer());
    }
  }

  private void lookAround() throws IOException {
    ask("promise.search", "\"limit\":10");
    client.get("/groups/practice", "application/json");
    check(client.answer());
    client.get("/ready", "*/*");
    check(client.answer());
  }

  private void ask(String kind, String data) throws IOException {
    client.post(kind, data);
    check(client.answer());
  }

  private static void check(int status) throws IOException {
    if (status != 200) {
      throw new IOException("a request of the practice was answered with " + status);
    }
  }

  @Override
  public void close() throws IOException {
    for (PracticeConnection connection : open) {
      connection.close();
    }
  }
}
