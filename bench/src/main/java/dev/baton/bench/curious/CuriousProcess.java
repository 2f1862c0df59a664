package dev.baton.bench.curious;

import dev.baton.bench.host.LoadProcess;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A {@link CuriousLoad} in a process that gives way to all others: whoever reads is at another
 * machine, and what it makes of what it has read is not what is measured here.
 */
public final class CuriousProcess implements AutoCloseable {

  private final LoadProcess process;
  private final Set<Kind> kinds;

  /**
   * Starts one; it makes its groups at once.
   *
   * @param host the server's name and port
   * @param trees how many there are
   * @param groups how many to make
   * @param kinds what is read
   * @param folder where its log is
   */
  public CuriousProcess(
      String host, int metricsPort, int trees, int groups, Set<Kind> kinds, Path folder) {
    this.kinds = kinds;
    process =
        LoadProcess.start(
            List.of("nice", "-n", "19"),
            List.of("-Xms256m", "-Xmx512m"),
            "",
            CuriousLoad.class,
            List.of(
                host,
                Integer.toString(metricsPort),
                Integer.toString(trees),
                Integer.toString(groups),
                kinds.stream().map(Kind::name).collect(Collectors.joining(","))),
            folder.resolve("curious.log"));
    process.answer();
  }

  /** Lets all read. */
  public void begin() {
    process.ask("begin");
  }

  /** Lets all come to the end of what they read. */
  public void pause() {
    process.ask("pause");
  }

  /** How long one of each kind took, in seconds. */
  public Map<Kind, Double> seconds() {
    String[] seconds = process.ask("seconds").split(" ");
    Map<Kind, Double> figures = new EnumMap<>(Kind.class);
    for (Kind kind : kinds) {
      figures.put(kind, Double.valueOf(seconds[kind.ordinal()]));
    }
    return figures;
  }

  @Override
  public void close() {
    process.close();
  }
}
