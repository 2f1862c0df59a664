package dev.baton.server.background;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

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

  /** Whoever asks for a shorter slice, as all do by themselves, is let in before it when waking. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void itAloneAsksForALongSlice() {
    long usual = sliceNanos();
    assumeThat(usual).as("a kernel that tells slices").isPositive();
    assumeThat(kernel()).as("one that lets them be set").isGreaterThanOrEqualTo(6_012);
    var inside = new CompletableFuture<Long>();
    BackgroundThread.of("nice", () -> inside.complete(sliceNanos())).start();
    assertThat(inside.join()).isEqualTo(10_000_000).isGreaterThan(usual);
    assertThat(sliceNanos()).isEqualTo(usual);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void itIsNiceWhereTheSystemTakesNothingElse() throws InterruptedException {
    var inside = new CompletableFuture<Integer>();
    Thread thread =
        new Thread(() -> {
          try {
            assertThat(LinuxScheduling.setPriority(7)).isTrue();
            inside.complete(niceness());
          } catch (Throwable e) {
            inside.completeExceptionally(e);
          }
        });
    thread.start();
    assertThat(inside.join()).isEqualTo(7);
    thread.join();
  }

  /** Of the calling thread; 0 where the system does not tell. */
  private static long sliceNanos() {
    try (var lines = Files.lines(Path.of("/proc/thread-self/sched"))) {
      return lines
          .filter(line -> line.startsWith("se.slice"))
          .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }

  /** 6.12 is 6012. */
  private static int kernel() {
    String[] numbers = System.getProperty("os.version").split("[^0-9]+");
    return Integer.parseInt(numbers[0]) * 1_000 + Integer.parseInt(numbers[1]);
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
