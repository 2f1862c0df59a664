package dev.baton.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.RuleSet.Profile;
import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.TaskRequest.FenceAction;
import dev.baton.protocol.Value;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Protocol section 4.1, steps 9 to 11, and the texts of section 22. */
class RequestRulesTest {

  private static final String TARGET = World.TARGET;

  /** Refused under both profiles. */
  static List<Arguments> refusals() {
    var good = World.createWithTarget("x", 5);
    var settle = World.resolve("x");
    return List.of(
        refusal(new PromiseRequest.Get(""), "Promise ID is required"),
        refusal(World.create("", 5), "Promise ID is required"),
        refusal(World.create("x", -1), "TimeoutAt must be a non-negative integer"),
        refusal(
            World.create("", -1),
            "Promise ID is required; TimeoutAt must be a non-negative integer"),
        refusal(World.create("a\0b", 5), "Promise ID must not contain null bytes"),
        refusal(
            World.create("a", 5, Tags.BRANCH, "b\0"),
            "resonate:branch must not contain null bytes"),
        refusal(
            World.create("x", 5, Tags.TARGET, "poll://any@g/\0"),
            "Invalid resonate:target address"),
        refusal(
            World.create("x", 5, Tags.TARGET, "poll://any@g%00"),
            "Invalid resonate:target address"),
        refusal(new TaskRequest.Create("p\0", 5, good), "Process ID must not contain null bytes"),
        refusal(
            new TaskRequest.Create("p", 5, World.createWithTarget("a\0", 5)),
            "Promise ID must not contain null bytes"),
        refusal(
            new TaskRequest.Acquire("x", 0, "p\0", 5), "Process ID must not contain null bytes"),
        refusal(
            new TaskRequest.Fence("x", 0, new FenceAction.Create(World.create("a\0", 5))),
            "Promise ID must not contain null bytes"),
        refusal(schedule("s\0", "p", TARGET), "Schedule ID must not contain null bytes"),
        refusal(schedule("s", "p\0", TARGET), "Promise ID template must not contain null bytes"),
        refusal(schedule("s", "p", "x\0"), "resonate:target must not contain null bytes"),
        refusal(
            new PromiseRequest.RegisterListener("x", "poll://any@g\0"),
            "Address must not contain null bytes"),
        refusal(
            new PromiseRequest.RegisterListener("x", "poll://uni@g/%00"),
            "Invalid listener address"),
        refusal(World.create("x", 5, Tags.TARGET, "nowhere"), "Invalid resonate:target address"),
        refusal(World.create("x", 5, Tags.TARGET, ""), "Invalid resonate:target address"),
        refusal(World.resolve(""), "Promise ID is required"),
        refusal(
            new PromiseRequest.RegisterCallback("", ""),
            "Awaited promise ID is required; Awaiter promise ID is required"),
        refusal(new PromiseRequest.RegisterCallback("x", ""), "Awaiter promise ID is required"),
        refusal(
            new PromiseRequest.RegisterCallback("x", "x"),
            "Awaited and awaiter must be different promises"),
        refusal(
            new PromiseRequest.RegisterListener("", ""),
            "Awaited promise ID is required; Address is required"),
        refusal(new PromiseRequest.RegisterListener("x", "y"), "Invalid listener address"),
        refusal(promiseSearch(0L), "Limit must be a positive integer"),
        refusal(promiseSearch(-1L), "Limit must be a positive integer"),
        refusal(promiseSearch(1001L), "Invalid 'limit' — must be between 1 and 1000"),
        refusal(new TaskRequest.Get(""), "Task ID is required"),
        refusal(new TaskRequest.Create("", 5, good), "Process ID is required"),
        refusal(new TaskRequest.Create("p", 0, good), "TTL must be a positive integer"),
        refusal(
            new TaskRequest.Create("", 0, World.create("", -1)),
            "Process ID is required; TTL must be a positive integer; Promise ID is required; "
                + "TimeoutAt must be a non-negative integer"),
        refusal(
            new TaskRequest.Create("p", 5, World.create("x", 5)),
            "Action must have a resonate:target tag"),
        refusal(
            new TaskRequest.Create("p", 5, World.create("x", 5, Tags.TARGET, "y")),
            "Invalid resonate:target address"),
        refusal(
            new TaskRequest.Acquire("", -1, "", 0),
            "Task ID is required; Version must be a non-negative integer; "
                + "Process ID is required; TTL must be a positive integer"),
        refusal(
            new TaskRequest.Release("", -1),
            "Task ID is required; Version must be a non-negative integer"),
        refusal(new TaskRequest.Fulfill("", 1, settle), "Task ID is required"),
        refusal(new TaskRequest.Fulfill("x", 1, World.resolve("")), "Promise ID is required"),
        refusal(new TaskRequest.Fulfill("y", 1, settle), "Action ID must match the task ID"),
        refusal(World.suspend("x", 1), "Actions array cannot be empty"),
        refusal(World.suspend("x", 1, ""), "Awaited promise ID is required"),
        refusal(World.suspend("x", 1, "x"), "Awaited and awaiter must be different promises"),
        refusal(
            new TaskRequest.Suspend(
                "x", 1, List.of(new PromiseRequest.RegisterCallback("x.1", "x.2"))),
            "All action awaiter IDs must match the task ID"),
        refusal(fence("", -1, "y"), "Task ID is required; Version must be a non-negative integer"),
        refusal(fence("x", 1, "x"), "Action ID must not equal the task ID"),
        refusal(
            new TaskRequest.Fence("x", 1, new FenceAction.Malformed("x", "text")),
            "Action ID must not equal the task ID"),
        refusal(
            new TaskRequest.Heartbeat("", List.of(new TaskRequest.TaskRef("x", 1))),
            "Process ID is required"),
        refusal(new TaskRequest.Halt(""), "Task ID is required"),
        refusal(new TaskRequest.Continue(""), "Task ID is required"),
        refusal(new TaskRequest.Search(null, 0L, null), "Limit must be a positive integer"),
        refusal(
            schedule("", "", "", -1),
            "Schedule ID is required; Cron expression is required; "
                + "Promise ID template is required; "
                + "Promise timeout must be a non-negative integer"),
        refusal(schedule("s", "nope", "p", 1), "Invalid cron expression"),
        refusal(
            schedule("s", "0" + ",0".repeat(496) + " * * * *", "p", 1),
            "Invalid cron expression: it is longer than 1000 characters"),
        refusal(new ScheduleRequest.Get(""), "Schedule ID is required"),
        refusal(new ScheduleRequest.Delete(""), "Schedule ID is required"),
        refusal(
            new ScheduleRequest.Search(null, 1001L, null),
            "Invalid 'limit' — must be between 1 and 1000"));
  }

