package dev.baton.sdk.test;

import dev.baton.sdk.ExecutionAborted;
import dev.baton.sdk.Functions;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.Settings;
import dev.baton.sdk.internal.Engine;
import dev.baton.sdk.internal.work.Probe;
import org.jspecify.annotations.Nullable;

/**
 * A process that works in a test: the SDK as it is in production, on the test's time and server.
 * Safe for use by any thread.
 */
public final class TestWorker implements AutoCloseable {

  /** The code that runs on a thread of a process that has ended must come to its end, too. */
  private static final class Killed extends ExecutionAborted {
    private static final long serialVersionUID = 1;

    Killed(String pid) {
      super(Reason.PROCESS_FAILED, "worker " + pid + " is killed");
    }
  }

  private final BatonKit kit;
  private final Engine engine;
  private final Resonate resonate;
  private final String pid;
  private volatile boolean over;

  TestWorker(BatonKit kit, Settings settings) {
    this.kit = kit;
    this.pid = settings.pid();
    this.engine =
        new Engine(
            settings,
            new VirtualPlatform(kit.time(), kit.server(), this, new Hooks(), this::holdsTasks));
    this.resonate = Resonate.on(engine);
  }

  /** The SDK's entry of this process: registers functions, makes calls. */
  public Resonate resonate() {
    return resonate;
  }

  /** Its id, by which the server knows it. */
  public String pid() {
    return pid;
  }

  /** Whether it has neither been killed nor closed. */
  public boolean isAlive() {
    return !over;
  }

  /** How many tasks it holds at this moment, as the server knows. */
  public int held() {
    return kit.server().look(state -> state.heldBy(pid).size());
  }

  private boolean holdsTasks() {
    return !over && held() > 0;
  }

  /**
   * The process vanishes without a goodbye, as by {@code kill -9}: nothing of it reaches the server
   * any more, and what it held is another worker's a second of virtual time later, when the server
   * has noticed that its connection stays broken. Its threads are interrupted; Java cannot do more,
   * so code that does not heed that goes on, and nothing that it says is stored. Called by a
   * function or step of this worker it does not return. Again has no effect.
   */
  public void kill() {
    if (!over) {
      over = true;
      engine.kill();
      kit.time().activities().interrupt(this);
    }
    if (kit.time().activities().ownerOf(Thread.currentThread()) == this) {
      throw new Killed(pid);
    }
  }

  /**
   * The process ends in good order: it takes nothing new, lets what it holds finish within {@link
   * Settings#drainTimeout()} and gives the rest back.
   */
  @Override
  public void close() {
    if (!over) {
      over = true;
      resonate.close();
    }
  }

  /** Whether that is one of its processes' names. */
  boolean isCalled(@Nullable String name) {
    return pid.equals(name);
  }

  private final class Hooks implements Probe {
    @Override
    public void made(String name, String id, Functions.Shape code) {
      kit.uses().made(name, id, code);
    }

    @Override
    public void beforeRun(String name, String id, int retry) throws Exception {
      kit.faults().beforeRun(name);
    }

    @Override
    public void afterRun(String name, String id, int retry) {
      if (kit.faults().killsAfter(name)) {
        kill();
      }
    }
  }
}
