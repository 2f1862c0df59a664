package dev.baton.demo;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The one address of several servers, as a Service of Kubernetes is: each new connection goes to
 * the next server that takes it.
 */
final class Balancer implements AutoCloseable {
  private final ServerSocket door;
  private final List<Integer> ports;
  private final AtomicInteger turns = new AtomicInteger();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /** Listens on that port of this machine, for servers on those ports. */
  Balancer(int port, List<Integer> ports) throws IOException {
    this.door = new ServerSocket(port, 100, InetAddress.getLoopbackAddress());
    this.ports = List.copyOf(ports);
    Thread.ofVirtual().name("balancer").start(this::listen);
  }

  private void listen() {
    while (!door.isClosed()) {
      try {
        var client = door.accept();
        open.add(client);
        Thread.ofVirtual().name("connection").start(() -> serve(client));
      } catch (IOException e) {
        return; // It has been closed.
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        var server = connect()) {
      open.add(server);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      var back = Thread.ofVirtual().name("answers").start(() -> pass(server, client));
      pass(client, server);
      back.join();
    } catch (IOException e) {
      // Who cannot be served sees a connection that ends.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.removeIf(Socket::isClosed);
    }
  }

  private Socket connect() throws IOException {
    IOException last = new IOException("there are no servers");
    for (int i = 0; i < ports.size(); i++) {
      var port = ports.get(Math.floorMod(turns.getAndIncrement(), ports.size()));
      try {
        return new Socket(InetAddress.getLoopbackAddress(), port);
      } catch (IOException e) {
        last = e;
      }
    }
    throw last;
  }

  /** Until either side ends; then the other ends, too. */
  private static void pass(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      in.transferTo(to.getOutputStream());
    } catch (IOException e) {
      // One of them has ended.
    }
  }

  @Override
  public void close() throws IOException {
    door.close();
    for (var socket : open) {
      socket.close();
    }
  }
}
