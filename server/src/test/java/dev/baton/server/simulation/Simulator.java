package dev.baton.server.simulation;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Runs the histories of many seeds. */
final class Simulator {

  private final Wiring wiring;
  private final Function<Plan, Store> stores;

  Simulator(Wiring wiring, Function<Plan, Store> stores) {
    this.wiring = wiring;
    this.stores = stores;
  }

  /** Histories on an imagined disk. */
  static Simulator imagined(Wiring wiring) {
    return new Simulator(wiring, plan -> Stores.imagined(plan.setting().evicts()));
  }

  /** What came of many seeds. */
  record Result(long histories, long events, long nanos, @Nullable Finding finding) {
    @Override
    public String toString() {
      double seconds = nanos / 1e9;
      return "%,d histories, %,d events in %.1f s: %,.0f histories/s, %,.0f events/s"
          .formatted(histories, events, seconds, histories / seconds, events / seconds);
    }
  }

  /** A history in which something did not hold. */
  record Finding(long seed, Violation violation) {}

  /** Runs one plan; answers how many events it had. */
  long run(Plan plan) {
    return new World(plan, wiring, stores.apply(plan), false).run();
  }

  /** Runs seeds one after the other on some threads, until one of them finds something. */
  Result run(long firstSeed, long count, int threads) {
    long started = System.nanoTime();
    AtomicLong next = new AtomicLong(firstSeed);
    AtomicLong events = new AtomicLong();
    AtomicLong done = new AtomicLong();
    AtomicReference<@Nullable Finding> finding = new AtomicReference<>();
    Runnable loop =
        () -> {
          for (long seed = next.getAndIncrement();
              seed < firstSeed + count && finding.get() == null;
              seed = next.getAndIncrement()) {
            try {
              events.addAndGet(run(Planner.plan(seed)));
              done.incrementAndGet();
            } catch (Violation e) {
              finding.compareAndSet(null, new Finding(seed, e));
            } catch (RuntimeException | Error e) {
              Violation failure = new Violation("nothing fails", e.toString(), e);
              finding.compareAndSet(null, new Finding(seed, failure));
            }
          }
        };
    Thread[] players = new Thread[threads];
    for (int i = 0; i < threads; i++) {
      players[i] = Thread.ofPlatform().name("player-" + i).start(loop);
    }
    for (Thread player : players) {
      try {
        player.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return new Result(done.get(), events.get(), System.nanoTime() - started, finding.get());
  }

  /** The smallest plan found with the same finding. */
  Plan shrink(Finding finding) {
    return new Shrinker(this::violationOf)
        .shrink(Planner.plan(finding.seed()), finding.violation());
  }

  /** Tells a finding by the smallest history that has it. */
  String explain(Finding finding) {
    return "seed %d: %s%n%nThe smallest history found with it:%n%s"
        .formatted(finding.seed(), finding.violation().getMessage(), tell(shrink(finding)));
  }

  /** Runs a plan and tells how it went. */
  String tell(Plan plan) {
    World world = new World(plan, wiring, stores.apply(plan), true);
    String found;
    try {
      world.run();
      found = "nothing";
    } catch (Violation e) {
      found = e.getMessage();
    }
    StringBuilder text = new StringBuilder();
    text.append("  ").append(plan.setting()).append('\n');
    plan.members().forEach(member -> text.append("  ").append(member).append('\n'));
    plan.stimuli()
        .forEach(
            stimulus -> text.append("  at %6d: %s%n".formatted(stimulus.at(), stimulus.act())));
    text.append("\nHow it went:\n");
    world.trace.lines().forEach(line -> text.append(line).append('\n'));
    return text.append("\nFound: ").append(found).append('\n').toString();
  }

  private @Nullable Violation violationOf(Plan plan) {
    try {
      run(plan);
      return null;
    } catch (Violation e) {
      return e;
    }
  }
}
