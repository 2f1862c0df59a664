package dev.baton.operator.reconcile;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Passes the turns on while the operator reconciles. */
final class TurnsEventSource extends AbstractEventSource<Turns<ResourceID>, WorkerGroup> {

  private static final Duration EVERY = Duration.ofMillis(100);

  private final List<Turns<ResourceID>> turns;
  private final Waves<ResourceID> waves;
  private @Nullable Thread passing;

  @SuppressWarnings("unchecked") // a class literal has no type arguments
  TurnsEventSource(List<Turns<ResourceID>> turns, Waves<ResourceID> waves) {
    super((Class<Turns<ResourceID>>) (Class<?>) Turns.class, "turns");
    this.turns = turns;
    this.waves = waves;
  }

  @Override
  public Set<Turns<ResourceID>> getSecondaryResources(WorkerGroup group) {
    return Set.of();
  }

  @Override
  public void start() {
    super.start();
    passing = Thread.ofVirtual().name("turns").start(this::pass);
  }

  private void pass() {
    try {
      while (true) {
        Thread.sleep(EVERY);
        turns.forEach(Turns::pass);
        waves.pass();
      }
    } catch (InterruptedException e) {
      // Stopped.
    }
  }

  @Override
  public void stop() {
    if (passing != null) {
      passing.interrupt();
    }
    super.stop();
  }
}
