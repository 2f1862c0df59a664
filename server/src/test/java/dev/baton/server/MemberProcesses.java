package dev.baton.server;

import static org.awaitility.Awaitility.await;

import dev.baton.testing.Client;
import dev.baton.testing.Ports;
import dev.baton.testing.Postgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

/** Servers beside each other as processes, over a database of their own. */
public final class MemberProcesses implements AutoCloseable {

  private final Duration patience;
  private final String url = Postgres.shared().newDatabase();
  private final ServerProcess[] processes;
  private final Client[] clients;
  private final int[] ports;

  /** So many, of which none has been started. */
  MemberProcesses(int count, Duration patience) {
    this.patience = patience;
    this.processes = new ServerProcess[count];
    this.clients = new Client[count];
    this.ports = new int[count];
  }

  void startAll() throws IOException {
    for (int i = 0; i < processes.length; i++) {
      start(i);
    }
  }

  /** Starts one, for the first time or again; it is ready when this returns. */
  void start(int i) throws IOException {
    if (clients[i] != null) {
      clients[i].close();
    }
    ports[i] = Ports.free();
    processes[i] = ServerProcess.startMember(url, ports[i], List.of());
    clients[i] = new Client(processes[i].port());
    awaitReady(i);
  }

  void awaitReady(int i) {
    await("server " + i + " is ready").atMost(patience).until(() -> isReady(i));
  }

  private boolean isReady(int i) {
    try {
      return clients[i].send("GET", "/ready", null).status() == 200;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  ServerProcess process(int i) {
    return processes[i];
  }

  Client client(int i) {
    return clients[i];
  }

  /** Which of them owns the store; -1 if none does. */
  int owner() {
    int port = ownerPort(url);
    for (int i = 0; i < ports.length; i++) {
      if (port != 0 && port == ports[i]) {
        return i;
      }
    }
    return -1;
  }

  void awaitOwnerOtherThan(int former) {
    await("next owner").atMost(patience).until(() -> owner() >= 0 && owner() != former);
  }

  /** Where the others reach who owns the store of a database by its own word; 0 if nobody does. */
  public static int ownerPort(String url) {
    try (Connection connection = DriverManager.getConnection(url, Postgres.USER, "");
        Statement select = connection.createStatement();
        ResultSet row = select.executeQuery("SELECT url FROM baton_shard WHERE NOT released")) {
      String owner = row.next() ? row.getString(1) : null;
      return owner == null ? 0 : Integer.parseInt(owner.substring(owner.lastIndexOf(':') + 1));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    for (int i = 0; i < processes.length; i++) {
      if (processes[i] != null) {
        processes[i].kill();
      }
      if (clients[i] != null) {
        clients[i].close();
      }
    }
  }
}
