package dev.baton.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The processes of the demo and their directory; closing it leaves nothing of either behind. */
final class Stage implements AutoCloseable {
  private static final int KEPT_LINES = 20;

  private final Map<String, Process> processes = new LinkedHashMap<>();
  private final Map<String, Deque<String>> lastLines = new LinkedHashMap<>();
  private final BlockingQueue<Line> lines = new LinkedBlockingQueue<>();
  private final Deque<AutoCloseable> further = new ArrayDeque<>();
  private final Path directory;
  private boolean closed;

  /** A line that a process wrote, on either stream. */
  record Line(String process, String text, long atNanos) {}

  Stage() throws IOException {
    directory = Files.createTempDirectory("baton-demo-");
  }

  Path directory() {
    return directory;
  }

  /** Closes it, too, after all processes. */
  synchronized <T extends AutoCloseable> T closing(T resource) {
    further.push(resource);
    return resource;
  }

  synchronized void start(String name, List<String> command, Map<String, String> environment)
      throws IOException {
    if (closed) {
      throw new IllegalStateException("the stage is closed");
    }
    var builder =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
    builder.environment().keySet().removeIf(key -> key.startsWith("RESONATE_"));
    builder.environment().putAll(environment);
    var process = builder.start();
    processes.put(name, process);
    lastLines.put(name, new ArrayDeque<>());
    Thread.ofVirtual().name("lines of " + name).start(() -> read(name, process));
  }

  /** The next line of any process, or null if none comes within the time. */
  @Nullable Line nextLine(long timeoutMs) throws InterruptedException {
    return lines.poll(timeoutMs, TimeUnit.MILLISECONDS);
  }

  boolean hasLines() {
    return !lines.isEmpty();
  }

  /** As {@code kill -9}. */
  void kill(String name) {
    process(name).destroyForcibly();
  }

  boolean isAlive(String name) {
    return process(name).isAlive();
  }

  /** Waits for the end of a process. */
  int exitCode(String name) throws InterruptedException {
    return process(name).waitFor();
  }

  /** What the processes wrote last, for the reader of a failure. */
  synchronized String lastLines() {
    var text = new StringBuilder();
    lastLines.forEach((name, kept) -> {
      text.append("--- last lines of ").append(name).append('\n');
      kept.forEach(line -> text.append(line).append('\n'));
    });
    return text.toString();
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    processes.values().forEach(Process::destroyForcibly);
    processes.values().forEach(Stage::awaitEnd);
    further.forEach(Stage::close);
    delete(directory);
  }

  private void read(String name, Process process) {
    try (var reader = process.inputReader()) {
      for (var text = reader.readLine(); text != null; text = reader.readLine()) {
        keep(name, text);
        lines.add(new Line(name, text, System.nanoTime()));
      }
    } catch (IOException e) {
      keep(name, "(its output broke: " + e.getMessage() + ")");
    }
  }

  private synchronized void keep(String name, String text) {
    var kept = lastLines.getOrDefault(name, new ArrayDeque<>());
    kept.add(text);
    if (kept.size() > KEPT_LINES) {
      kept.remove();
    }
  }

  private synchronized Process process(String name) {
    var process = processes.get(name);
    if (process == null) {
      throw new IllegalArgumentException("no process " + name);
    }
    return process;
  }

  private static void awaitEnd(Process process) {
    try {
      process.waitFor(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      throw new IllegalStateException("could not close " + resource, e);
    }
  }

  private static void delete(Path directory) {
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("could not remove " + directory, e);
    }
  }
}
