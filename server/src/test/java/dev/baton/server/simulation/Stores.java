package dev.baton.server.simulation;

import dev.baton.core.RuleSet;
import dev.baton.server.storage.Storage;
import dev.baton.server.storage.sqlite.SqliteStorage;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The stores that histories are run on. */
final class Stores {

  private Stores() {}

  /** A disk that is only imagined. */
  static Store imagined(boolean evicts) {
    Disk disk = new Disk();
    return new Store() {
      @Override
      public Storage open() {
        return new DiskStorage(disk, evicts);
      }

      @Override
      public void close() {}
    };
  }

  /** A file. */
  static Store sqlite(Path file) {
    return new Store() {
      private @Nullable Storage open;

      @Override
      public Storage open() {
        open = SqliteStorage.open(file, RuleSet.Profile.RELEASE);
        return open;
      }

      @Override
      public void close() {
        if (open != null) {
          open.close();
          open = null;
        }
      }
    };
  }
}
