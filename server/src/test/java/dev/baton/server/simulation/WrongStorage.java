package dev.baton.server.simulation;

import dev.baton.core.Outcome;
import dev.baton.core.Reader;
import dev.baton.core.State;
import dev.baton.core.Task;
import dev.baton.server.storage.Rows;
import dev.baton.server.storage.Storage;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A storage of which a mutant changes something. */
abstract class WrongStorage implements Storage {

  private final Storage real;

  WrongStorage(Storage real) {
    this.real = real;
  }

  @Override
  public <R> R transact(Function<Rows, R> work) {
    return real.transact(work);
  }

  @Override
  public long liveBytes() {
    return real.liveBytes();
  }

  @Override
  public State live() {
    return real.live();
  }

  @Override
  public boolean hasFailed() {
    return real.hasFailed();
  }

  @Override
  public void recover() {
    real.recover();
  }

  @Override
  public long interruptedAt() {
    return real.interruptedAt();
  }

  @Override
  public void replay(Consumer<Task> tasks, Consumer<Outcome.Unblock> unblocks) {
    real.replay(tasks, unblocks);
  }

  @Override
  public Map<String, Integer> groupSlots() {
    return real.groupSlots();
  }

  @Override
  public void saveGroupSlots(String group, @Nullable Integer slotsPerWorker) {
    real.saveGroupSlots(group, slotsPerWorker);
  }

  @Override
  public Reader reader() {
    return real.reader();
  }

  @Override
  public void close() {
    real.close();
  }
}
