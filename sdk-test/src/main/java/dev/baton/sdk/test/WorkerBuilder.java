package dev.baton.sdk.test;

import dev.baton.sdk.Resonate;
import dev.baton.sdk.Settings;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Sets up a worker of a test. Each method changes this builder and gives it back. */
public final class WorkerBuilder {

  private final BatonKit kit;
  private Settings settings;

  WorkerBuilder(BatonKit kit, Settings settings) {
    this.kit = kit;
    this.settings = settings;
  }

  /** Its id; {@code worker-1}, {@code worker-2} and so on unless told otherwise. */
  public WorkerBuilder named(String pid) {
    return with(it -> it.withPid(pid));
  }

  /** The group that it works for; {@link Settings#DEFAULT_GROUP} unless told otherwise. */
  public WorkerBuilder of(String group) {
    return with(it -> it.withGroup(group));
  }

  /** How many tasks it holds at once, at least 0; 0 for no limit. */
  public WorkerBuilder slots(int slots) {
    return with(it -> it.withSlots(slots));
  }

  /**
   * Anything else. Where the server is, and how it is reached, is the kit's to say: URL, token and
   * HTTP settings have no effect.
   */
  public WorkerBuilder with(UnaryOperator<Settings> change) {
    settings = change.apply(settings);
    return this;
  }

  /**
   * Starts it.
   *
   * @param functions registers what it can do
   */
  public TestWorker start(Consumer<Resonate> functions) {
    return kit.start(settings, functions);
  }
}
