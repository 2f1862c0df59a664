package dev.baton.operator.server;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;

/**
 * Whom a signal met.
 *
 * @param workers pids of connections that it applied to
 * @param leasesEnded how many tasks were taken back
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record SignalResult(List<String> workers, int leasesEnded) {

  /** Takes an absent list for an empty one. */
  @SuppressWarnings("NullAway") // what JSON leaves out arrives as null
  public SignalResult {
    workers = workers == null ? List.of() : List.copyOf(workers);
  }

  /** Whether the server knew nothing that the signal could apply to. */
  public boolean metNobody() {
    return workers.isEmpty() && leasesEnded == 0;
  }
}
