package dev.baton.operator.reconcile;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus;
import dev.baton.operator.plan.ObservedState.Applied;
import dev.baton.operator.plan.ObservedState.Rejected;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the operator did for one WorkerGroup since it started. It bridges the moments in which the
 * caches do not show it yet; losing it costs one apply. Only the reconciler's thread of the moment
 * touches it: there is one at a time for a WorkerGroup.
 */
final class Memory {

  /** A cache that is behind for longer is broken, and then it is right to act upon what it says. */
  private static final Duration CACHE_LAG_MAX = Duration.ofSeconds(5);

  @Nullable Applied applied;
  @Nullable Rejected rejected;

  private @Nullable Deployment result;
  private Instant resultAt = Instant.EPOCH;
  private @Nullable WorkerGroupStatus written;
  private @Nullable String writtenOver;
  Instant writtenAt = Instant.EPOCH;

  void rememberApply(Applied applied, Deployment result, Instant now) {
    this.applied = applied;
    this.rejected = null;
    this.result = result;
    this.resultAt = now;
  }

  void rememberStatus(WorkerGroup basis, WorkerGroupStatus status, Instant now) {
    written = status;
    writtenOver = basis.getMetadata().getResourceVersion();
    writtenAt = now;
  }

  /** The Deployment, from the cache unless that lags behind what was applied. */
  @Nullable Deployment deployment(@Nullable Deployment cached, Instant now) {
    if (cached == null || result == null || now.isAfter(resultAt.plus(CACHE_LAG_MAX))) {
      return cached;
    }
    boolean same = cached.getMetadata().getUid().equals(result.getMetadata().getUid());
    return same && cached.getMetadata().getGeneration() < result.getMetadata().getGeneration()
        ? result
        : cached;
  }

  /** The status, from the cache unless that still shows the object that was written over. */
  WorkerGroupStatus status(WorkerGroup cached) {
    WorkerGroupStatus shown = cached.getStatus();
    if (written != null && Objects.equals(writtenOver, cached.getMetadata().getResourceVersion())) {
      return written;
    }
    return shown != null ? shown : WorkerGroupStatus.unknown();
  }
}
