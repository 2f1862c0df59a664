package dev.baton.server.background;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class BackgroundThreadTest {

  @Test
  @EnabledOnOs(OS.LINUX)
  void itAloneIsNice() {
    int before = niceness();
    var inside = new CompletableFuture<Integer>();
    Thread thread = BackgroundThread.of("nice", () -> inside.complete(niceness()));
    assertThat(thread.isDaemon()).isTrue();
    thread.start();
    assertThat(inside.join()).isEqualTo(10);
    assertThat(niceness()).isEqualTo(before);
  }

  /** Of the calling thread: field 19 of its line, counted behind the name in brackets. */
  private static int niceness() {
    try {
      String line = Files.readString(Path.of("/proc/thread-self/stat"));
      String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
      return Integer.parseInt(fields[16]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
