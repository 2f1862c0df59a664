package dev.baton.server.dispatch;

import java.time.Duration;

/** Dispatchers as tests want them: with the default times, and nobody who watches. */
public final class Dispatchers {

  private Dispatchers() {}

  /** One that posts nothing. */
  public static Dispatcher plain() {
    return pushing(Push.OFF);
  }

  static Dispatcher pushing(Push push) {
    return finding(_ -> null, push);
  }

  /** One that finds promises there. */
  static Dispatcher finding(Dispatcher.Promises promises, Push push) {
    return new Dispatcher(
        new Dispatcher.Settings(
            () -> "http://here",
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(1)),
        promises,
        push,
        Runnable::run,
        (_, _) -> {});
  }
}
