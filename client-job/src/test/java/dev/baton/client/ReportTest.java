package dev.baton.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.client.Outcome.Failed;
import dev.baton.client.Outcome.Succeeded;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {

  @Test
  void showsEveryCallAndTheSpread() {
    var report =
        Report.of(
            List.of(
                succeeded("run-1", 3, "worker-2", 1, 3012),
                succeeded("run-2", 10, "worker-1", 2, 15_200),
                succeeded("run-3", 1, "worker-2", 1, 4100)));
    assertThat(report)
        .isEqualTo(
            """
            CALL   COST  WORKER    ATTEMPTS  WAITED     TOOK
            run-1     3  worker-2         1  0.01 s   3.00 s
            run-2    10  worker-1         2  5.20 s  10.00 s
            run-3     1  worker-2         1  3.10 s   1.00 s

            WORKER    CALLS  COST     BUSY
            worker-1      1    10  10.00 s
            worker-2      2     4   4.00 s
            """);
  }

  @Test
  void tellsWhyCallsFailed() {
    var report =
        Report.of(
            List.of(
                succeeded("run-1", 3, "w", 1, 3000),
                new Failed(new Call("run-2", 5), "not done within the time limit")));
    assertThat(report)
        .contains("run-2     5  failed")
        .endsWith("1 of 2 calls failed:\n  run-2: not done within the time limit\n");
  }

  @Test
  void aResultOfAnEarlierRunIsCalledSo() {
    assertThat(Report.of(List.of(succeeded("run-1", 3, "w", 1, 4)))).contains("done before");
  }

  private static Outcome succeeded(String id, int cost, String worker, int attempt, long sinceMs) {
    var computed = new Computed(id, cost, worker, attempt, 50_000, 50_000 + cost * 1000L);
    return new Succeeded(new Call(id, cost), computed, sinceMs);
  }
}
