package dev.baton.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.api.v1alpha1.AutoscalingSpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemandTest {

  @ParameterizedTest(name = "{9}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # wait | run | oldest | service | slots | target | per | workers | why                          | name
          0      | 0   | 0      | 1       | 1     | -      | -   | 0       | nothing waits                | no work takes no worker
          60     | 0   | 0      | -       | 1     | -      | -   | 60      | 60 wait, 0 in flight, 1 slot | without a target each task gets a slot
          7      | 3   | 0      | 1       | 4     | -      | -   | 3       | 4 slots a worker             | slots are filled up
          25     | 5   | 0      | 1       | -     | -      | -   | 3       | counted as 10                | unlimited slots count as ten
          60     | 0   | 0      | 1       | 1     | -      | 20  | 3       | tasksPerWorker 20            | tasks per worker by share
          60     | 0   | 0      | 1       | 1     | 0      | -   | 60      | begun within 0 s             | a target of zero is a slot for each
          60     | 0   | 0      | 1       | 1     | 9      | -   | 6       | 1.00 s each                  | Little: sixty in ten seconds at one second each
          60     | 0   | 0      | 1       | 2     | 9      | -   | 3       | 2 slots a worker             | Little: two slots halve it
          60     | 0   | 0      | 0.1     | 1     | 5      | -   | 2       | 0.10 s each                  | Little: short tasks take few workers
          60     | 0   | 0      | 120     | 1     | 60     | -   | 40      | 120 s each                   | Little: long tasks take many
          60     | 0   | 0      | -       | 1     | 9      | -   | 60      | no task was measured yet     | unmeasured tasks get a slot each
          60     | 6   | 9.5    | 1       | 1     | 9      | -   | 66      | longer than 9 s              | who is behind gets a slot for each
          0      | 8   | 0      | 1       | 1     | 60     | -   | 8       | 8 in flight                  | what runs keeps its slots
          0      | 8   | 99     | 1       | 3     | 60     | -   | 3       | 8 in flight                  | the age of nothing counts for nothing
          60     | 0   | 0      | 1       | 1     | 9      | 5   | 12      | tasksPerWorker 5             | of two aims the larger number counts, share
          60     | 0   | 0      | 1       | 1     | 9      | 30  | 6       | begun within 9 s             | of two aims the larger number counts, time
          1      | 0   | 0      | 1       | 1     | 9      | -   | 1       | 1 waits                      | one task takes one worker
          """)
  void theWorkersThatTheWorkTakes(
      int waiting,
      int inFlight,
      double oldest,
      @Nullable Double service,
      @Nullable Integer slots,
      @Nullable Integer target,
      @Nullable Integer perWorker,
      int workers,
      String why,
      String name) {
    var spec = new AutoscalingSpec(0, 100, target, perWorker, null, null, null);
    var answer = new Demand(waiting, inFlight, oldest, service, slots).workers(spec);
    assertThat(answer.workers()).as(name).isEqualTo(workers);
    assertThat(answer.why()).contains(why);
  }
}
