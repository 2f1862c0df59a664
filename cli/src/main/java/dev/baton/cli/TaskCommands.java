package dev.baton.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.TaskRecord;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.json.Decoded;
import dev.baton.protocol.json.RequestReader;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code tasks}. */
final class TaskCommands {

  private TaskCommands() {}

  static void addTo(CommandSpec tasks) {
    ClientCommands.add(
        tasks,
        one("get", "shows a task", TaskRequest.Get::new),
        Verb.of("create", "creates a promise and takes its task, or takes that of the existing one")
            .argument("ID", "the promise")
            .required("--pid", "PID", "the process that takes it")
            .required("--ttl", "DURATION", "length of the lease")
            .required("--timeout", "DURATION", "how long the promise may take")
            .option("--param", "JSON", "what it carries: {\"headers\": {…}, \"data\": …}")
            .option("--tags", "JSON", "an object of strings, with resonate:target")
            .sends(given ->
                new TaskRequest.Create(
                    given.text("--pid"),
                    given.millis("--ttl"),
                    PromiseCommands.create(given, given.argument(0)))),
        Verb.of("claim", "takes a task")
            .argument("ID", "the task")
            .required("--pid", "PID", "the process that takes it")
            .required("--version", "N", "the version that was offered")
            .required("--ttl", "DURATION", "length of the lease")
            .sends(given ->
                new TaskRequest.Acquire(
                    given.argument(0),
                    given.number("--version"),
                    given.text("--pid"),
                    given.millis("--ttl"))),
        acting("fence", "creates or settles a promise if the task is still held", "--action")
            .sends(given -> withAction(given, "task.fence", null)),
        Verb.of("heartbeat", "extends leases")
            .required("--pid", "PID", "the process that holds them")
            .option(
                List.of("--tasks"),
                "JSON",
                "[{\"id\": …, \"version\": …}, …]; empty: all that the process holds",
                "[]")
            .sends(TaskCommands::heartbeat),
        acting("suspend", "puts a task to sleep until a promise settles", "--actions")
            .sends(TaskCommands::suspend),
        acting("complete", "settles the task's promise if the task is still held", "--action")
            .sends(given -> withAction(given, "task.fulfill", "promise.settle")),
        Verb.of("release", "gives a task back")
            .argument("ID", "the task")
            .required("--version", "N", "the version it is held at")
            .sends(given -> new TaskRequest.Release(given.argument(0), given.number("--version"))),
        one("halt", "takes a task out of circulation", TaskRequest.Halt::new),
        one("continue", "puts a halted task back", TaskRequest.Continue::new),
        Verb.of("search", "lists tasks by id")
            .option("--state", "STATE", "pending, acquired, suspended, halted or fulfilled")
            .option(List.of("--limit"), "N", "how many, at most 1000", "100")
            .option("--cursor", "ID", "only ids after this one")
            .sends(given ->
                new TaskRequest.Search(
                    state(given), given.number("--limit"), given.textOrNull("--cursor"))));
  }

  private static CommandSpec one(
      String name, String description, Function<String, Request> request) {
    return Verb.of(name, description)
        .argument("ID", "the task")
        .sends(given -> request.apply(given.argument(0)));
  }

  private static Verb acting(String name, String description, String flag) {
    return Verb.of(name, description)
        .argument("ID", "the task")
        .required("--version", "N", "the version it is held at")
        .required(flag, "JSON", "what to do, as in the protocol; heads may be left out");
  }

  private static Request withAction(Arguments given, String kind, @Nullable String innerKind) {
    ObjectNode action = action(given, "--action", given.json("--action"), innerKind);
    if (innerKind != null && action.get("data") instanceof ObjectNode data && !data.has("id")) {
      data.put("id", given.argument(0));
    }
    return read(given, "--action", kind, taskData(given).set("action", action));
  }

  private static Request suspend(Arguments given) {
    if (!(given.json("--actions") instanceof ArrayNode list)) {
      throw given.wrong("--actions", "must be a JSON array");
    }
    ObjectNode data = taskData(given);
    ArrayNode actions = data.putArray("actions");
    for (JsonNode each : list) {
      ObjectNode action = action(given, "--actions", each, "promise.register_callback");
      if (action.get("data") instanceof ObjectNode inner && !inner.has("awaiter")) {
        inner.put("awaiter", given.argument(0));
      }
      actions.add(action);
    }
    return read(given, "--actions", "task.suspend", data);
  }

  /** The action; where only one kind is possible, its data alone will do. */
  private static ObjectNode action(
      Arguments given, String flag, JsonNode json, @Nullable String onlyKind) {
    if (!(json instanceof ObjectNode object)) {
      throw given.wrong(flag, "must hold JSON objects");
    }
    ObjectNode action = object;
    if (onlyKind != null && !object.has("data")) {
      action = Arguments.mapper().createObjectNode().put("kind", onlyKind);
      action.set("data", object);
    }
    if (onlyKind != null && !action.has("kind")) {
      action.put("kind", onlyKind);
    }
    if (!action.has("head")) {
      action.putObject("head");
    }
    if (action.get("data") instanceof ObjectNode data) {
      Values.encodeIn(data);
    }
    return action;
  }

  private static ObjectNode taskData(Arguments given) {
    return Arguments.mapper()
        .createObjectNode()
        .put("id", given.argument(0))
        .put("version", given.number("--version"));
  }

  private static Request heartbeat(Arguments given) {
    ObjectNode data = Arguments.mapper().createObjectNode().put("pid", given.text("--pid"));
    return read(given, "--tasks", "task.heartbeat", data.set("tasks", given.json("--tasks")));
  }

  private static Request read(Arguments given, String flag, String kind, ObjectNode data) {
    return switch (RequestReader.read(kind, data)) {
      case Decoded.Valid(
              TaskRequest.Fence(_, _, TaskRequest.FenceAction.Malformed(_, var text), _)) ->
          throw given.wrong(flag, "is not usable: " + text);
      case Decoded.Valid(Request request) -> request;
      case Decoded.Refused(Response refusal, _) ->
          throw given.wrong(
              flag,
              "is not usable: "
                  + (refusal.body() instanceof Response.Failure(String text) ? text : refusal));
    };
  }

  private static TaskRecord.@Nullable State state(Arguments given) {
    String text = given.textOrNull("--state");
    TaskRecord.State state = text == null ? null : TaskRecord.State.ofWire(text);
    if (text != null && state == null) {
      throw given.wrong(
          "--state",
          "must be pending, acquired, suspended, halted or fulfilled, not '" + text + "'");
    }
    return state;
  }
}
