package dev.baton.server.fuzz;

import dev.baton.core.RuleSet;
import dev.baton.server.storage.Storage;
import dev.baton.server.storage.sqlite.SqliteStorage;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.Label;
import org.jspecify.annotations.Nullable;

@Label("SQLite reads what the edge accepts")
class SqliteReadableTest extends ReadableContract {

  private @Nullable Path folder;

  @Override
  Storage open() throws Exception {
    folder = Files.createTempDirectory("readable");
    return SqliteStorage.open(folder.resolve("baton.db"), RuleSet.Profile.RELEASE);
  }

  @Override
  Storage restarted(Storage storage) {
    storage.close();
    return SqliteStorage.open(folder().resolve("baton.db"), RuleSet.Profile.RELEASE);
  }

  @Override
  void remove(Storage storage) throws Exception {
    storage.close();
    try (var files = Files.list(folder())) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder());
  }

  private Path folder() {
    if (folder == null) {
      throw new IllegalStateException("nothing is open");
    }
    return folder;
  }
}
