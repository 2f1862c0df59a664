package dev.baton.server;

import dev.baton.core.RuleSet;
import dev.baton.server.config.Key;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;
import dev.baton.server.warmup.WarmUp;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server to practise on: like the real one, on the loopback address only, and on a file in
 * memory, if the machine has such files.
 */
final class PracticeServer implements WarmUp.Ground {

  private static final Logger LOG = LoggerFactory.getLogger(PracticeServer.class);
  private static final Path MEMORY_FILES = Path.of("/dev/shm");
  private static final String PREFIX = "baton-practice-";

  private final BatonServer server;
  private final @Nullable Path folder;

  private PracticeServer(BatonServer server, @Nullable Path folder) {
    this.server = server;
    this.folder = folder;
  }

  static PracticeServer open(ServerConfig real) throws IOException {
    Path folder =
        switch (real.storage()) {
          case ServerConfig.Storage.Memory _, ServerConfig.Storage.Postgres _ -> null;
          case ServerConfig.Storage.Sqlite _ -> newFolder();
        };
    try {
      return new PracticeServer(BatonServer.practice(config(real, folder)), folder);
    } catch (RuntimeException e) {
      delete(folder);
      throw e;
    }
  }

  private static ServerConfig config(ServerConfig real, @Nullable Path folder) {
    boolean isMain = real.rules().profile() == RuleSet.Profile.MAIN;
    return ServerConfig.of(
        new Layers()
            .set(Key.SERVER_PORT, "0")
            .set(Key.SERVER_BIND, "localhost")
            .set(Key.METRICS_PORT, "0")
            .set(Key.PROFILE, isMain ? "main" : "release")
            .set(Key.STORAGE_SQLITE_PATH, folder == null ? ":memory:" : folder + "/practice.db"));
  }

  private static Path newFolder() throws IOException {
    String prefix = PREFIX + ProcessHandle.current().pid() + "-";
    if (!Files.isDirectory(MEMORY_FILES) || !Files.isWritable(MEMORY_FILES)) {
      return Files.createTempDirectory(prefix);
    }
    removeWhatKilledProcessesLeft();
    return Files.createTempDirectory(MEMORY_FILES, prefix);
  }

  /** Files in memory outlive a process, and in a pod its containers. */
  private static void removeWhatKilledProcessesLeft() throws IOException {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(MEMORY_FILES, PREFIX + "*-*")) {
      for (Path folder : folders) {
        String pid = folder.getFileName().toString().substring(PREFIX.length()).split("-", 2)[0];
        if (pid.matches("\\d{1,18}") && isOver(Long.parseLong(pid))) {
          delete(folder);
        }
      }
    }
  }

  /** The first process of a container has the number that the last container's had. */
  private static boolean isOver(long pid) {
    return pid == 1 && ProcessHandle.current().pid() == 1 || ProcessHandle.of(pid).isEmpty();
  }

  @Override
  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.close();
    delete(folder);
  }

  private static void delete(@Nullable Path folder) {
    File[] files = folder == null ? null : folder.toFile().listFiles();
    if (folder == null || files == null) {
      return;
    }
    try {
      for (File file : files) {
        Files.delete(file.toPath());
      }
      Files.delete(folder);
    } catch (IOException e) {
      LOG.debug("What was practised on is left in {}", folder, e);
    }
  }
}
