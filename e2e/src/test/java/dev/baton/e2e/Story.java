package dev.baton.e2e;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * What a class of tests has on the cluster: nothing of Baton there when it begins, or what the
 * manifests install and no work, the log of all its workers, and a list of figures that is printed
 * when it ends. A failure prints the cluster's state.
 */
final class Story implements BeforeAllCallback, AfterAllCallback, TestWatcher {
  private final Consumer<Cluster> beginning;
  private final List<String> figures = new ArrayList<>();
  private @Nullable Cluster cluster;
  private @Nullable WorkerLog log;

  private Story(Consumer<Cluster> beginning) {
    this.beginning = beginning;
  }

  /** One that begins with nothing of Baton in the cluster. */
  static Story ofEmptyCluster() {
    return new Story(Cluster::empty);
  }

  /** One that begins with server and operator as the manifests install them. */
  static Story ofInstallation() {
    return new Story(Cluster::provideInstallation);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    var shared = Cluster.shared();
    beginning.accept(shared);
    cluster = shared;
    log = new WorkerLog(shared.client());
  }

  @Override
  public void afterAll(ExtensionContext context) {
    figures.forEach(System.out::println);
    if (log != null) {
      log.close();
    }
  }

  Cluster cluster() {
    return Objects.requireNonNull(cluster, "the cluster is not started");
  }

  WorkerLog log() {
    return Objects.requireNonNull(log, "the cluster is not started");
  }

  Group group(String name) {
    return new Group(cluster(), name);
  }

  void figure(String what) {
    figures.add(what);
  }

  void figure(String what, Instant from, Instant to) {
    figure("%s: %d ms".formatted(what, Duration.between(from, to).toMillis()));
  }

  void figure(String what, Instant from) {
    figure(what, from, Instant.now());
  }

  @Override
  public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
    System.out.println("=== the cluster after " + context.getDisplayName() + " failed ===");
    if (cluster != null) {
      cluster.doNotTrust();
      System.out.println(cluster.describe());
    }
    if (log != null) {
      System.out.println("=== what the workers told ===");
      log.lines().forEach(System.out::println);
      log.troubles().forEach(System.out::println);
    }
  }
}
