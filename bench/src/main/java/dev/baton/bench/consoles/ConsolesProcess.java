package dev.baton.bench.consoles;

import dev.baton.bench.host.LoadProcess;
import java.nio.file.Path;
import java.util.List;

/**
 * Consoles in a process that gives way to all others: whoever looks at them is at another machine,
 * and what a browser makes of what it is told is not what is measured here.
 */
public final class ConsolesProcess implements AutoCloseable {

  private final LoadProcess process;

  /**
   * Starts one; none is open.
   *
   * @param host the server's name and port
   * @param folder where its log is
   */
  public ConsolesProcess(String host, Path folder) {
    process =
        LoadProcess.start(
            List.of("nice", "-n", "19"),
            List.of("-Xms64m", "-Xmx256m"),
            "",
            ConsolesLoad.class,
            List.of(host),
            folder.resolve("consoles.log"));
    process.answer();
  }

  /**
   * Opens so many, and waits until each has its first snapshot.
   *
   * @param group the one whose relay is shown
   */
  public void open(View view, int count, String group) {
    process.ask("open " + view + " " + count + " " + group);
  }

  /** What all of them have been told since they were opened, in bytes. */
  public long bytes() {
    return Long.parseLong(process.ask("bytes"));
  }

  /** Closes those that are open. */
  public void closeAll() {
    process.ask("close");
  }

  @Override
  public void close() {
    process.close();
  }
}
