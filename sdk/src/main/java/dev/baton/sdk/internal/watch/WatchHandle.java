package dev.baton.sdk.internal.watch;

import dev.baton.protocol.PromiseRecord;
import dev.baton.sdk.Handle;
import dev.baton.sdk.internal.value.Outcomes;
import dev.baton.sdk.internal.value.Values;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A handle of a promise. It is watched from the first time that somebody asks for its outcome. */
public final class WatchHandle<T> implements Handle<T> {

  private final Watches watches;
  private final Values values;
  private final String id;
  private final Type type;
  private final Duration patience;
  private final @Nullable PromiseRecord known;
  private volatile @Nullable Watch watch;

  /**
   * @param known the promise if it is known to be settled; else anything
   */
  public WatchHandle(
      Watches watches,
      Values values,
      String id,
      Type type,
      Duration patience,
      @Nullable PromiseRecord known) {
    this.watches = watches;
    this.values = values;
    this.id = id;
    this.type = type;
    this.patience = patience;
    this.known = known != null && known.isSettled() ? known : null;
  }

  /** Two threads may both ask, and get the same one. */
  private Watch watch() {
    var existing = watch;
    if (existing == null) {
      existing = watches.of(id);
      watch = existing;
    }
    return existing;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public boolean isDone() {
    return known != null || watch().isSettled(patience);
  }

  @Override
  public T result() {
    return Outcomes.of(values, known != null ? known : watch().await(), type);
  }

  @Override
  public boolean cancel() {
    var settled = known != null ? known : watches.cancel(id, patience);
    return settled.state() == PromiseRecord.State.REJECTED_CANCELED;
  }

  @Override
  public CompletableFuture<T> toFuture() {
    // Never on the thread that hears the messages: whoever holds the future may do what it likes.
    return (known != null ? CompletableFuture.completedFuture(known) : watches.future(watch()))
        .thenApplyAsync(
            promise -> Outcomes.<T>of(values, promise, type), Thread::startVirtualThread);
  }

  @Override
  public T result(Duration limit) {
    return Outcomes.of(values, known != null ? known : watch().await(limit), type);
  }
}
