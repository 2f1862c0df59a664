package dev.baton.server;

import dev.baton.server.cluster.ClusterMetrics;
import dev.baton.server.cluster.Owner;
import dev.baton.server.storage.postgres.DatabaseClock;

/** What a server among others shows of itself. */
final class ClusterGauges {

  private ClusterGauges() {}

  static void show(Metrics metrics, Member member, DatabaseClock clock) {
    ClusterMetrics counted = member.replica().metrics();
    metrics.gauge("baton_cluster_owner", () -> member.shard() == null ? 0 : 1);
    metrics.gauge(
        "baton_cluster_epoch",
        () -> {
          Owner owner = member.view().owner();
          return owner == null ? 0 : owner.epoch();
        });
    metrics.gauge("baton_cluster_owner_known", () -> member.view().owner() == null ? 0 : 1);
    metrics.gauge("baton_cluster_clock_offset_seconds", () -> clock.offsetMs() / 1e3);
    metrics.gauge("baton_cluster_relayed_streams", counted::streams);
    metrics.gauge("baton_cluster_waiting_requests", counted::waiting);
    metrics.counter(
        "baton_cluster_forwarded_requests",
        "Requests that were passed on to the owner",
        counted::forwarded);
    metrics.counter(
        "baton_cluster_held_requests", "Requests that had to wait for an owner", counted::held);
    metrics.counter(
        "baton_cluster_repeated_requests",
        "Requests that were sent again after their owner was lost",
        counted::repeated);
    metrics.counter(
        "baton_cluster_unknown_requests",
        "Requests of which nobody knows whether they happened",
        counted::unknown);
    metrics.counter(
        "baton_cluster_reopened_streams",
        "Streams whose owner's side was opened anew",
        counted::reopened);
  }

  static void show(Metrics metrics, Candidate candidate) {
    metrics.counter(
        "baton_cluster_takeovers", "How often this server has taken over", candidate::takeovers);
    metrics.counter(
        "baton_cluster_handovers",
        "How often this server had read the store before its owner ended",
        candidate::handOvers);
    metrics.gauge("baton_cluster_takeover_seconds", candidate::takeoverSeconds);
    metrics.gauge("baton_cluster_database_silence_seconds", candidate::silenceSeconds);
  }
}
