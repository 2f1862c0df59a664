package dev.baton.server.storage;

import dev.baton.core.Portion;
import dev.baton.core.Promise;
import dev.baton.core.Query;
import dev.baton.core.Reader;
import dev.baton.core.Schedule;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A reader of memory that another thread changes, which looks only when it is its turn. */
record TurnReader(Reader memory, ReentrantLock turn) implements Reader {

  @Override
  public void promises(Query.Promises query, @Nullable String after, Portion<Promise> portion) {
    inTurn(() -> memory.promises(query, after, portion));
  }

  @Override
  public void tasks(Query.Tasks query, @Nullable String after, Portion<TaskRow> portion) {
    inTurn(() -> memory.tasks(query, after, portion));
  }

  @Override
  public void schedules(Query.Schedules query, @Nullable String after, Portion<Schedule> portion) {
    inTurn(() -> memory.schedules(query, after, portion));
  }

  @Override
  public @Nullable Everything everything(long bytesMost) {
    turn.lock();
    try {
      return memory.everything(bytesMost);
    } finally {
      turn.unlock();
    }
  }

  private void inTurn(Runnable look) {
    turn.lock();
    try {
      look.run();
    } finally {
      turn.unlock();
    }
  }

  @Override
  public void close() {
    memory.close();
  }
}
