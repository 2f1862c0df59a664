package dev.baton.operator.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code -Dcrd.write=true} writes the committed copies anew. */
class WorkerGroupCrdTest {

  @TempDir Path scratch = Path.of("");

  @Test
  void theCommittedCrdIsTheOneTheTypesSay() throws IOException {
    String generated = WorkerGroupCrd.generate(scratch);
    if (Boolean.getBoolean("crd.write")) {
      WorkerGroupCrd.write(generated);
    }
    assertThat(Files.readString(WorkerGroupCrd.COMMITTED))
        .as("deploy/crd; after a change of the types: mvn -pl operator test -Dcrd.write=true")
        .isEqualTo(generated);
    assertThat(WorkerGroupCrd.IN_CHART).content().as("the chart's copy").isEqualTo(generated);
    assertThat(WorkerGroupCrd.REFERENCE)
        .content()
        .as("the page for people")
        .isEqualTo(CrdReference.of(generated));
  }
}
