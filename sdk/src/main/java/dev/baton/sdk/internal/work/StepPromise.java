package dev.baton.sdk.internal.work;

import dev.baton.sdk.DurablePromise;
import dev.baton.sdk.internal.value.Outcomes;
import java.lang.reflect.Type;

/**
 * A step that was begun.
 *
 * @param remote whether something outside of this execution settles it
 */
record StepPromise<T>(Frame frame, String id, Type type, boolean remote)
    implements DurablePromise<T> {

  @Override
  public T result() {
    frame.checkOwner();
    return Outcomes.of(frame.execution().strands().await(id, remote), type);
  }

  void join() {
    frame.execution().strands().await(id, remote);
  }
}
