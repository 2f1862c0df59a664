package dev.baton.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.server.GroupAddress.SecretKey;
import dev.baton.operator.server.GroupFigures;
import dev.baton.operator.server.ServerAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnservedTest {

  private static final String URL = "http://baton:8001";
  private static final ServerAddress SERVER = new ServerAddress(URL, null);

  @ParameterizedTest(name = "{4}")
  @CsvSource({
    "0, 1, 10,  true,  work waits and nobody is there",
    "0, 1, 9.9, false, somebody may come yet",
    "1, 1, 99,  false, a worker that is no pod of ours serves it",
    "0, 0, 0,   false, nothing waits",
  })
  void aGroupIsUnservedWhen(
      int connected, int waiting, double oldest, boolean unserved, String name) {
    var found =
        Unserved.among(Map.of(SERVER, List.of(group(connected, waiting, oldest))), Set.of());
    assertThat(!found.isEmpty()).as(name).isEqualTo(unserved);
  }

  @Test
  void whatAWorkerGroupNamesIsServedAlsoWhileItHasNoPods() {
    var all = Map.of(SERVER, List.of(group(0, 5, 99)));
    assertThat(Unserved.among(all, Set.of(new Unserved(URL, "g")))).isEmpty();
    assertThat(Unserved.among(all, Set.of(new Unserved("http://other:8001", "g")))).hasSize(1);
  }

  @Test
  void aServerThatIsSeenWithTwoTokensIsTakenOnce() {
    var other = new ServerAddress(URL, new SecretKey("ns", "s", "token"));
    var groups = List.of(group(0, 5, 99));
    assertThat(Unserved.among(Map.of(SERVER, groups, other, groups), Set.of()))
        .extracting(it -> it.note().message())
        .containsExactly(
            "Work waits in group g of http://baton:8001, but no WorkerGroup serves it and no worker"
                + " is connected");
  }

  private static GroupFigures group(int connected, int waiting, double oldest) {
    return new GroupFigures(
        "g", null, connected, waiting, 0, 0, oldest, null, List.of(), List.of());
  }
}
