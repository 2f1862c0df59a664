package dev.baton.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.Footprint.Reach;
import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.TaskRequest.FenceAction;
import dev.baton.protocol.Value;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of request, and whom it concerns. */
class FootprintTest {

  private static final PromiseRequest.Create CREATE = World.create("p", 5);
  private static final PromiseRequest.Settle SETTLE = World.resolve("p");

  static List<Arguments> table() {
    return List.of(
        row(new PromiseRequest.Get("p"), "awaiters", "promise p read at id"),
        row(CREATE, "awaiters", "promise p created at id"),
        row(SETTLE, "awaiters", "promise p written at id"),
        row(
            new PromiseRequest.RegisterCallback("p", "q"),
            "awaiters",
            "promise p written at awaited",
            "promise q written at awaiter"),
        row(
            new PromiseRequest.RegisterListener("p", "poll://any@g"),
            "awaiters",
            "promise p written at awaited",
            "address poll://any@g created at address"),
        row(new PromiseRequest.Search(null, null, null, null), "everything"),
        row(new TaskRequest.Get("p"), "awaiters", "promise p read at id"),
        row(
            new TaskRequest.Create("w", 5, CREATE),
            "awaiters branch",
            "process w created at pid",
            "promise p created at action.data.id"),
        row(
            new TaskRequest.Acquire("p", 0, "w", 5),
            "awaiters branch",
            "promise p written at id",
            "process w created at pid"),
        row(new TaskRequest.Release("p", 1), "awaiters", "promise p written at id"),
        row(new TaskRequest.Fulfill("p", 1, SETTLE), "awaiters", "promise p written at id"),
        row(
            World.suspend("p", 1, "q", "r"),
            "awaiters branch",
            "promise p written at id",
            "promise q written at actions.data.awaited",
            "promise r written at actions.data.awaited"),
        row(
            new TaskRequest.Fence("t", 1, new FenceAction.Create(CREATE)),
            "awaiters branch",
            "promise t read at id",
            "promise p created at action.data.id"),
        row(
            new TaskRequest.Fence("t", 1, new FenceAction.Settle(SETTLE), false),
            "awaiters",
            "promise t read at id",
            "promise p written at action.data.id"),
        row(
            new TaskRequest.Fence("t", 1, new FenceAction.OutOfReach(SETTLE), false),
            "awaiters",
            "promise t read at id"),
        row(
            new TaskRequest.Fence("t", 1, new FenceAction.Malformed("p", "text"), false),
            "awaiters",
            "promise t read at id",
            "promise p read at action.data.id"),
        row(
            new TaskRequest.Fence("t", 1, new FenceAction.Malformed(null, "text"), false),
            "awaiters",
            "promise t read at id"),
        row(
            new TaskRequest.Heartbeat("w", List.of(new TaskRequest.TaskRef("p", 1))),
            "",
            "process w read at pid",
            "promise p written at tasks.id"),
        row(new TaskRequest.Heartbeat("w", List.of()), "held", "process w read at pid"),
        row(new TaskRequest.Halt("p"), "awaiters", "promise p written at id"),
        row(new TaskRequest.Continue("p"), "awaiters", "promise p written at id"),
        row(new TaskRequest.Search(null, null, null), "everything"),
        row(
            new ScheduleRequest.Create(
                "s", "* * * * *", "{{.id}}.{{.timestamp}}", 1, Value.EMPTY, Map.of()),
            "",
            "schedule s created at id",
            "occurrences s.{{.timestamp}} created at promiseId"),
        row(
            new ScheduleRequest.Update(
                new ScheduleRequest.Create(
                    "s", "* * * * *", "{{.id}}.{{.timestamp}}", 1, Value.EMPTY, Map.of())),
            "",
            "schedule s written at id",
            "occurrences s.{{.timestamp}} created at promiseId"),
        row(new ScheduleRequest.Pause("s"), "", "schedule s written at id"),
        row(new ScheduleRequest.Resume("s"), "", "schedule s written at id"),
        row(new ScheduleRequest.Get("s"), "", "schedule s read at id"),
        row(new ScheduleRequest.Delete("s"), "", "schedule s written at id"),
        row(new ScheduleRequest.Search(null, null, null), "everything"),
        row(new DebugRequest.Start(), "everything"),
        row(new DebugRequest.Stop(), "everything"),
        row(new DebugRequest.Reset(), "everything"),
        row(new DebugRequest.Tick(5), "everything"),
        row(new DebugRequest.Snap(), "everything"));
  }

