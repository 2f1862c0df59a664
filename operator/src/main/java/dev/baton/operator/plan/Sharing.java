package dev.baton.operator.plan;

import dev.baton.operator.api.v1alpha1.AutoscalingSpec;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the workers that a group's work takes are split between the WorkerGroups that serve it: by
 * weight, as far as their limits allow. What one may not have goes to the others. Each comes to the
 * same numbers from the same list.
 */
public final class Sharing {

  /**
   * A WorkerGroup that scales by the group's work.
   *
   * @param uid tells it from the others
   */
  public record Peer(String uid, int weight, int min, int max) {

    /** With the limits of that moment; null if it does not scale by the work. */
    public static @Nullable Peer of(WorkerGroup group, Instant now) {
      AutoscalingSpec spec = group.getSpec().autoscaling();
      if (spec == null || spec.isDryRun()) {
        return null;
      }
      AutoscalingSpec limits = Windows.at(spec, group, now);
      return new Peer(
          group.getMetadata().getUid(),
          spec.weightOrDefault(),
          Math.min(limits.minOrDefault(), limits.max()),
          limits.max());
    }
  }

  private Sharing() {}

  /**
   * The share of one of them; all of it where it is alone.
   *
   * @param workers how many the work takes
   */
  static int of(int workers, List<Peer> peers, String own) {
    List<Peer> all =
        peers.stream()
            .sorted(Comparator.comparingInt(Peer::weight).reversed().thenComparing(Peer::uid))
            .toList();
    if (all.size() < 2 || all.stream().noneMatch(it -> it.uid().equals(own))) {
      return workers;
    }
    Map<String, Integer> fixed = new HashMap<>();
    while (true) {
      Map<String, Integer> shares = split(workers, all, fixed);
      boolean isOver =
          fix(fixed, shares, all, (peer, share) -> share > peer.max() ? peer.max() : share)
              || fix(fixed, shares, all, (peer, share) -> Math.max(share, peer.min()));
      if (!isOver) {
        return shares.getOrDefault(own, 0);
      }
    }
  }

  private interface Limit {
    int of(Peer peer, int share);
  }

  /** Whether any has come to its limit that had not before. */
  private static boolean fix(
      Map<String, Integer> fixed, Map<String, Integer> shares, List<Peer> all, Limit limit) {
    boolean isChanged = false;
    for (Peer peer : all) {
      int share = shares.getOrDefault(peer.uid(), 0);
      int allowed = limit.of(peer, share);
      if (!fixed.containsKey(peer.uid()) && allowed != share) {
        fixed.put(peer.uid(), allowed);
        isChanged = true;
      }
    }
    return isChanged;
  }

  /** What is left by those that are at a limit, by weight, rounded such that the sum is right. */
  private static Map<String, Integer> split(
      int workers, List<Peer> all, Map<String, Integer> fixed) {
    Map<String, Integer> shares = new HashMap<>(fixed);
    int left = Math.max(0, workers - fixed.values().stream().mapToInt(Integer::intValue).sum());
    List<Peer> free = all.stream().filter(it -> !fixed.containsKey(it.uid())).toList();
    long weights = free.stream().mapToLong(Peer::weight).sum();
    long before = 0;
    for (Peer peer : free) {
      long after = before + peer.weight();
      shares.put(
          peer.uid(),
          (int) (Math.ceilDiv(left * after, weights) - Math.ceilDiv(left * before, weights)));
      before = after;
    }
    return shares;
  }
}
