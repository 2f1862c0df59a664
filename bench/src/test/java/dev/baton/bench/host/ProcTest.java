package dev.baton.bench.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ProcTest {

  private static final String WORK = "i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done";

  /** As a database has, which outlives its sessions. */
  @Test
  void whatAChildOfAChildHasUsedCountsAlsoWhenThatHasEnded() throws IOException {
    double before = Proc.familyCpuSeconds();
    Process child = new ProcessBuilder("sh", "-c", "sh -c '" + WORK + "'; echo; read x").start();
    try {
      int said = child.getInputStream().read();
      assertThat(said).isEqualTo('\n');
      long own = child.pid();
      double ofItsChild = Proc.cpuSecondsWithEnded(own) - Proc.cpuSeconds(own);
      assertThat(ofItsChild).isPositive();
      assertThat(Proc.familyCpuSeconds() - before).isGreaterThan(ofItsChild - 0.001);
    } finally {
      child.destroy();
    }
  }
}
