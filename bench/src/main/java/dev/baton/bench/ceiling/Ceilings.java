package dev.baton.bench.ceiling;

import dev.baton.bench.load.Samples;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Measures what the machine allows, beside each round of what it is the ceiling of. */
public final class Ceilings implements AutoCloseable {

  /** An HTTP echo on the server's stack, from the same load generator. */
  public record Http(double requestsPerSecond, double p50Ms, double p99Ms, double cpuMs) {}

  /** Writes of 4 KiB, each made durable. */
  public record Sync(double perSecond, double p50Ms, double p99Ms) {}

  /** Rows written to SQLite in batches, each batch made durable. */
  public record Upserts(double rowsPerSecond, double cpuMsPerRow) {}

  private static final int PAGE = 4096;

  /** As long as SQLite's log grows before its pages are used again. */
  private static final long LOG = 1000 * PAGE;

  private static final int UPSERTS_WARM_UP = 256;

  private final Path folder;
  private final List<String> javaOptions;
  private @Nullable Echo echo;
  private @Nullable RawUpserts upserts;

  /**
   * Measures nothing yet.
   *
   * @param folder on the disk that the server writes to
   * @param javaOptions those of the server, for the echo
   */
  public Ceilings(Path folder, List<String> javaOptions) {
    this.folder = folder;
    this.javaOptions = javaOptions;
  }

  /** An echo and a sync on a machine that slept before each of them. */
  public record Paced(double echoP50Ms, double echoP99Ms, double syncP50Ms, double syncP99Ms) {}

  /** Echoes for a while. */
  public Http echo(int connections, double seconds) {
    return echo().run(connections, seconds);
  }

  private Echo echo() {
    if (echo == null) {
      echo = new Echo(javaOptions);
    }
    return echo;
  }

  /** So many echoes, and then so many syncs, with a pause before each. */
  public Paced paced(int count, double pauseSeconds) {
    Samples echoes = echo().paced(count, pauseSeconds);
    AtomicInteger left = new AtomicInteger(count);
    Samples syncs =
        syncs(() -> {
          LockSupport.parkNanos((long) (pauseSeconds * 1e9));
          return left.getAndDecrement() > 0;
        });
    return new Paced(echoes.ms(0.5), echoes.ms(0.99), syncs.ms(0.5), syncs.ms(0.99));
  }

  /** Syncs for a while. */
  public Sync sync(double seconds) {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    Samples samples = syncs(() -> System.nanoTime() < end);
    return new Sync(samples.size() / seconds, samples.ms(0.5), samples.ms(0.99));
  }

  /**
   * Pages of a file that has its size already, as a database's log has. To make a file longer takes
   * more than to write it again.
   */
  private Samples syncs(BooleanSupplier isMore) {
    Path file = folder.resolve("sync.ceiling");
    Samples samples = new Samples();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ByteBuffer page = ByteBuffer.allocateDirect(PAGE);
      for (long at = channel.size(); at < LOG; at += PAGE) {
        channel.write(page.clear(), at);
      }
      channel.force(true);
      long at = 0;
      while (isMore.getAsBoolean()) {
        long started = System.nanoTime();
        channel.write(page.clear(), at);
        channel.force(false);
        samples.add(System.nanoTime() - started);
        at = (at + PAGE) % LOG;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("syncing " + file, e);
    }
    return samples;
  }

  /** Upserts for a while. */
  public Upserts upserts(int batch, double seconds) {
    if (upserts == null) {
      upserts = new RawUpserts(folder.resolve("upserts.ceiling"));
      upserts.run(UPSERTS_WARM_UP, seconds);
    }
    return upserts.run(batch, seconds);
  }

  @Override
  public void close() {
    if (echo != null) {
      echo.close();
    }
    if (upserts != null) {
      upserts.close();
    }
  }
}
