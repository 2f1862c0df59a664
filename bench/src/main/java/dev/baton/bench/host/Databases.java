package dev.baton.bench.host;

import dev.baton.testing.Postgres;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL of the benchmark's own, with a database for each file that a server would have. */
public final class Databases {

  private static @Nullable Postgres postgres;
  private static final Map<Path, String> URLS = new HashMap<>();

  private Databases() {}

  /** The database in place of a file; the same for the same file. */
  static synchronized String urlOf(Path file) {
    if (postgres == null) {
      postgres = Postgres.start();
    }
    return URLS.computeIfAbsent(file, _ -> Databases.postgres().newDatabase());
  }

  private static Postgres postgres() {
    if (postgres == null) {
      throw new IllegalStateException("it was never started");
    }
    return postgres;
  }

  /** CPU seconds that it has used; 0 if there is none. */
  public static synchronized double cpuSeconds() {
    if (postgres == null) {
      return 0;
    }
    double sum = Proc.cpuSecondsWithEnded(postgres.pid());
    for (ProcessHandle child : postgres.children()) {
      sum += Proc.cpuSecondsOrZero(child.pid());
    }
    return sum;
  }
}
