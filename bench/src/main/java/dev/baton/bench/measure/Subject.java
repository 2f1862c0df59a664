package dev.baton.bench.measure;

import dev.baton.bench.host.Databases;
import dev.baton.bench.host.Proc;
import dev.baton.bench.host.ServerProcess;
import dev.baton.bench.load.LoadException;
import dev.baton.bench.load.Loop;
import dev.baton.bench.load.Repetition;
import dev.baton.bench.load.Requests;
import dev.baton.bench.load.Target;
import dev.baton.bench.load.Template;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.LongToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The server that is measured, and the loop that loads it. */
final class Subject implements AutoCloseable {

  private static final int FILLING_AT_ONCE = 64;

  private static int tags;

  private final String runId;
  private final Target target;
  private final @Nullable Long pid;
  private final List<ServerProcess> processes;
  private final @Nullable Path store;
  private final Loop loop = new Loop();

  /** A server that runs. */
  Subject(String runId, Target target, @Nullable Long pid) {
    this.runId = runId;
    this.target = target;
    this.pid = pid;
    this.processes = List.of();
    this.store = null;
  }

  /**
   * Servers of this run's own.
   *
   * @param store the file, or what stands for a database
   */
  Subject(String runId, @Nullable Long pid, List<ServerProcess> processes, Path store) {
    this.runId = runId;
    this.target = Target.anyOf(processes.stream().map(ServerProcess::target).toList());
    this.pid = pid;
    this.processes = List.copyOf(processes);
    this.store = store;
  }

  Target target() {
    return target;
  }

  Loop loop() {
    return loop;
  }

  /** A name that no other part of this run, and no earlier run, uses. */
  String unique(String name) {
    return name + "-" + runId + "-" + ++tags;
  }

  /** Requests about promises that no other part of this run knows. */
  Requests requests(String name) {
    return new Requests(target, unique(name));
  }

  /** Its process, if this run started it. */
  ServerProcess process() {
    return processes().getFirst();
  }

  /** The same of several. */
  List<ServerProcess> processes() {
    if (processes.isEmpty()) {
      throw new NotPossibleException("needs a server that the benchmark starts itself");
    }
    return processes;
  }

  /** Whether it is several servers over one database. */
  boolean isSeveral() {
    return processes.size() > 1;
  }

  /** The one of several that owns their database. */
  ServerProcess owner() {
    if (store == null) {
      throw new NotPossibleException("needs servers that the benchmark starts itself");
    }
    return Databases.owner(store, processes());
  }

  /**
   * CPU seconds that it has used, and its database, if it is of ours; NaN if its process is not
   * known.
   */
  double cpuSeconds() {
    return each(Proc::cpuSeconds) + Databases.cpuSeconds();
  }

  /** Its resident memory in MB; NaN if its process is not known. */
  double residentMb() {
    return each(Proc::residentMb);
  }

  private double each(LongToDoubleFunction figure) {
    if (processes.isEmpty()) {
      return pid == null ? Double.NaN : figure.applyAsDouble(pid);
    }
    return processes.stream().mapToLong(ServerProcess::pid).mapToDouble(figure).sum();
  }

  /** Lets the load run for a while; throws when it breaks. */
  void pause(double seconds) {
    try {
      loop.broken().get((long) (seconds * 1e9), TimeUnit.NANOSECONDS);
    } catch (TimeoutException _) {
      return; // All went well all the time.
    } catch (ExecutionException e) {
      throw new LoadException("the load broke: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LoadException("interrupted", e);
    }
  }

  /** Waits for something that the loop will complete. */
  <R> R await(CompletableFuture<R> result, double seconds) {
    try {
      CompletableFuture.anyOf(result, loop.broken())
          .get((long) (seconds * 1e9), TimeUnit.NANOSECONDS);
      return result.join();
    } catch (TimeoutException e) {
      throw new LoadException("nothing happened for " + seconds + " s", e);
    } catch (ExecutionException e) {
      throw new LoadException("the load broke: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LoadException("interrupted", e);
    }
  }

  /** Waits until something holds on the loop. */
  void until(BooleanSupplier condition, double seconds) {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    while (!loop.call(condition::getAsBoolean)) {
      if (System.nanoTime() > end) {
        throw new LoadException("waited in vain for " + seconds + " s", null);
      }
      pause(0.005);
    }
  }

  /** Sends a creating request so often, each time with another number. */
  void fill(Template create, int count) {
    Repetition load = Repetition.start(loop, target, create, FILLING_AT_ONCE, count);
    until(() -> load.samples().size() == count, 300);
    load.close();
  }

  @Override
  public void close() {
    loop.close();
    processes.forEach(ServerProcess::close);
  }
}
