package dev.baton.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.TaskRecord;
import dev.baton.protocol.Value;
import dev.baton.protocol.why.DeliveryFacts;
import dev.baton.protocol.why.GroupFacts;
import dev.baton.protocol.why.GroupFacts.WorkerFacts;
import dev.baton.protocol.why.Why;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tags without "resonate:" and tasks and workers in short: "acquired w1" is a task that w1 holds;
 * "w1 1/2" a worker with one task in two slots, "w1 1/-" one without a limit, "w1 0/1 d" one that
 * drains.
 */
class WhyTest {

  private static final long NOW = 1_764_000_000_000L;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          # tags                            | task        | workers           | cause         | sentence
          timer=true                        |             |                   | TIMER         | p is a timer: it resolves at 2025-11-24T16:01:00Z, in 1 min 0 s.
          ""                                |             |                   | NOT_SENT      | p is sent to nobody: whoever knows its outcome must settle it, until 2025-11-24T16:01:00Z.
          scope=local,parent=a              |             |                   | NOT_SENT      | p runs inside a, which made it: ask why that is not done.
          target=poll://any@g               | acquired w1 | w1 1/1            | RUNNING       | p runs on worker w1 (attempt 2).
          target=poll://any@g               | acquired w1 | w2 0/1            | RUNNING       | p is held by w1 (attempt 2), which is not connected to group g: if it does not say that it lives, another worker gets it.
          target=http://x                   | acquired w1 |                   | RUNNING       | p runs on worker w1 (attempt 2).
          target=poll://any@g               | halted      | w1 0/1            | HALTED        | p is halted: nobody works on it until it is continued (baton tasks continue p).
          target=poll://any@g               | suspended   | w1 0/1            | WAITING       | p waits for a promise that it did not make.
          target=poll://any@g,delay=1764000012500 | pending | w1 0/1          | DELAYED       | p is delayed until 2025-11-24T16:00:12Z, for 12 s.
          target=poll://any@g,delay=1763999999999 | pending | w1 0/1          | BEING_SENT    | p is on its way to a worker of group g: there is room.
          target=http://x                   | pending     |                   | POSTED        | p is posted to http://x, which has not taken it yet.
          target=poll://any@g               | pending     | ""                | NO_WORKER     | p waits: no worker of group g is connected.
          target=poll://uni@g/w9            | pending     | ""                | NO_WORKER     | p waits: no worker of group g is connected.
          target=poll://uni@g/w9            | pending     | w1 0/1            | WORKER_ABSENT | p waits for worker w9 of group g and no other, and that is not connected.
          target=poll://any@g               | pending     | w1 1/1, w2 2/2    | ALL_BUSY      | p waits: all 2 workers of group g are busy; 3 tasks wait there, the oldest for 1 min 5 s.
          target=poll://any@g               | pending     | w1 1/1            | ALL_BUSY      | p waits: worker w1 of group g is busy; 3 tasks wait there, the oldest for 1 min 5 s.
          target=poll://uni@g/w1            | pending     | w1 1/1, w2 0/1    | ALL_BUSY      | p waits: worker w1 of group g is busy; 3 tasks wait there, the oldest for 1 min 5 s.
          target=poll://any@g               | pending     | w1 0/1 d, w2 1/1  | ALL_BUSY      | p waits: all 2 workers of group g are busy; 3 tasks wait there, the oldest for 1 min 5 s.
          target=poll://any@g               | pending     | w1 0/1 d, w2 0/1 d | ALL_DRAINING | p waits: all 2 workers of group g are draining and take nothing new.
          target=poll://any@g               | pending     | w1 0/1 d          | ALL_DRAINING  | p waits: worker w1 of group g is draining and takes nothing new.
          target=poll://any@g               | pending     | w1 9/-            | BEING_SENT    | p is on its way to a worker of group g: there is room.
          target=poll://any@g               | pending     | w1 1/1, w2 0/1    | BEING_SENT    | p is on its way to a worker of group g: there is room.
          """)
  void theReasonIsSaidInOneSentence(
      String tags, @Nullable String task, @Nullable String workers, Why.Cause cause, String said) {
    assertThat(Why.of(facts(promise("p", tags), task, workers))).isEqualTo(new Why(cause, said));
  }

  /**
   * The last second that has a date of four digits, the next one, and the largest of JavaScript.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          # tags                                          | task    | deadline         | sentence
          ""                                              |         | 253402300799999  | p is sent to nobody: whoever knows its outcome must settle it, until 9999-12-31T23:59:59Z.
          ""                                              |         | 253402300800000  | p is sent to nobody: whoever knows its outcome must settle it; its deadline is after the year 9999.
          ""                                              |         | 9007199254740991 | p is sent to nobody: whoever knows its outcome must settle it; its deadline is after the year 9999.
          timer=true                                      |         | 9007199254740991 | p is a timer: it resolves after the year 9999.
          target=poll://any@g,delay=9007199254740991      | pending | 9007199254740991 | p is delayed until after the year 9999.
          """)
  void aTimeOfFiveDigitsIsNotSpeltOut(
      String tags, @Nullable String task, long timeoutAt, String said) {
    assertThat(Why.of(facts(promise("p", tags, timeoutAt), task, task == null ? null : "w1 0/1")))
        .extracting(Why::sentence)
        .isEqualTo(said);
  }

  @Test
  void aSettledPromiseSaysHowAndSinceWhen() {
    var settled =
        new PromiseRecord(
            "p",
            PromiseRecord.State.REJECTED_TIMEDOUT,
            Value.EMPTY,
            Value.EMPTY,
            Map.of(),
            NOW,
            NOW - 9_000_000,
            NOW - 7_500_000);
    assertThat(Why.of(new Why.Facts(settled, null, List.of(), null, DeliveryFacts.UNKNOWN, NOW)))
        .isEqualTo(new Why(Why.Cause.SETTLED, "p is settled: rejected_timedout, 2 h 5 min ago."));
  }

  @Test
  void whatItWaitsForIsNamed() {
    var task = new TaskRecord("p", TaskRecord.State.SUSPENDED, 1, 0, null, null);
    var parent = promise("p", "target=poll://any@g");
    var one = List.of(promise("p.1", ""));
    var two = List.of(promise("p.1", ""), promise("p.2", ""));
    assertThat(
            Why.of(new Why.Facts(parent, task, one, null, DeliveryFacts.UNKNOWN, NOW)).sentence())
        .isEqualTo("p waits for promise p.1.");
    assertThat(
            Why.of(new Why.Facts(parent, task, two, null, DeliveryFacts.UNKNOWN, NOW)).sentence())
        .isEqualTo("p waits for promise p.1 and perhaps for 1 more that it made.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # failed | again in | not to | workers        | cause              | sentence
          4        | 5000     |        | w1 0/1         | HELD_BACK          | p is held back: it came back unfinished 4 times; it is offered again in 5 s.
          1        |          | w1     | w1 0/1, w2 1/1 | NOT_TO_WHO_IS_FREE | p waits for another worker of group g than w1, which gave it back at once.
          1        |          | w1     | w1 0/1         | BEING_SENT         | p is on its way to a worker of group g: there is room.
          1        |          |        | w1 1/1         | ALL_BUSY           | p waits: worker w1 of group g is busy; 3 tasks wait there, the oldest for 1 min 5 s; it has come back unfinished once.
          5        | -1       |        | w1 1/1         | ALL_BUSY           | p waits: worker w1 of group g is busy; 3 tasks wait there, the oldest for 1 min 5 s; it has come back unfinished 5 times.
          """)
  void whatCameBackUnfinishedSaysSo(
      int failed,
      @Nullable Long againInMs,
      @Nullable String notTo,
      String workers,
      Why.Cause cause,
      String said) {
    var delivery =
        new DeliveryFacts(
            failed, againInMs == null ? null : NOW + againInMs, notTo, 0, false, null, null, null);
    assertThat(Why.of(facts(promise("p", "target=poll://any@g"), "pending", workers, delivery)))
        .isEqualTo(new Why(cause, said));
  }

  @Test
  void whatNobodyHasTheFunctionForSaysWhich() {
    var delivery = new DeliveryFacts(0, null, null, 0, false, null, "buy (version 2)", null);
    assertThat(Why.of(facts(promise("p", "target=poll://any@g"), "pending", "w1 0/1", delivery)))
        .isEqualTo(
            new Why(
                Why.Cause.NO_FUNCTION,
                "p waits: no connected worker of group g has function buy (version 2)."));
  }

  @Test
  void whatWasGivenBackSaysWhy() {
    var delivery =
        new DeliveryFacts(1, null, "w1", 0, false, null, null, "replay: step a.1 is another");
    assertThat(
            Why.of(
                facts(promise("p", "target=poll://any@g"), "pending", "w1 0/1, w2 1/1", delivery)))
        .extracting(Why::sentence)
        .asString()
        .endsWith("which gave it back at once; given back last: replay: step a.1 is another");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # posts | under way | last failure               | sentence
          0       | false     |                            | p is posted to http://x, which has not taken it yet.
          1       | true      |                            | p is being posted to http://x, which has not answered yet.
          1       | false     | it answers with status 404 | p is posted to http://x, which has not taken it: it answers with status 404 (1 post so far).
          7       | true      | it answers with status 404 | p is posted to http://x, which has not taken it: it answers with status 404 (7 posts so far).
          2       | false     |                            | p was posted to http://x, which took the message; nobody has acquired the task yet.
          """)
  void whatIsPostedSaysWhatItsTargetAnswers(
      int posts, boolean isBeingPosted, @Nullable String lastFailure, String said) {
    var delivery = new DeliveryFacts(0, null, null, posts, isBeingPosted, lastFailure, null, null);
    assertThat(Why.of(facts(promise("p", "target=http://x"), "pending", null, delivery)))
        .isEqualTo(new Why(Why.Cause.POSTED, said));
  }

  private static Why.Facts facts(
      PromiseRecord promise, @Nullable String task, @Nullable String workers) {
    return facts(promise, task, workers, DeliveryFacts.UNKNOWN);
  }

  private static Why.Facts facts(
      PromiseRecord promise,
      @Nullable String task,
      @Nullable String workers,
      DeliveryFacts delivery) {
    return new Why.Facts(
        promise,
        task == null ? null : task(task),
        List.of(),
        workers == null ? null : new GroupFacts("g", 3, 0, 0, 65, workers(workers)),
        delivery,
        NOW);
  }

  private static PromiseRecord promise(String id, String tags) {
    return promise(id, tags, NOW + 60_000);
  }

  private static PromiseRecord promise(String id, String tags, long timeoutAt) {
    Map<String, String> map = new LinkedHashMap<>();
    for (String tag : tags.isEmpty() ? new String[0] : tags.split(",")) {
      String[] parts = tag.split("=");
      map.put("resonate:" + parts[0], parts[1]);
    }
    return new PromiseRecord(
        id, PromiseRecord.State.PENDING, Value.EMPTY, Value.EMPTY, map, timeoutAt, NOW, null);
  }

  private static TaskRecord task(String text) {
    String[] parts = text.split(" ");
    TaskRecord.State state = TaskRecord.State.valueOf(parts[0].toUpperCase(Locale.ROOT));
    String pid = parts.length > 1 ? parts[1] : null;
    return new TaskRecord("p", state, 2, 0, pid == null ? null : 60_000L, pid);
  }

  private static List<WorkerFacts> workers(String text) {
    return Arrays.stream(text.split(", "))
        .filter(worker -> !worker.isEmpty())
        .map(worker -> worker.split("[ /]"))
        .map(parts ->
            new WorkerFacts(
                parts[0],
                "10.0.0.1",
                parts[2].equals("-") ? null : Integer.valueOf(parts[2]),
                Integer.parseInt(parts[1]),
                parts.length > 3,
                NOW))
        .toList();
  }
}
