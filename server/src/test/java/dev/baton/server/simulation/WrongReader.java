package dev.baton.server.simulation;

import dev.baton.core.Portion;
import dev.baton.core.Promise;
import dev.baton.core.Query;
import dev.baton.core.Reader;
import dev.baton.core.Schedule;
import org.jspecify.annotations.Nullable;

/** A reader of which a mutant changes something. */
abstract class WrongReader implements Reader {

  private final Reader real;

  WrongReader(Reader real) {
    this.real = real;
  }

  @Override
  public void promises(Query.Promises query, @Nullable String after, Portion<Promise> portion) {
    real.promises(query, after, portion);
  }

  @Override
  public void tasks(Query.Tasks query, @Nullable String after, Portion<TaskRow> portion) {
    real.tasks(query, after, portion);
  }

  @Override
  public void schedules(Query.Schedules query, @Nullable String after, Portion<Schedule> portion) {
    real.schedules(query, after, portion);
  }

  @Override
  public @Nullable Everything everything(long bytesMost) {
    return real.everything(bytesMost);
  }

  @Override
  public void close() {
    real.close();
  }
}
