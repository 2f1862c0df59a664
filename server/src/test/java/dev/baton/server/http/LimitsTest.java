package dev.baton.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.Value;
import dev.baton.server.config.ServerConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LimitsTest {

  private final Limits limits = new Limits(new ServerConfig.Sizes(100, 16, 32, 256));

  private static PromiseRequest.Create create(Value param, Map<String, String> tags) {
    return new PromiseRequest.Create("p", 1, param, tags);
  }

  private static Value headers(Map<String, String> headers) {
    return new Value(headers, null);
  }

  private static PromiseRequest.Settle settle(Map<String, String> headers) {
    return new PromiseRequest.Settle("p", PromiseRecord.State.RESOLVED, headers(headers));
  }

  private static ScheduleRequest.Create schedule(
      String promiseId, Value param, Map<String, String> tags) {
    return new ScheduleRequest.Create("s", "* * * * *", promiseId, 1, param, tags);
  }

  /** Wherever a map of strings is stored. */
  private static Map<String, Request> holding(Map<String, String> map) {
    Map<String, Request> requests = new HashMap<>();
    requests.put("tags", create(Value.EMPTY, map));
    requests.put("param.headers", create(headers(map), Map.of()));
    requests.put("value.headers", settle(map));
    requests.put("promiseTags", schedule("p", Value.EMPTY, map));
    requests.put("promiseParam.headers", schedule("p", headers(map), Map.of()));
    return requests;
  }

  @Test
  void namesAndValuesAndHowManyThereAreHaveLimitsWhereverTheyAreStored() {
    Map<String, String> many = new HashMap<>();
    for (int i = 0; i < 17; i++) {
      many.put("" + i, "");
    }
    holding(many)
        .forEach((field, request) ->
            assertThat(limits.check(request))
                .isEqualTo(field + " has 17 members; server.max_tags allows 16"));
    many.remove("0");
    holding(many).values().forEach(request -> assertThat(limits.check(request)).isNull());
    holding(Map.of("n".repeat(33), ""))
        .forEach((field, request) ->
            assertThat(limits.check(request))
                .startsWith("a name in " + field + " has 33 characters; server.max_name_length"));
    holding(Map.of("n".repeat(32), "v".repeat(256)))
        .values()
        .forEach(request -> assertThat(limits.check(request)).isNull());
    holding(Map.of("n", "v".repeat(257)))
        .forEach((field, request) ->
            assertThat(limits.check(request))
                .isEqualTo(field + ".n has 257 characters; server.max_tag_length allows 256"));
  }

  /** Each group is kept in memory and named in lists and metrics. */
  @Test
  void theAddressOfATaskIsAsShortAsAnId() {
    Map<String, String> fits = Map.of("resonate:target", "poll://any@" + "g".repeat(89));
    Map<String, String> tooLong = Map.of("resonate:target", "poll://any@" + "g".repeat(90));
    String said = ".resonate:target has 101 characters; server.max_id_length allows 100";
    assertThat(limits.check(create(Value.EMPTY, fits))).isNull();
    assertThat(limits.check(create(Value.EMPTY, tooLong))).isEqualTo("tags" + said);
    assertThat(limits.check(schedule("p", Value.EMPTY, tooLong))).isEqualTo("promiseTags" + said);
  }

  @Test
  void whatIsInsideATasksRequestIsLookedAtToo() {
    Map<String, String> wrong = Map.of("n".repeat(33), "");
    List<Request> requests =
        List.of(
            new TaskRequest.Create("w", 1, create(Value.EMPTY, wrong)),
            new TaskRequest.Fulfill("p", 1, settle(wrong)),
            new TaskRequest.Fence(
                "t", 1, new TaskRequest.FenceAction.Create(create(headers(wrong), Map.of()))),
            new TaskRequest.Fence("t", 1, new TaskRequest.FenceAction.Settle(settle(wrong))));
    for (Request request : requests) {
      assertThat(limits.check(request)).contains("33 characters");
    }
  }

  @Test
  void aTemplateMakesNoLongIds() {
    String ids = "{{.id}}".repeat(14);
    assertThat(limits.check(schedule(ids, Value.EMPTY, Map.of()))).isNull();
    String timestamps = "{{.timestamp}}".repeat(6);
    assertThat(limits.check(schedule(timestamps, Value.EMPTY, Map.of())))
        .isEqualTo("promiseId makes ids of 114 characters; server.max_id_length allows 100");
    var growing =
        new ScheduleRequest.Create("s".repeat(90), "@daily", ids, 1, Value.EMPTY, Map.of());
    assertThat(limits.check(growing)).contains("promiseId makes ids of 1260 characters");
    var joined =
        new ScheduleRequest.Create(
            ".timestamp}}", "@daily", "{{{{.id}}".repeat(6), 1, Value.EMPTY, Map.of());
    assertThat(limits.check(joined)).contains("promiseId makes ids of 114 characters");
  }

  @Test
  void aTemplateIsNotFilledBeyondAllBounds() {
    var create =
        new ScheduleRequest.Create(
            "s".repeat(100), "@daily", "{{.id}}".repeat(300_000), 1, Value.EMPTY, Map.of());
    assertThat(limits.check(create)).contains("promiseId makes ids of 1048577 characters");
  }

  @Test
  void aStoreWithAnIndexOfBytesBoundsIdsByThem() {
    Limits ofKeys = new Limits(new ServerConfig.Sizes(4_096, 16, 32, 256), 2_000);
    assertThat(ofKeys.id("id", "\u00e9".repeat(1_000))).isNull();
    assertThat(ofKeys.id("id", "\u00e9".repeat(1_001)))
        .isEqualTo("id has 2002 bytes; PostgreSQL can store ids of at most 2000");
    assertThat(ofKeys.id("id", "a\0b"))
        .isEqualTo("id holds U+0000, which PostgreSQL cannot store in an id");
    assertThat(ofKeys.id("id", "x".repeat(5_000))).contains("allows 4096");
    assertThat(limits.id("id", "a\0b")).isNull();
  }
}