  private static Arguments row(Request request, String reach, String... uses) {
    return Arguments.of(request, reach, List.of(uses));
  }

  @ParameterizedTest
  @MethodSource("table")
  void aRequestConcerns(Request request, String reach, List<String> uses) {
    var footprint = Footprint.of(request);
    assertThat(footprint.uses().stream().map(FootprintTest::text)).isEqualTo(uses);
    assertThat(
            footprint.reach().stream()
                .sorted()
                .map(each -> each.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(" ")))
        .isEqualTo(reach);
  }

  private static String text(Footprint.Use use) {
    return "%s %s %s at %s"
        .formatted(
            use.thing().name().toLowerCase(Locale.ROOT),
            use.text(),
            use.role().name().toLowerCase(Locale.ROOT),
            use.field());
  }

  @Test
  void noKindOfRequestIsMissingInTheTable() {
    Set<Class<?>> kinds =
        table().stream()
            .map(row -> Objects.requireNonNull(row.get()[0]).getClass())
            .collect(Collectors.toSet());
    assertThat(kinds).isEqualTo(records(Request.class).collect(Collectors.toSet()));
  }

  private static Stream<Class<?>> records(Class<?> type) {
    return type.isRecord()
        ? Stream.of(type)
        : Stream.of(type.getPermittedSubclasses()).flatMap(FootprintTest::records);
  }

  @Test
  void aVisitorThatHasEnoughSeesNoMore() {
    var seen = new HashSet<String>();
    var suspend = World.suspend("p", 1, "q", "r");
    assertThat(
            Footprint.visit(
                suspend,
                (_, _, _, text) -> {
                  seen.add(text);
                  return !text.equals("q");
                }))
        .isFalse();
    assertThat(seen).containsExactlyInAnyOrder("p", "q");
    assertThat(Footprint.visit(suspend, (_, _, _, _) -> true)).isTrue();
  }

  @Test
  void whatBelongsTogetherSharesItsFirstSegment() {
    var create = new TaskRequest.Create("w.1", 5, World.create("order-7.1:2", 5, Tags.TARGET, "x"));
    assertThat(Footprint.of(create).firstSegments()).containsExactly("order-7");
    assertThat(Footprint.firstSegment("foo:bar.baz")).isEqualTo("foo");
    assertThat(Footprint.firstSegment("foo")).isEqualTo("foo");
    assertThat(Footprint.firstSegment(".foo")).isEmpty();
    assertThat(Footprint.of(World.suspend("a.1", 1, "a.2", "b")).firstSegments())
        .containsExactly("a", "b");
    assertThat(Footprint.of(new TaskRequest.Search(null, null, null)).reach())
        .containsExactly(Reach.EVERYTHING);
  }

  @Test
  void theLongestIdOfATemplateHasTheLastInstant() {
    String filled = PromiseIdTemplate.fill("{{.id}}.{{.timestamp}}-{{.timestamp}}", "s");
    assertThat(PromiseIdTemplate.longest(filled))
        .isEqualTo(
            PromiseIdTemplate.fill("{{.id}}.{{.timestamp}}-{{.timestamp}}", "s", Long.MAX_VALUE)
                .length());
    assertThat(PromiseIdTemplate.longest("plain")).isEqualTo(5);
  }
}
