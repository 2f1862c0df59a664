package dev.baton.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A piece of network between somebody and a port of this machine, which can be broken in the ways
 * that networks break. Threads of its own copy bytes; all methods may be called by any thread.
 */
public final class TcpProxy implements AutoCloseable {

  /** What becomes of the bytes of one direction. */
  private enum Way {
    OPEN,
    SILENT
  }

  private final ServerSocket listener;
  private volatile int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private Way there = Way.OPEN;
  private Way back = Way.OPEN;
  private boolean isCut;
  private long delayNanos;
  private boolean isClosed;

  private TcpProxy(ServerSocket listener, int target) {
    this.listener = listener;
    this.target = target;
  }

  /** One that leads to a port of this machine. */
  public static TcpProxy to(int port) {
    try {
      TcpProxy proxy =
          new TcpProxy(new ServerSocket(0, 200, InetAddress.getLoopbackAddress()), port);
      Thread.ofPlatform().daemon().name("proxy to " + port).start(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException("opening a proxy", e);
    }
  }

  /** Where it listens, on the loopback address. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Nobody gets through, and nobody hears of it: as when a machine or a cable has gone. */
  public void silence() {
    set(Way.SILENT, Way.SILENT, false);
  }

  /** What is sent arrives, and no answer comes: half of the way is gone. */
  public void silenceAnswers() {
    set(Way.OPEN, Way.SILENT, false);
  }

  /** All connections break, and new ones are refused at once. */
  public void cut() {
    set(Way.OPEN, Way.OPEN, true);
    sockets.forEach(TcpProxy::close);
  }

  /** New connections lead to another port: as a name does that is moved. */
  public void redirect(int port) {
    target = port;
  }

  /** What is sent arrives so much later, in each direction. */
  public void delay(long ms) {
    lock.lock();
    try {
      delayNanos = TimeUnit.MILLISECONDS.toNanos(ms);
    } finally {
      lock.unlock();
    }
  }

  /** All is well again; what was held back arrives. */
  public void heal() {
    set(Way.OPEN, Way.OPEN, false);
  }

  private void set(Way toTarget, Way fromTarget, boolean cut) {
    lock.lock();
    try {
      there = toTarget;
      back = fromTarget;
      isCut = cut;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Thread.ofPlatform().daemon().name("proxied").start(() -> serve(client));
      } catch (IOException e) {
        // It was closed, or the client has left.
      }
    }
  }

  private void serve(Socket client) {
    sockets.add(client);
    try {
      if (isCut() || !awaitOpen(true)) {
        client.setSoLinger(true, 0); // Refused, as far as a process can.
        return;
      }
      client.setTcpNoDelay(true);
      Socket server = new Socket();
      sockets.add(server);
      try {
        server.setTcpNoDelay(true);
        server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
        Thread answers =
            Thread.ofPlatform().daemon().name("proxied").start(() -> copy(server, client, false));
        copy(client, server, true);
        answers.join();
      } finally {
        drop(server);
      }
    } catch (IOException e) {
      // One of them has left.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      drop(client);
    }
  }

  private void copy(Socket from, Socket to, boolean isThere) {
    byte[] bytes = new byte[64 << 10];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
        long nanos = delay();
        if (nanos > 0) {
          LockSupport.parkNanos(nanos);
        }
        if (!awaitOpen(isThere)) {
          break;
        }
        out.write(bytes, 0, read);
      }
    } catch (IOException e) {
      // The other end hears of it below.
    } finally {
      if (awaitOpen(isThere)) { // Nor does anybody hear of an end while there is silence.
        close(from);
        close(to);
      }
    }
  }

  private long delay() {
    lock.lock();
    try {
      return delayNanos;
    } finally {
      lock.unlock();
    }
  }

  private boolean isCut() {
    lock.lock();
    try {
      return isCut;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until that direction is open; false if the proxy was closed. */
  private boolean awaitOpen(boolean isThere) {
    lock.lock();
    try {
      while (!isClosed && (isThere ? there : back) == Way.SILENT) {
        changed.awaitUninterruptibly();
      }
      return !isClosed;
    } finally {
      lock.unlock();
    }
  }

  private void drop(Socket socket) {
    sockets.remove(socket);
    close(socket);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      isClosed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException("closing a proxy", e);
    }
    sockets.forEach(TcpProxy::close);
  }
}