  private static Arguments refusal(Request request, String text) {
    return Arguments.of(request, text);
  }

  private static PromiseRequest.Search promiseSearch(long limit) {
    return new PromiseRequest.Search(null, null, limit, null);
  }

  private static TaskRequest.Fence fence(String id, long version, String inner) {
    return new TaskRequest.Fence(
        id, version, new FenceAction.Settle(World.settle(inner, PromiseRecord.State.RESOLVED)));
  }

  private static ScheduleRequest.Create schedule(
      String id, String cron, String promiseId, long timeout) {
    return new ScheduleRequest.Create(
        id, cron, promiseId, timeout, Value.EMPTY, Map.of(Tags.TARGET, TARGET));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void isRefusedByBothProfiles(Request request, String text) {
    for (var profile : Profile.values()) {
      assertThat(check(profile, request, null)).as(profile.name()).isEqualTo(text);
    }
  }

  /** Accepted by the release rules and refused by those of the main branch. */
  static List<Arguments> refusalsOfMain() {
    return List.of(
        refusal(World.create("a.b", 5, Tags.ORIGIN, "a.b"), "resonate:origin must not contain '.'"),
        refusal(
            World.create("x", 5, Tags.ORIGIN, ""),
            "Promise ID must be prefixed by resonate:origin"),
        refusal(
            World.create("q2", 5, Tags.ORIGIN, "q"),
            "Promise ID must be prefixed by resonate:origin"),
        refusal(
            World.create("q.11", 5, Tags.BRANCH, "q.1"),
            "Promise ID must be prefixed by resonate:branch"),
        refusal(
            World.create("x", 5, Tags.PARENT, "z"),
            "Promise ID must be prefixed by resonate:parent"),
        refusal(World.create("x", 5, Tags.PREFIX, "z.z"), "resonate:prefix must not contain '.'"),
        refusal(
            World.create("x", 5, Tags.DELAY, "soon"),
            "resonate:delay must be a non-negative integer"),
        refusal(
            World.create("x", 5, Tags.DELAY, "-1"),
            "resonate:delay must be a non-negative integer"),
        refusal(
            World.create("x", 5, Tags.DELAY, ""), "resonate:delay must be a non-negative integer"),
        refusal(
            World.create("x", 5, Tags.DELAY, " 1"),
            "resonate:delay must be a non-negative integer"),
        refusal(
            World.create("x", 5, Tags.DELAY, "9223372036854775808"),
            "resonate:delay must be a non-negative integer"),
        refusal(
            World.create("x", 5, Tags.DELAY, "5"), "resonate:delay must be less than timeoutAt"),
        refusal(
            World.create("x", 5, Tags.DELAY, "+4"),
            "resonate:delay requires a resonate:target tag"),
        refusal(
            new TaskRequest.Create(
                "p", 5, World.create("x", 5, Tags.TARGET, TARGET, Tags.DELAY, "4")),
            "Action must not have a resonate:delay tag"),
        refusal(
            new PromiseRequest.RegisterCallback("a", "b"),
            "Awaiter and awaited must belong to the same origin"),
        refusal(
            World.suspend("b", 1, "b.1", "a"),
            "Awaiter and awaited must belong to the same origin"),
        refusal(new TaskRequest.Heartbeat("p", List.of()), "Tasks array must not be empty"),
        refusal(
            new TaskRequest.Heartbeat(
                "p", List.of(new TaskRequest.TaskRef("a.1", 1), new TaskRequest.TaskRef("b", 1))),
            "All tasks must belong to the same origin"),
        refusal(schedule("a.b", "* * * * *", "p", 1), "Schedule ID must not contain '.'"),
        refusal(
            new ScheduleRequest.Create("s", "* * * * *", "p", 1, Value.EMPTY, Map.of()),
            "promiseTags must include a resonate:target tag"));
  }

  @ParameterizedTest
  @MethodSource("refusalsOfMain")
  void isRefusedByTheMainRulesOnly(Request request, String text) {
    assertThat(check(Profile.MAIN, request, null)).isEqualTo(text);
    assertThat(check(Profile.RELEASE, request, null)).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          MAIN,    5, resonate:debug_time must equal data.time
          MAIN,    6,
          MAIN,     ,
          RELEASE, 5,
          """)
  void aTickAgreesWithItsHead(Profile profile, @Nullable Long debugTime, @Nullable String text) {
    assertThat(check(profile, new DebugRequest.Tick(6), debugTime)).isEqualTo(text);
  }

  @Test
  void whatSdksSendIsAccepted() {
    for (var id : List.of("root", "root.1.2", "root:1.2", "a.b.c", "ü/\n")) {
      var create =
          World.create(
              id,
              Long.MAX_VALUE,
              Tags.TARGET,
              TARGET,
              Tags.ORIGIN,
              id,
              Tags.BRANCH,
              id,
              Tags.PARENT,
              id,
              Tags.PREFIX,
              id,
              Tags.SCOPE,
              "global");
      assertThat(check(Profile.RELEASE, create, null)).isNull();
      assertThat(check(Profile.RELEASE, new TaskRequest.Create("p", Long.MAX_VALUE, create), null))
          .isNull();
    }
    assertThat(check(Profile.RELEASE, promiseSearch(1000L), null)).isNull();
    assertThat(check(Profile.RELEASE, promiseSearch(1L), null)).isNull();
    var longest = "0" + ",0".repeat(495) + "  * * * *";
    assertThat(check(Profile.RELEASE, schedule("s", longest, "p", 1), null)).isNull();
  }

  private static @Nullable String check(
      Profile profile, Request request, @Nullable Long debugTime) {
    var response = new RequestRules(profile).check(request, debugTime);
    if (response == null) {
      return null;
    }
    assertThat(response.status()).isEqualTo(400);
    return ((Response.Failure) response.body()).text();
  }

  private static ScheduleRequest.Create schedule(String id, String template, String target) {
    return new ScheduleRequest.Create(
        id, "* * * * *", template, 1, Value.EMPTY, Map.of(Tags.TARGET, target));
  }

  /** Such an id is nobody's, and the recorded answer is that it is not there. */
  @ParameterizedTest
  @EnumSource
  void anIdWithNullBytesMayBeAskedFor(Profile profile) {
    var rules = new RequestRules(profile);
    assertThat(rules.check(new PromiseRequest.Get("a\0"), null)).isNull();
    assertThat(rules.check(World.resolve("a\0"), null)).isNull();
    assertThat(rules.check(new TaskRequest.Acquire("a\0", 0, "p", 5), null)).isNull();
    assertThat(rules.check(new ScheduleRequest.Delete("a\0"), null)).isNull();
  }
}
