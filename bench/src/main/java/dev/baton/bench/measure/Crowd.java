package dev.baton.bench.measure;

import dev.baton.bench.host.Proc;
import dev.baton.bench.load.Requests;
import dev.baton.bench.load.Worker;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** Thousands of connected workers in this process. */
final class Crowd {

  /** What the process has open beside them. */
  private static final int OTHER_FILES = 500;

  private static final int CONNECTING_AT_ONCE = 100;
  private static final int PER_SOURCE = 10_000;

  private final Subject subject;
  private final List<Worker> workers = new ArrayList<>();
  private int connected;

  private Crowd(Subject subject) {
    this.subject = subject;
  }

  /**
   * Connects workers to a group.
   *
   * @param events told of what they do beside connecting
   */
  static Crowd connect(
      Subject subject, Requests requests, String group, int count, Worker.Events events) {
    if (count > Proc.fileLimit() - OTHER_FILES) {
      throw new NotPossibleException(
          count + " connections need a higher limit of open files than " + Proc.fileLimit());
    }
    Crowd crowd = new Crowd(subject);
    boolean isLocal = subject.target().address().getAddress().isLoopbackAddress();
    for (int begun = 0; begun < count; begun += CONNECTING_AT_ONCE) {
      int from = begun;
      int to = Math.min(count, begun + CONNECTING_AT_ONCE);
      subject
          .loop()
          .run(() -> {
            for (int i = from; i < to; i++) {
              Worker.Nature nature = Worker.Nature.announcing(group, group + "-w" + i, 1);
              crowd.add(isLocal ? nature.from(source(i)) : nature, requests, events);
            }
          });
      subject.until(() -> crowd.connected == to, 60);
    }
    return crowd;
  }

  /** One address has some 28,000 ports, and a closed connection holds its port for a minute. */
  private static InetSocketAddress source(int index) {
    return new InetSocketAddress("127.0.0." + (2 + index / PER_SOURCE), 0);
  }

  private void add(Worker.Nature nature, Requests requests, Worker.Events events) {
    Worker worker =
        new Worker(
            subject.loop(), requests, nature, Worker.Resilience.NONE, _ -> 0, new Counting(events));
    workers.add(worker);
    worker.connect();
  }

  /** Counts connections and passes on the rest. */
  private final class Counting implements Worker.Events {
    private final Worker.Events events;

    private Counting(Worker.Events events) {
      this.events = events;
    }

    @Override
    public void connected(Worker worker) {
      connected++;
    }

    @Override
    public void received(Worker worker, int number, long version) {
      events.received(worker, number, version);
    }

    @Override
    public void fulfilled(Worker worker, int number) {
      events.fulfilled(worker, number);
    }
  }

  /** Closes them all. */
  void close() {
    subject.loop().run(() -> workers.forEach(Worker::die));
  }
}
