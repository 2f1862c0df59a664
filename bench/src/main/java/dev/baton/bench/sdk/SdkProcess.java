package dev.baton.bench.sdk;

import dev.baton.bench.host.LoadProcess;
import java.nio.file.Path;
import java.util.List;

/** A {@link SdkLoad} in a process of its own. */
public final class SdkProcess implements AutoCloseable {

  private final LoadProcess process;

  /**
   * Starts one.
   *
   * @param baseline jars of another build of the SDK, as a class path; empty for this build
   * @param folder where its log is
   */
  public SdkProcess(String baseline, String url, String group, Path folder) {
    process =
        LoadProcess.start(
            List.of(),
            List.of("-Xms256m", "-Xmx256m"),
            baseline,
            SdkLoad.class,
            List.of(url, group),
            folder.resolve(group + ".log"));
  }

  /** Has it measure a function for so long. */
  public SdkRound round(String function, double seconds) {
    return SdkRound.of(process.ask(function + " " + seconds));
  }

  @Override
  public void close() {
    process.close();
  }
}
