package dev.baton.bench.measure;

/** Has a server compile its hot paths before anything is measured. */
final class WarmUp {

  private WarmUp() {}

  static void run(Subject subject, double seconds) {
    ClosedLoop tasks = new ClosedLoop(subject, "warm", ClosedLoop.Told.BY_THE_SERVER);
    tasks.silentWorkers(4);
    tasks.start(32);
    subject.pause(seconds * 0.7);
    tasks.stop();
    tasks.close();
    PromiseLoop promises = new PromiseLoop(subject, "warm");
    promises.start(32);
    subject.pause(seconds * 0.3);
    promises.stop();
  }
}
