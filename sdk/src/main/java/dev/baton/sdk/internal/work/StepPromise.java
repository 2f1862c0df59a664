package dev.baton.sdk.internal.work;

import dev.baton.protocol.PromiseRecord;
import dev.baton.sdk.DurablePromise;
import dev.baton.sdk.Options;
import dev.baton.sdk.StillPendingException;
import dev.baton.sdk.internal.value.Outcomes;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;

/** A step that was begun. */
final class StepPromise<T> implements DurablePromise<T> {

  private final Frame frame;
  private final String id;
  private final String name;
  private final Type type;
  private final boolean remote;
  private boolean observed;

  /**
   * @param name of what it runs; empty for what runs nothing
   * @param remote whether something outside of this execution settles it
   */
  StepPromise(Frame frame, String id, String name, Type type, boolean remote) {
    this.frame = frame;
    this.id = id;
    this.name = name;
    this.type = type;
    this.remote = remote;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public T result() {
    frame.checkOwner();
    observed = true;
    return Outcomes.of(frame.execution().values(), join(), type);
  }

  @Override
  public T result(Duration limit) {
    frame.checkOwner();
    var context = new StepContext(frame, Options.defaults());
    // Steps of their own, made also for a promise that is settled already: the function makes the
    // same steps whenever it is run again.
    int first = context.select(List.of(this, context.beginSleep(limit)));
    if (first == 1) {
      throw new StillPendingException(id, limit);
    }
    return result();
  }

  @Override
  public void cancel() {
    frame.checkOwner();
    observed = true;
    frame.execution().cancel(id);
  }

  Strands.Awaited awaited() {
    return new Strands.Awaited(id, remote);
  }

  PromiseRecord join() {
    return frame.execution().strands().await(id, remote);
  }

  Frame frame() {
    return frame;
  }

  String name() {
    return name;
  }

  boolean isRemote() {
    return remote;
  }

  /** Whether somebody has asked for its result. */
  boolean isObserved() {
    return observed;
  }
}
