package dev.baton.operator.plan;

import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What is seen of nodes.
 *
 * @param leaving those that take no pods, or are about to go
 * @param deadlines when those that go are gone, whatever still runs on them; of some of them
 * @param unreachable those whose kubelet has not been heard for as long as Kubernetes waits
 */
public record Nodes(Set<String> leaving, Map<String, Instant> deadlines, Set<String> unreachable) {

  /** Copies. */
  public Nodes {
    leaving = Set.copyOf(leaving);
    deadlines = Map.copyOf(deadlines);
    unreachable = Set.copyOf(unreachable);
  }

  /** The same with more of them that are not heard. */
  public Nodes withUnreachable(Set<String> more) {
    if (more.isEmpty()) {
      return this;
    }
    Set<String> all = new HashSet<>(unreachable);
    all.addAll(more);
    return new Nodes(leaving, deadlines, all);
  }

  /** Those that take no pods, and nothing else. */
  static Nodes cordoned(Set<String> names) {
    return new Nodes(names, Map.of(), Set.of());
  }
}
