package dev.baton.operator.plan;

import java.util.List;

/**
 * What is around a WorkerGroup and scales, too.
 *
 * @param peers the WorkerGroups that scale by the work of the same group, itself among them
 * @param contention who else changes the number of its workers
 */
public record Surroundings(List<Sharing.Peer> peers, Contention contention) {

  /** Nothing. */
  public static final Surroundings NONE = new Surroundings(List.of(), Contention.NONE);

  /** Copies. */
  public Surroundings {
    peers = List.copyOf(peers);
  }
}
