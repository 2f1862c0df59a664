package dev.baton.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

class PostgresBinariesTest {

  private static final int FILES = 3_000;

  /** A server that ends removes files of its own, while its folder is being removed. */
  @Test
  @ResourceLock(Resources.SYSTEM_ERR)
  void aFolderInWhichAnotherDeletesIsDeletedWithoutAWord(@TempDir Path parent) throws Exception {
    Path folder = Files.createDirectories(parent.resolve("data/base"));
    for (int i = 0; i < FILES; i++) {
      Files.createFile(folder.resolve("file-" + i));
    }
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      CyclicBarrier together = new CyclicBarrier(2);
      Thread other =
          new Thread(() -> {
            try {
              together.await();
              for (int i = FILES - 1; i >= 0; i--) {
                Files.deleteIfExists(folder.resolve("file-" + i));
              }
            } catch (Exception e) {
              throw new AssertionError(e);
            }
          });
      other.start();
      together.await();
      PostgresBinaries.delete(parent.resolve("data"));
      other.join();
    } finally {
      System.setErr(before);
    }
    assertThat(said.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(parent.resolve("data")).doesNotExist();
  }
}
