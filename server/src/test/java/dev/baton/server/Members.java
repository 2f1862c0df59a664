package dev.baton.server;

import dev.baton.core.RuleSet;
import dev.baton.server.cluster.Owner;
import dev.baton.server.config.Key;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;
import dev.baton.server.storage.MemoryStorage;
import dev.baton.testing.Client;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * Servers beside each other in this process, over one store in memory. Who owns it is said by the
 * test.
 */
final class Members implements AutoCloseable {

  static final String SECRET = "what-only-servers-know";

  private final MemoryStorage storage = new MemoryStorage(RuleSet.Profile.RELEASE);
  private final List<BatonServer> servers = new ArrayList<>();
  private final List<Client> clients = new ArrayList<>();
  private long epoch;

  Members(int count) {
    this(count, layers -> layers);
  }

  Members(int count, UnaryOperator<Layers> settings) {
    for (int i = 0; i < count; i++) {
      Layers layers =
          settings.apply(
              Servers.memory()
                  .set(Key.CLUSTER_PORT, "0")
                  .set(Key.CLUSTER_SECRET, SECRET)
                  .set(Key.HANDOVER_GRACE, "200")
                  .set(Key.POLL_KEEP_ALIVE, "200"));
      BatonServer server = BatonServer.startMember(ServerConfig.of(layers));
      servers.add(server);
      clients.add(new Client(server.port()));
    }
  }

  BatonServer server(int i) {
    return servers.get(i);
  }

  Client client(int i) {
    return clients.get(i);
  }

  Member member(int i) {
    return Objects.requireNonNull(servers.get(i).member());
  }

  /** Where the others reach a server. */
  String wire(int i) {
    return Objects.requireNonNull(member(i).publicUrl());
  }

  /** A server takes over, and the others hear of it. */
  void own(int i) {
    nobody();
    member(i).own(++epoch, storage, _ -> {});
    Owner owner = new Owner(epoch, wire(i), null);
    for (int other = 0; other < servers.size(); other++) {
      if (other != i) {
        member(other).follow(owner);
      }
    }
  }

  /** The owner is deposed: it forgets what it knows, and answers nobody. */
  void nobody() {
    for (int i = 0; i < servers.size(); i++) {
      Shard left = member(i).follow(null);
      if (left != null) {
        left.awaitEnd();
      }
    }
  }

  /** A server ends as a process that is killed would: all its connections break. */
  void kill(int i) {
    servers.get(i).close();
  }

  @Override
  public void close() {
    clients.forEach(Client::close);
    servers.forEach(BatonServer::close);
  }
}
