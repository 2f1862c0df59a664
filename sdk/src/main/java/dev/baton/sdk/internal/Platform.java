package dev.baton.sdk.internal;

import dev.baton.sdk.FunctionThreads;
import dev.baton.sdk.Settings;
import dev.baton.sdk.internal.time.Time;
import dev.baton.sdk.internal.wire.Control;
import dev.baton.sdk.internal.wire.HttpTransport;
import dev.baton.sdk.internal.wire.Link;
import dev.baton.sdk.internal.work.Clockwork;
import dev.baton.sdk.internal.work.Probe;
import dev.baton.sdk.internal.work.Pulse;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;

/**
 * What an {@link Engine} stands on: time, threads, and the way to its server. Each method is asked
 * once. A test kit brings one of its own.
 */
public interface Platform {

  /** The system's clock and threads, and HTTP. */
  Platform SYSTEM = new Platform() {};

  /** The time to go by. */
  default Time time() {
    return Time.system();
  }

  /** What is done beside the functions. */
  default Control control() {
    return Control.ofThreads();
  }

  /** The threads of functions. */
  default ThreadFactory threads(FunctionThreads kind) {
    return switch (kind) {
      case VIRTUAL -> Thread.ofVirtual().factory();
      case PLATFORM -> Thread.ofPlatform().daemon().factory();
    };
  }

  /** The way to the server. */
  default Link link(Settings settings) {
    return new HttpTransport(settings);
  }

  /** What sees to it that leases are renewed and watches looked at; see {@link Pulse}. */
  default Clockwork clockwork(Duration leaseTtl, Runnable beat, Runnable tick) {
    return new Pulse(leaseTtl, beat, tick);
  }

  /** Who is told before something of a function runs. */
  default Probe probe() {
    return Probe.NONE;
  }
}
