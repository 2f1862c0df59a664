package dev.baton.bench.measure;

import dev.baton.bench.load.LoadException;
import dev.baton.bench.load.Loop;
import dev.baton.bench.load.Pool;
import dev.baton.bench.load.Requests;
import dev.baton.bench.load.Template;

/**
 * Connections that each create a promise, settle it, and begin again. A request is counted each.
 */
final class PromiseLoop {

  private static final double STRIDE_SECONDS = 0.2;

  private final Subject subject;
  private final Loop loop;
  private final Pool pool;
  private final Tally tally;
  private final Template create;
  private final Template settle;
  private int number;
  private int inFlight;
  private boolean stopped;

  PromiseLoop(Subject subject, String name) {
    this.subject = subject;
    this.loop = subject.loop();
    this.pool = new Pool(loop, subject.target());
    this.tally = new Tally(subject);
    Requests requests = subject.requests(name);
    this.create = requests.createPromise();
    this.settle = requests.settlePromise();
  }

  Tally tally() {
    return tally;
  }

  void start(int connections) {
    loop.run(() -> {
      stopped = false;
      for (int i = 0; i < connections; i++) {
        create();
      }
    });
    subject.pause(STRIDE_SECONDS);
  }

  private void create() {
    int promise = number++;
    send(create, promise, () -> send(settle, promise, this::create));
  }

  private void send(Template request, int promise, Runnable next) {
    if (stopped) {
      return;
    }
    inFlight++;
    long started = System.nanoTime();
    pool.send(
        request,
        promise,
        0,
        (status, _, _, _) -> {
          inFlight--;
          if (status != 200) {
            throw new LoadException("a promise request was answered with status " + status, null);
          }
          tally.add(System.nanoTime() - started);
          next.run();
        });
  }

  /** Returns when all is answered. */
  void stop() {
    loop.run(() -> stopped = true);
    subject.until(() -> inFlight == 0, 30);
    loop.run(pool::close);
  }
}
