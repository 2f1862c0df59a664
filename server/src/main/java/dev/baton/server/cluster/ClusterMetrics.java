package dev.baton.server.cluster;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What a replica counts. Thread-safe. */
public final class ClusterMetrics {

  final LongAdder forwarded = new LongAdder();
  final LongAdder held = new LongAdder();
  final LongAdder repeated = new LongAdder();
  final LongAdder unknown = new LongAdder();
  final LongAdder reopened = new LongAdder();
  final AtomicInteger streams = new AtomicInteger();
  final AtomicInteger waiting = new AtomicInteger();

  /** Requests that were passed on to an owner elsewhere. */
  public long forwarded() {
    return forwarded.sum();
  }

  /** Requests that had to wait for an owner. */
  public long held() {
    return held.sum();
  }

  /** Requests that were sent again after their owner was lost. */
  public long repeated() {
    return repeated.sum();
  }

  /** Requests that were answered 503 because nobody knows whether they have happened. */
  public long unknown() {
    return unknown.sum();
  }

  /** How often the owner's side of a stream was opened anew. */
  public long reopened() {
    return reopened.sum();
  }

  /** Streams of clients that are relayed. */
  public int streams() {
    return streams.get();
  }

  /** Requests that wait for an owner. */
  public int waiting() {
    return waiting.get();
  }
}
