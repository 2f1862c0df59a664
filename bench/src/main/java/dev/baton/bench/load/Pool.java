package dev.baton.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The connections of one client process: as many as it has requests in flight. */
public final class Pool {

  private final Loop loop;
  private final Target target;
  private final @Nullable InetSocketAddress source;
  private final Map<InetSocketAddress, ArrayDeque<HttpConnection>> idle = new HashMap<>();
  private final Set<HttpConnection> all = new HashSet<>();
  private List<InetSocketAddress> addresses;

  public Pool(Loop loop, Target target) {
    this(loop, target, null);
  }

  Pool(Loop loop, Target target, @Nullable InetSocketAddress source) {
    this.loop = loop;
    this.target = target;
    this.source = source;
    this.addresses = target.addresses();
    addresses.forEach(address -> idle.put(address, new ArrayDeque<>()));
  }

  /**
   * Sends a request on a connection that is free, or on a new one. Only on the loop.
   *
   * @param number fills in the id
   * @param version fills in the version
   */
  public void send(Template request, int number, long version, Reply reply) {
    InetSocketAddress to = loop.any(addresses);
    HttpConnection connection = idleAt(to).pollFirst();
    if (connection == null) {
      try {
        connection = new HttpConnection(loop, this, to, source);
      } catch (IOException e) {
        loop.execute(() -> reply.failed(e));
        return;
      }
      all.add(connection);
    }
    connection.send(request, number, version, reply);
  }

  /** Sends nothing more to that one of several servers. */
  public void avoid(Target server) {
    addresses = target.addresses().stream().filter(each -> !each.equals(server.address())).toList();
  }

  /** Sends to all servers again. */
  public void avoidNobody() {
    addresses = target.addresses();
  }

  private ArrayDeque<HttpConnection> idleAt(InetSocketAddress address) {
    ArrayDeque<HttpConnection> found = idle.get(address);
    if (found == null) {
      throw new IllegalArgumentException("no server at " + address);
    }
    return found;
  }

  void free(HttpConnection connection) {
    if (connection.isOpen()) {
      idleAt(connection.address()).addFirst(connection);
    }
  }

  void forget(HttpConnection connection) {
    idleAt(connection.address()).remove(connection);
    all.remove(connection);
  }

  /** Closes all connections; answers that were to come do not. Only on the loop. */
  public void close() {
    List<HttpConnection> open = new ArrayList<>(all);
    idle.values().forEach(ArrayDeque::clear);
    all.clear();
    open.forEach(HttpConnection::close);
  }
}
