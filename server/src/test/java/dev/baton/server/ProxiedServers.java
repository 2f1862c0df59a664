package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.server.config.Key;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;
import dev.baton.testing.Client;
import dev.baton.testing.Ports;
import dev.baton.testing.Postgres;
import dev.baton.testing.TcpProxy;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * Servers of this process over one PostgreSQL. Each reaches the database through a proxy of its
 * own, and is reached by the others through another.
 */
final class ProxiedServers implements AutoCloseable {

  /** On a machine that is busy with other things, too. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** A server and the networks around it. */
  record One(BatonServer server, Client client, TcpProxy database, TcpProxy wire) {}

  private volatile String url;
  private final List<One> all = new ArrayList<>();

  ProxiedServers(int count, Postgres postgres) {
    this(count, postgres, layers -> layers);
  }

  ProxiedServers(int count, Postgres postgres, UnaryOperator<Layers> settings) {
    this.url = postgres.newDatabase();
    for (int i = 0; i < count; i++) {
      int wirePort = Ports.free();
      TcpProxy database = TcpProxy.to(postgres.port());
      TcpProxy wire = TcpProxy.to(wirePort);
      BatonServer server =
          BatonServer.start(
              ServerConfig.of(
                  settings.apply(
                      Servers.postgres(
                              url.replace(":" + postgres.port() + "/", ":" + database.port() + "/"))
                          .set(Key.STORAGE_POSTGRES_TIMEOUT, "2000")
                          .set(Key.STORAGE_POSTGRES_CONNECT_TIMEOUT, "1000")
                          .set(Key.CLUSTER_PORT, Integer.toString(wirePort))
                          .set(Key.CLUSTER_URL, "http://127.0.0.1:" + wire.port())
                          .set(Key.CLUSTER_SECRET, Members.SECRET))));
      all.add(new One(server, new Client(server.port()), database, wire));
    }
    awaitAllReady();
  }

  One get(int i) {
    return all.get(i);
  }

  Client client(int i) {
    return all.get(i).client();
  }

  /** Where the database is, past the proxies. */
  String url() {
    return url;
  }

  /** Another database is at the place of the one before, with the same name. */
  void movedTo(Postgres before, Postgres after) {
    url = url.replace(":" + before.port() + "/", ":" + after.port() + "/");
    all.forEach(each -> each.database().redirect(after.port()));
  }

  /** Who owns the store by the database's word; -1 if nobody does. */
  int owner() {
    int port = MemberProcesses.ownerPort(url);
    for (int i = 0; i < all.size(); i++) {
      if (port == all.get(i).wire().port()) {
        return i;
      }
    }
    return -1;
  }

  /** One that does not own the store. */
  int other(int owner) {
    return (owner + 1) % all.size();
  }

  boolean isReady(int i) {
    return client(i).send("GET", "/ready", null).status() == 200;
  }

  void awaitAllReady() {
    for (int i = 0; i < all.size(); i++) {
      int each = i;
      await("server " + i + " is ready").atMost(PATIENCE).until(() -> isReady(each));
    }
  }

  int awaitOwnerOtherThan(int former) {
    await("another owner")
        .pollInterval(Duration.ofMillis(10))
        .atMost(PATIENCE)
        .until(() -> owner() >= 0 && owner() != former);
    return owner();
  }

  static String create(String id) {
    return "{'id':'%s','timeoutAt':99999999999999}".formatted(id);
  }

  static String createTask(String id) {
    return "{'id':'%s','timeoutAt':99999999999999,'tags':{'resonate:target':'poll://any@workers'}}"
        .formatted(id);
  }

  int create(int at, String id) {
    return client(at).call("promise.create", create(id)).status();
  }

  /** How long it takes until a server does what it is asked. */
  long untilServed(int at) {
    long began = System.nanoTime();
    await("server " + at + " serves")
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .atMost(PATIENCE)
        .until(() -> create(at, "s" + System.nanoTime()) == 200);
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
  }

  /** Clients that create promises at random servers for as long as it is open. */
  final class Load implements AutoCloseable {
    final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    final ConcurrentLinkedQueue<Integer> refusals = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean isOver;

    Load(int clients) {
      for (int i = 0; i < clients; i++) {
        int number = i;
        threads.add(Thread.ofVirtual().start(() -> run(number)));
      }
    }

    private void run(int number) {
      Random random = new Random(number);
      for (int i = 0; !isOver; i++) {
        String id = "load" + number + "." + i;
        try {
          int status = create(random.nextInt(all.size()), id);
          if (status == 200) {
            acknowledged.add(id);
          } else {
            refusals.add(status);
          }
        } catch (UncheckedIOException e) {
          refusals.add(0);
        }
      }
    }

    void awaitMore(int count) {
      int enough = acknowledged.size() + count;
      await("load").atMost(PATIENCE).until(() -> acknowledged.size() >= enough);
    }

    /** All that was acknowledged is there, and what was not was refused as it should be. */
    void check() {
      close();
      assertThat(refusals).allMatch(status -> status == 503);
      for (int i = 0; i < all.size(); i++) {
        untilServed(i);
      }
      int at = 0;
      for (String id : acknowledged) {
        assertThat(
                client(at++ % all.size()).call("promise.get", "{'id':'%s'}".formatted(id)).status())
            .as(id)
            .isEqualTo(200);
      }
    }

    @Override
    public void close() {
      isOver = true;
      for (Thread each : threads) {
        try {
          each.join();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  @Override
  public void close() {
    for (One each : all) {
      each.database().heal();
      each.wire().heal();
    }
    for (One each : all) {
      each.client().close();
      each.server().close();
      each.database().close();
      each.wire().close();
    }
  }
}
