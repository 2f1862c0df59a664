package dev.baton.server.storage.sqlite;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a second server from a file that one has open, and nobody else: tools may read the file, or
 * copy it with SQLite's own means. It is a lock of the operating system on a file beside, so it
 * ends with the process, however that ends. The file beside stays, and says who has the store open,
 * or nothing after an orderly end.
 */
final class StoreLock {

  private static final Logger LOG = LoggerFactory.getLogger(StoreLock.class);

  private static final String SUFFIX = ".lock";

  /** As many as Linux follows. */
  private static final int MOST_LINKS = 40;

  private static final String IN_ORDER = "closed";
  private static final int MOST_READ = 200;

  /**
   * Those of this process. The system's locks are those of a process, and it gives up all of a file
   * when it closes that file anywhere.
   */
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  private final Path beside;
  private final FileChannel channel;
  private final String before;

  private StoreLock(Path beside, FileChannel channel, String before) {
    this.beside = beside;
    this.channel = channel;
    this.before = before;
  }

  /**
   * Takes the lock.
   *
   * @throws IOException if another server has it, or there is no such folder
   */
  static StoreLock take(Path file) throws IOException {
    Path beside = Path.of(behindLinks(file.toAbsolutePath()) + SUFFIX);
    if (!OWN.add(beside)) {
      throw new IOException("this process has it open already");
    }
    try {
      return take(beside, FileChannel.open(beside, CREATE, READ, WRITE));
    } catch (IOException | RuntimeException e) {
      OWN.remove(beside);
      throw e;
    }
  }

  /**
   * The file that is meant, be it there or not: two servers that come to it by different links must
   * find the same lock.
   */
  private static Path behindLinks(Path file) throws IOException {
    Path at = file;
    for (int i = 0; i < MOST_LINKS && Files.isSymbolicLink(at); i++) {
      at = at.resolveSibling(Files.readSymbolicLink(at));
    }
    Path folder = at.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new IOException("folder " + folder + " does not exist");
    }
    return folder.toRealPath().resolve(at.getFileName());
  }

  private static StoreLock take(Path beside, FileChannel channel) throws IOException {
    try {
      String before = read(channel);
      if (channel.tryLock() == null) {
        throw new IOException(
            "another server has it open (%s is locked by process %s)"
                .formatted(beside.getFileName(), before));
      }
      StoreLock lock = new StoreLock(beside, channel, before);
      lock.write(Long.toString(ProcessHandle.current().pid()));
      return lock;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static String read(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(MOST_READ);
    channel.read(text, 0);
    return new String(text.array(), 0, text.position(), StandardCharsets.UTF_8).strip();
  }

  /** What it says is good to know; without room on the disk the lock does as well. */
  private void write(String text) {
    try {
      channel.truncate(0);
      channel.write(ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8)), 0);
    } catch (IOException e) {
      LOG.warn("{} could not be written: {}", beside, e.getMessage());
    }
  }

  /** Whether it is known that the server before this one ended in good order. */
  boolean wasLeftInOrder() {
    return before.equals(IN_ORDER);
  }

  /** The store is closed. */
  void release(boolean isInOrder) {
    if (isInOrder) {
      write(IN_ORDER);
    }
    free();
  }

  /** The store could not be opened: the next one finds what this one found. */
  void abandon() {
    write(before);
    free();
  }

  private void free() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.warn("{} could not be closed: {}", beside, e.getMessage());
    }
    OWN.remove(beside);
  }
}
