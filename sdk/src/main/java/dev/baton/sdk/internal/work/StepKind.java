package dev.baton.sdk.internal.work;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Tags;

/** The kinds of step, which a promise's tags tell apart. */
enum StepKind {
  RUN("run"),
  RPC("rpc"),
  SLEEP("sleep"),
  PROMISE("promise");

  private final String word;

  StepKind(String word) {
    this.word = word;
  }

  static StepKind of(PromiseRecord promise) {
    var tags = promise.tags();
    if ("true".equals(tags.get(Tags.TIMER))) {
      return SLEEP;
    }
    if ("local".equals(tags.get(Tags.SCOPE))) {
      return RUN;
    }
    return tags.containsKey(Tags.TARGET) ? RPC : PROMISE;
  }

  @Override
  public String toString() {
    return word;
  }
}
