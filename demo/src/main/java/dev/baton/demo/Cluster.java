package dev.baton.demo;

import dev.baton.testing.Postgres;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;

/** Several servers over one PostgreSQL, and the one address that clients and workers know. */
final class Cluster {
  private final List<String> names;
  private final String url;

  private Cluster(List<String> names, String url) {
    this.names = names;
    this.url = url;
  }

  /**
   * Starts them, and returns when all are ready.
   *
   * @param ports gives a free port at each call
   * @param databaseReady told the port of the database when that is ready
   */
  static Cluster start(
      Path root,
      Stage stage,
      int count,
      IntSupplier ports,
      IntConsumer databaseReady,
      Duration limit)
      throws IOException, InterruptedException {
    if (!Postgres.isAvailable()) {
      throw new DemoFailedException(
          "there is no PostgreSQL for this machine in the package registry (only for Linux on"
              + " amd64)");
    }
    var postgres = stage.closing(Postgres.start());
    var database = postgres.newDatabase();
    databaseReady.accept(postgres.port());
    var secret = UUID.randomUUID().toString();
    var address = ports.getAsInt();
    var url = "http://localhost:" + address;
    List<String> names = new ArrayList<>();
    List<Integer> serverPorts = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      var port = ports.getAsInt();
      names.add("server-" + i);
      serverPorts.add(port);
      stage.start(
          names.getLast(),
          List.of(
              root.resolve("baton").toString(),
              "serve",
              "--server-port=" + port,
              "--server-url=" + url,
              "--observability-metrics-port=0",
              "--storage-type=postgres",
              "--storage-postgres-url=" + database,
              "--cluster-secret=" + secret,
              "--cluster-port=" + ports.getAsInt(),
              "--cluster-bind=127.0.0.1"),
          Map.of("JAVA_HOME", System.getProperty("java.home")));
    }
    for (int i = 0; i < count; i++) {
      new Probe(URI.create("http://localhost:" + serverPorts.get(i) + "/ready"))
          .awaitAnswer(names.get(i), stage, limit, _ -> true);
    }
    stage.closing(new Balancer(address, serverPorts));
    return new Cluster(names, url);
  }

  /** The servers. */
  List<String> names() {
    return names;
  }

  /** What clients and workers know. */
  String url() {
    return url;
  }
}
