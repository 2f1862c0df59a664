package dev.baton.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The connections of one client process: as many as it has requests in flight. */
public final class Pool {

  private final Loop loop;
  private final Target target;
  private final @Nullable InetSocketAddress source;
  private final ArrayDeque<HttpConnection> idle = new ArrayDeque<>();
  private final Set<HttpConnection> all = new HashSet<>();

  public Pool(Loop loop, Target target) {
    this(loop, target, null);
  }

  Pool(Loop loop, Target target, @Nullable InetSocketAddress source) {
    this.loop = loop;
    this.target = target;
    this.source = source;
  }

  /**
   * Sends a request on a connection that is free, or on a new one. Only on the loop.
   *
   * @param number fills in the id
   * @param version fills in the version
   */
  public void send(Template request, int number, long version, Reply reply) {
    HttpConnection connection = idle.pollFirst();
    if (connection == null) {
      try {
        connection = new HttpConnection(loop, this, target.address(), source);
      } catch (IOException e) {
        loop.execute(() -> reply.failed(e));
        return;
      }
      all.add(connection);
    }
    connection.send(request, number, version, reply);
  }

  void free(HttpConnection connection) {
    if (connection.isOpen()) {
      idle.addFirst(connection);
    }
  }

  void forget(HttpConnection connection) {
    idle.remove(connection);
    all.remove(connection);
  }

  /** Closes all connections; answers that were to come do not. Only on the loop. */
  public void close() {
    List<HttpConnection> open = new ArrayList<>(all);
    idle.clear();
    all.clear();
    open.forEach(HttpConnection::close);
  }
}
