package dev.baton.server;

import dev.baton.server.config.ClientNetwork;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What TLS handshakes compute, beside the event loops: each takes milliseconds, and costs a client
 * nothing. Addresses take turns, so that who begins very many keeps no other address waiting.
 * Thread-safe.
 */
final class Handshakes implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Handshakes.class);

  /** More would not come to their turn before their connections have been waited for too long. */
  private static final int MOST_OF_ADDRESS = 1_000;

  /** What waits, by address; whose turn is next comes first. Guarded by this. */
  private final Map<String, Queue<Runnable>> waiting = new LinkedHashMap<>();

  private final List<Thread> threads = new ArrayList<>();

  /** Begins to compute, on half of the processors. */
  Handshakes() {
    this(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
  }

  Handshakes(int threadCount) {
    for (int i = 0; i < threadCount; i++) {
      threads.add(Thread.ofPlatform().daemon().name("tls-handshakes-" + i).start(this::run));
    }
  }

  /** Takes what is to be computed for an address, or rejects it. */
  Executor of(String address) {
    String network = ClientNetwork.of(address);
    return task -> add(network, task);
  }

  private synchronized void add(String address, Runnable task) {
    Queue<Runnable> ofAddress = waiting.computeIfAbsent(address, _ -> new ArrayDeque<>());
    if (ofAddress.size() >= MOST_OF_ADDRESS) {
      throw new RejectedExecutionException("too many handshakes of " + address + " wait");
    }
    ofAddress.add(task);
    notify();
  }

  private synchronized Runnable next() throws InterruptedException {
    while (waiting.isEmpty()) {
      wait();
    }
    Iterator<Map.Entry<String, Queue<Runnable>>> turns = waiting.entrySet().iterator();
    Map.Entry<String, Queue<Runnable>> turn = turns.next();
    turns.remove();
    Runnable task = turn.getValue().remove();
    if (!turn.getValue().isEmpty()) {
      waiting.put(turn.getKey(), turn.getValue());
    }
    return task;
  }

  private void run() {
    try {
      while (true) {
        compute(next());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void compute(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.warn("A TLS handshake failed", e); // Others' are still to be computed.
    }
  }

  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
  }
}
