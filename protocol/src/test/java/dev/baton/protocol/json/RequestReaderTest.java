package dev.baton.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.TaskRequest.FenceAction;
import dev.baton.protocol.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestReaderTest {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** In {@code optional} a name may be left out, in {@code nullable} it may be null, too. */
  private static final String KINDS =
      """
      # row | kind                    | data                                                        | optional            | nullable
       1 | promise.get               | {'id':'x'}                                                    |                     |
       2 | promise.create            | {'id':'x','timeoutAt':5,'param':{'headers':{'a':'b'},'data':'c'},'tags':{'k':'v'}} | param tags | param.headers param.data
       3 | promise.settle            | {'id':'x','state':'resolved','value':{'headers':{'a':'b'},'data':'c'}} | value      | value.headers value.data
       4 | promise.register_callback | {'awaited':'x','awaiter':'y'}                                 |                     |
       5 | promise.register_listener | {'awaited':'x','address':'y'}                                 |                     |
       6 | promise.search            | {'state':'pending','tags':{'k':'v'},'limit':5,'cursor':'x'}   |                     | state tags limit cursor
       7 | task.get                  | {'id':'x'}                                                    |                     |
       8 | task.create               | {'pid':'p','ttl':5,'action':{'kind':'k','head':1,'data':{'id':'x','timeoutAt':5,'param':{},'tags':{'k':'v'}}}} | action.data.param action.data.tags |
       9 | task.acquire              | {'id':'x','version':1,'pid':'p','ttl':5}                      |                     |
      10 | task.release              | {'id':'x','version':1}                                        |                     |
      11 | task.fulfill              | {'id':'x','version':1,'action':{'kind':'k','head':1,'data':{'id':'x','state':'rejected','value':{}}}} | action.data.value |
      12 | task.suspend              | {'id':'x','version':1,'actions':[{'kind':'k','head':1,'data':{'awaited':'y','awaiter':'x'}}]} | |
      13 | task.heartbeat            | {'pid':'p','tasks':[{'id':'x','version':1}]}                  |                     |
      14 | task.halt                 | {'id':'x'}                                                    |                     |
      15 | task.continue             | {'id':'x'}                                                    |                     |
      16 | task.search               | {'state':'halted','limit':5,'cursor':'x'}                     |                     | state limit cursor
      17 | schedule.create           | {'id':'x','cron':'c','promiseId':'p','promiseTimeout':5,'promiseParam':{'headers':{},'data':'c'},'promiseTags':{'k':'v'}} | promiseParam promiseTags | promiseParam.headers promiseParam.data
      18 | schedule.get              | {'id':'x'}                                                    |                     |
      19 | schedule.delete           | {'id':'x'}                                                    |                     |
      20 | schedule.search           | {'tags':{'k':'v'},'limit':5,'cursor':'x'}                     |                     | tags limit cursor
      """;

  /** Members that have to be there and are not looked at. */
  private static final Set<String> ANYTHING = Set.of("action.head", "actions[0].head");

  /** Objects whose names are the client's. */
  private static final Set<String> MAPS =
      Set.of(
          "tags",
          "param.headers",
          "value.headers",
          "promiseTags",
          "promiseParam.headers",
          "action.data.tags");

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = KINDS)
  void eachMemberIsRequiredUnlessTheProtocolSaysOtherwise(
      int row, String kind, String data, String optional, String nullable) {
    for (var path : paths(json(data))) {
      if (isInMap(path)) {
        continue;
      }
      var changed = json(data);
      remove(changed, path);
      if (names(optional).contains(path) || names(nullable).contains(path)) {
        assertThat(valid(kind, changed)).as("without " + path).isInstanceOf(Request.class);
      } else {
        assertInvalid(kind, changed, "without " + path);
      }
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = KINDS)
  void nullCountsAsAbsentOnlyWhereTheProtocolSaysSo(
      int row, String kind, String data, String optional, String nullable) {
    for (var path : paths(json(data))) {
      var changed = json(data);
      replace(changed, path, MAPPER.nullNode());
      if (names(nullable).contains(path)) {
        var without = json(data);
        remove(without, path);
        assertThat(valid(kind, changed)).as("null " + path).isEqualTo(valid(kind, without));
      } else if (!ANYTHING.contains(path)) {
        assertInvalid(kind, changed, "null " + path);
      }
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = KINDS)
  void otherTypesAreRefused(int row, String kind, String data, String optional, String nullable) {
    for (var path : paths(json(data))) {
      if (ANYTHING.contains(path)) {
        continue;
      }
      for (var value : othersThan(at(json(data), path))) {
        var changed = json(data);
        replace(changed, path, value);
        assertInvalid(kind, changed, value + " as " + path);
      }
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = KINDS)
  void unknownNeighboursAreIgnored(
      int row, String kind, String data, String optional, String nullable) {
    var changed = json(data);
    changed.set("zzz", json("{'a':[1]}"));
    for (var path : paths(json(data))) {
      if (at(changed, path) instanceof ObjectNode object && !MAPS.contains(path)) {
        object.put("zzz", 1);
      }
    }
    assertThat(valid(kind, changed)).isEqualTo(valid(kind, json(data)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"no.such", "promise.Get", "promise.get ", "debug.unknown", "promise"})
  void anUnknownKindIsNamed(String kind) {
    assertThat(RequestReader.read(kind, json("{'id':'x'}")))
        .isEqualTo(new Decoded.Refused(Response.failure(400, "Unknown operation: " + kind), null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{'time':'5'}", "{'time':1.5}", "{'time':null}"})
  void aTickWithoutAnInstantHasItsOwnText(String data) {
    assertThat(RequestReader.read("debug.tick", json(data)))
        .isEqualTo(
            new Decoded.Refused(
                Response.failure(400, "Missing or invalid 'time' field"),
                new DebugRequest.Tick(0)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pending", "rejected_timedout", "RESOLVED", ""})
  void aClientCannotSettleAs(String state) {
    assertInvalid("promise.settle", json("{'id':'x','state':'" + state + "'}"), state);
  }

  @Test
  void integersHave64Bits() {
    assertThat(valid("task.release", json("{'id':'x','version':9223372036854775807}")))
        .isEqualTo(new TaskRequest.Release("x", Long.MAX_VALUE));
    assertThat(valid("task.release", json("{'id':'x','version':-9223372036854775808}")))
        .isEqualTo(new TaskRequest.Release("x", Long.MIN_VALUE));
    for (var number :
        List.of(
            "9223372036854775808", "-9223372036854775809", "1e3", "5.0", "1" + "0".repeat(500))) {
      assertInvalid("task.release", json("{'id':'x','version':" + number + "}"), number);
    }
  }

  @Test
  void emptyPartsOfAValueAreKept() {
    assertThat(
            valid(
                "promise.settle",
                json("{'id':'x','state':'resolved','value':{'headers':{},'data':''}}")))
        .isEqualTo(
            new PromiseRequest.Settle("x", PromiseRecord.State.RESOLVED, new Value(Map.of(), "")));
    assertThat(
            valid(
                "promise.settle",
                json("{'id':'x','state':'resolved','value':{'headers':null,'data':null}}")))
        .isEqualTo(new PromiseRequest.Settle("x", PromiseRecord.State.RESOLVED, Value.EMPTY));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # row | action                                                       | id | text
           1 | {'kind':'promise.get','data':{'id':'y'}}                           | y  | Invalid fence action kind
           2 | {'kind':'promise.get','data':null}                                 |    | Invalid fence action kind
           3 | {'kind':'promise.create','data':null}                              |    | Invalid action data:
           4 | {'kind':'promise.create','data':[]}                                |    | Invalid action data:
           5 | {'kind':'promise.create','data':{'timeoutAt':5}}                   |    | Invalid action data:
           6 | {'kind':'promise.create','data':{'id':5,'timeoutAt':5}}            |    | Invalid action data:
           7 | {'kind':'promise.create','data':{'id':'y'}}                        | y  | Invalid action data:
           8 | {'kind':'promise.create','data':{'id':'y','timeoutAt':'5'}}        | y  | Invalid action data:
           9 | {'kind':'promise.create','data':{'id':'y','timeoutAt':5,'tags':null}} | y | Invalid action data:
          10 | {'kind':'promise.settle','data':{'id':'y'}}                        | y  | Invalid action data:
          11 | {'kind':'promise.settle','data':{'id':'y','state':'pending'}}      | y  | Invalid action data:
          """)
  void whatIsWrongInsideAFenceIsToldLater(int row, String action, String id, String text) {
    var fence = valid("task.fence", json("{'id':'x','version':1,'action':" + action + "}"));
    assertThat(((TaskRequest.Fence) fence).action())
        .isInstanceOfSatisfying(
            FenceAction.Malformed.class,
            malformed -> {
              assertThat(malformed.id()).isEqualTo(id);
              assertThat(malformed.text()).startsWith(text);
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'id':'x','version':1}",
        "{'id':'x','version':1,'action':null}",
        "{'id':'x','version':1,'action':[]}",
        "{'id':'x','version':1,'action':{'data':{'id':'y','timeoutAt':5}}}",
        "{'id':'x','version':1,'action':{'kind':5,'data':{'id':'y','timeoutAt':5}}}",
        "{'id':'x','version':1,'action':{'kind':'promise.create'}}",
      })
  void theFrameOfAFencesActionIsCheckedAtOnce(String data) {
    assertInvalid("task.fence", json(data), data);
  }

  @Test
  void aFencesActionNeedsNoHead() {
    var data =
        json(
            "{'id':'x','version':1,"
                + "'action':{'kind':'promise.settle','data':{'id':'y','state':'resolved'}}}");
    assertThat(valid("task.fence", data))
        .isEqualTo(
            new TaskRequest.Fence(
                "x",
                1,
                new FenceAction.Settle(
                    new PromiseRequest.Settle("y", PromiseRecord.State.RESOLVED, Value.EMPTY))));
  }

  @ParameterizedTest
  @CsvSource({
    "'', true",
    "',preload:false', false",
    "',preload:true', true",
    "',preload:null', true",
    "',preload:0', true"
  })
  void aFenceDeclinesThePreloadByFalseAndNothingElse(String member, boolean preload) {
    var data =
        json(
            "{'id':'x','version':1,"
                + "'action':{'kind':'promise.settle','data':{'id':'y','state':'resolved'}}"
                + member.replace("preload", "'preload'")
                + "}");
    assertThat(valid("task.fence", data))
        .isInstanceOfSatisfying(
            TaskRequest.Fence.class, fence -> assertThat(fence.preload()).isEqualTo(preload));
  }

  private static List<JsonNode> othersThan(JsonNode value) {
    var others = new ArrayList<JsonNode>();
    if (!value.isTextual()) {
      others.add(MAPPER.getNodeFactory().textNode("5"));
    }
    if (!value.isLong()) {
      others.add(MAPPER.getNodeFactory().numberNode(5L));
    }
    if (!value.isObject()) {
      others.add(MAPPER.createObjectNode());
    }
    if (!value.isArray()) {
      others.add(MAPPER.createArrayNode());
    }
    others.add(MAPPER.getNodeFactory().numberNode(5.0));
    others.add(MAPPER.getNodeFactory().booleanNode(true));
    return others;
  }

  private static Set<String> names(String list) {
    return list == null ? Set.of() : Set.of(list.split(" "));
  }

  private static boolean isInMap(String path) {
    int dot = path.lastIndexOf('.');
    return dot > 0 && MAPS.contains(path.substring(0, dot));
  }

  private static List<String> paths(ObjectNode data) {
    var paths = new ArrayList<String>();
    collect(data, "", paths);
    return paths;
  }

  private static void collect(JsonNode node, String path, List<String> paths) {
    if (node instanceof ObjectNode object) {
      for (var entry : object.properties()) {
        var member = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
        paths.add(member);
        collect(entry.getValue(), member, paths);
      }
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        paths.add(path + "[" + i + "]");
        collect(array.get(i), path + "[" + i + "]", paths);
      }
    }
  }

  private static JsonNode at(ObjectNode data, String path) {
    return data.at("/" + path.replace("[", "/").replace("]", "").replace('.', '/'));
  }

  private static void replace(ObjectNode data, String path, JsonNode value) {
    if (path.endsWith("]")) {
      int bracket = path.lastIndexOf('[');
      ((ArrayNode) at(data, path.substring(0, bracket)))
          .set(Integer.parseInt(path.substring(bracket + 1, path.length() - 1)), value);
    } else {
      parent(data, path).set(path.substring(path.lastIndexOf('.') + 1), value);
    }
  }

  private static void remove(ObjectNode data, String path) {
    if (path.endsWith("]")) {
      // An element that is not there is a shorter list; instead, one that is no object.
      replace(data, path, MAPPER.getNodeFactory().numberNode(1L));
    } else {
      parent(data, path).remove(path.substring(path.lastIndexOf('.') + 1));
    }
  }

  private static ObjectNode parent(ObjectNode data, String path) {
    int dot = path.lastIndexOf('.');
    return dot < 0 ? data : (ObjectNode) at(data, path.substring(0, dot));
  }

  private static ObjectNode json(String text) {
    // Through the reader, so that numbers have the types that it gives them.
    var body = "{'kind':'k','head':{'corrId':'','version':'2026-04-01'},'data':" + text + "}";
    return ((Incoming.Accepted)
            EnvelopeReader.read(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8)))
        .data();
  }

  private static Request valid(String kind, ObjectNode data) {
    var decoded = RequestReader.read(kind, data);
    assertThat(decoded).as(kind + " " + data).isInstanceOf(Decoded.Valid.class);
    return ((Decoded.Valid) decoded).request();
  }

  private static void assertInvalid(String kind, ObjectNode data, String what) {
    assertThat(RequestReader.read(kind, data))
        .as(what)
        .isInstanceOfSatisfying(
            Decoded.Refused.class,
            refused -> {
              assertThat(refused.response().status()).isEqualTo(400);
              assertThat(((Response.Failure) refused.response().body()).text())
                  .startsWith("Invalid request: ");
            });
  }
}
