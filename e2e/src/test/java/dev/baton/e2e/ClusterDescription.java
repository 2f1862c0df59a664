package dev.baton.e2e;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/** Prints the state of the cluster and what the workers told when a test has failed. */
record ClusterDescription(Supplier<@Nullable Cluster> cluster, Supplier<@Nullable WorkerLog> log)
    implements TestWatcher {

  @Override
  public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
    var seen = cluster.get();
    var told = log.get();
    System.out.println("=== the cluster after " + context.getDisplayName() + " failed ===");
    if (seen != null) {
      System.out.println(seen.describe());
    }
    if (told != null) {
      System.out.println("=== what the workers told ===");
      told.lines().forEach(System.out::println);
    }
  }
}
