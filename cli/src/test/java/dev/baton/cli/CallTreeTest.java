package dev.baton.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CallTreeTest {

  @Test
  void childrenHangFromTheirParentsInTheOrderOfTheirBirth() {
    assertThat(
            draw(
                promise("a", 0, 2_500, "func", "main", "target", "poll://any@workers"),
                promise("a.2", 20, null, "parent", "a", "timer", "true"),
                promise("a.1", 10, 1_010, "parent", "a", "func", "load"),
                promise("a.1.1", 11, 12, "parent", "a.1"),
                promise("a.1.2", 12, null, "parent", "a.1", "func", "parse", "target", "http://x"),
                promise("lost", 30, null, "parent", "never heard of")))
        .isEqualTo(
            """
            a  resolved  main()  poll://any@workers  2.5s
            ├── a.1  resolved  load()  1s
            │   ├── a.1.1  resolved  1ms
            │   └── a.1.2  pending  parse()  http://x
            ├── a.2  pending  timer
            └── lost  pending
            """);
  }

  @Test
  void promisesThatCallEachOtherParentAreStillDrawnOnce() {
    assertThat(
            draw(
                promise("a", 0, null, "parent", "a"),
                promise("b", 1, null, "parent", "c"),
                promise("c", 2, null, "parent", "b")))
        .isEqualTo(
            """
            a  pending
            ├── b  pending
            └── c  pending
            """);
  }

  @Test
  void aThousandGenerationsAreDrawn() {
    List<PromiseRecord> promises = new ArrayList<>(List.of(promise("p0", 0, null)));
    for (int i = 1; i < 1_000; i++) {
      promises.add(promise("p" + i, i, null, "parent", "p" + (i - 1)));
    }
    assertThat(CallTree.of(promises).lines())
        .hasSize(1_000)
        .last()
        .asString()
        .endsWith("└── p999  pending");
  }

  @Test
  void aParamThatHoldsNoCallIsLeftOut() {
    PromiseRecord odd =
        new PromiseRecord(
            "a",
            PromiseRecord.State.PENDING,
            Value.ofData("not base64!"),
            Value.EMPTY,
            Map.of(),
            9,
            1,
            null);
    assertThat(CallTree.of(List.of(odd)).lines()).containsExactly("a  pending");
  }

  private static String draw(PromiseRecord... promises) {
    return String.join("\n", CallTree.of(List.of(promises)).lines()) + "\n";
  }

  private static PromiseRecord promise(
      String id, long createdAt, @Nullable Integer settledAt, String... namesAndValues) {
    Map<String, String> tags = new LinkedHashMap<>();
    Value param = Value.EMPTY;
    for (int i = 0; i < namesAndValues.length; i += 2) {
      if (namesAndValues[i].equals("func")) {
        param = Value.ofData(Values.encode("{\"func\":\"" + namesAndValues[i + 1] + "\"}"));
      } else {
        tags.put("resonate:" + namesAndValues[i], namesAndValues[i + 1]);
      }
    }
    return new PromiseRecord(
        id,
        settledAt == null ? PromiseRecord.State.PENDING : PromiseRecord.State.RESOLVED,
        param,
        Value.EMPTY,
        tags,
        100_000,
        createdAt,
        settledAt == null ? null : settledAt.longValue());
  }
}
