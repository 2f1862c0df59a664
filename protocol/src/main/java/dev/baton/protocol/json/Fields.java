package dev.baton.protocol.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.TaskRecord;
import dev.baton.protocol.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The members of one object (protocol section 4.2). A missing or mistyped member is remembered as
 * the problem, if it is the first, and something harmless is returned in its place: whoever asks
 * looks at {@link Problem#text} once, at the end.
 */
final class Fields {

  private static final ObjectNode NOTHING = JsonNodeFactory.instance.objectNode();

  /** The first thing wrong with a whole tree of objects. */
  static final class Problem {
    private @Nullable String text;

    @Nullable String text() {
      return text;
    }

    private void report(String problem) {
      if (text == null) {
        text = problem;
      }
    }
  }

  private final ObjectNode node;
  private final String path;
  private final Problem problem;

  Fields(ObjectNode node, String path, Problem problem) {
    this.node = node;
    this.path = path;
    this.problem = problem;
  }

  /** A required member of any type; null when absent (then that is the problem). */
  private @Nullable JsonNode required(String name) {
    var member = node.get(name);
    if (member == null) {
      problem.report("missing field `" + path + name + "`");
    }
    return member;
  }

  private void mistyped(String name, String wanted, JsonNode found) {
    problem.report("`" + path + name + "` must be " + wanted + ", not " + Json.describe(found));
  }

  /** A member that must be there, whatever it is. */
  void present(String name) {
    required(name);
  }

  String string(String name) {
    var member = required(name);
    return member == null ? "" : string(name, member);
  }

  private String string(String name, JsonNode member) {
    if (!member.isTextual()) {
      mistyped(name, "a string", member);
      return "";
    }
    return member.textValue();
  }

  /** Null when absent or null. */
  @Nullable String stringOrNull(String name) {
    var member = node.get(name);
    return member == null || member.isNull() ? null : string(name, member);
  }

  long integer(String name) {
    var member = required(name);
    return member == null ? 0 : integer(name, member);
  }

  private long integer(String name, JsonNode member) {
    if (!member.isLong()) {
      mistyped(name, "a 64-bit integer", member);
      return 0;
    }
    return member.longValue();
  }

  /** Null when absent or null. */
  @Nullable Long integerOrNull(String name) {
    var member = node.get(name);
    return member == null || member.isNull() ? null : Long.valueOf(integer(name, member));
  }

  /** Empty when absent; null is a problem. */
  Map<String, String> strings(String name) {
    var member = node.get(name);
    return member == null ? Map.of() : strings(name, member);
  }

  /** Null when absent or null. */
  @Nullable Map<String, String> stringsOrNull(String name) {
    var member = node.get(name);
    return member == null || member.isNull() ? null : strings(name, member);
  }

  private Map<String, String> strings(String name, JsonNode member) {
    if (!(member instanceof ObjectNode object)) {
      mistyped(name, "an object", member);
      return Map.of();
    }
    if (object.isEmpty()) {
      return Map.of();
    }
    var strings = LinkedHashMap.<String, String>newLinkedHashMap(object.size());
    for (var entry : object.properties()) {
      strings.put(entry.getKey(), string(name + "." + entry.getKey(), entry.getValue()));
    }
    return strings;
  }

  /** Empty when absent; null is a problem. */
  Value value(String name) {
    var member = node.get(name);
    if (member == null) {
      return Value.EMPTY;
    }
    var value = object(name, member);
    var headers = value.stringsOrNull("headers");
    var data = value.stringOrNull("data");
    return headers == null && data == null ? Value.EMPTY : new Value(headers, data);
  }

  Fields object(String name) {
    var member = required(name);
    return member == null ? new Fields(NOTHING, path, problem) : object(name, member);
  }

  private Fields object(String name, JsonNode member) {
    if (member instanceof ObjectNode object) {
      return new Fields(object, path + name + ".", problem);
    }
    mistyped(name, "an object", member);
    return new Fields(NOTHING, path, problem);
  }

  <T> List<T> list(String name, Function<Fields, T> element) {
    var member = required(name);
    if (member == null) {
      return List.of();
    }
    if (!member.isArray()) {
      mistyped(name, "an array", member);
      return List.of();
    }
    var list = new ArrayList<T>(member.size());
    for (int i = 0; i < member.size(); i++) {
      list.add(element.apply(object(name + "[" + i + "]", member.get(i))));
    }
    return list;
  }

  /** A state that a client may settle a promise as. */
  PromiseRecord.State settlement(String name) {
    var given = string(name);
    var state = PromiseRecord.State.ofWire(given);
    return switch (state) {
      case RESOLVED, REJECTED, REJECTED_CANCELED -> state;
      case PENDING, REJECTED_TIMEDOUT -> notASettlement(name, given);
      case null -> notASettlement(name, given);
    };
  }

  private PromiseRecord.State notASettlement(String name, String given) {
    problem.report(
        "`"
            + path
            + name
            + "` must be one of `resolved`, `rejected`, `rejected_canceled`, not `"
            + given
            + "`");
    return PromiseRecord.State.RESOLVED;
  }

  /** Any state of a promise. */
  PromiseRecord.State promiseState(String name) {
    var state = promiseStateOf(name, string(name));
    return state == null ? PromiseRecord.State.RESOLVED : state;
  }

  /** Null when absent or null. */
  PromiseRecord.@Nullable State promiseStateOrNull(String name) {
    var given = stringOrNull(name);
    return given == null ? null : promiseStateOf(name, given);
  }

  private PromiseRecord.@Nullable State promiseStateOf(String name, String given) {
    var state = PromiseRecord.State.ofWire(given);
    if (state == null) {
      problem.report("`" + path + name + "` is no state of a promise: `" + given + "`");
    }
    return state;
  }

  /** Any state of a task. */
  TaskRecord.State taskState(String name) {
    var state = taskStateOf(name, string(name));
    return state == null ? TaskRecord.State.PENDING : state;
  }

  /** Null when absent or null. */
  TaskRecord.@Nullable State taskStateOrNull(String name) {
    var given = stringOrNull(name);
    return given == null ? null : taskStateOf(name, given);
  }

  private TaskRecord.@Nullable State taskStateOf(String name, String given) {
    var state = TaskRecord.State.ofWire(given);
    if (state == null) {
      problem.report("`" + path + name + "` is no state of a task: `" + given + "`");
    }
    return state;
  }

  /** Whether it is there and exactly {@code false}; anything else is what others ignore. */
  boolean isFalse(String name) {
    var member = node.get(name);
    return member != null && member.isBoolean() && !member.booleanValue();
  }

  /** The member as it is, or null when absent. */
  @Nullable JsonNode raw(String name) {
    return node.get(name);
  }
}
