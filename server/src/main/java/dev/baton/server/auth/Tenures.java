package dev.baton.server.auth;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * What tokens hold open for long: streams. Each ends when its token does. Thread-safe; somebody is
 * to {@link #sweep} about once a second.
 */
public final class Tenures {

  private final Authenticator authenticator;
  private final Set<Tenure> open = ConcurrentHashMap.newKeySet();
  private final Map<Ending, LongAdder> ended = new EnumMap<>(Ending.class);

  public Tenures(Authenticator authenticator) {
    this.authenticator = authenticator;
    for (Ending ending : Ending.values()) {
      ended.put(ending, new LongAdder());
    }
  }

  /** Something that is open. */
  public final class Tenure {
    private final Grant grant;
    private final Consumer<Ending> end;

    private Tenure(Grant grant, Consumer<Ending> end) {
      this.grant = grant;
      this.end = end;
    }

    /** It has ended by itself. */
    public void over() {
      open.remove(this);
    }
  }

  /** Something was opened; it is told, at most once and on any thread, to end before its time. */
  public Tenure begin(Grant grant, Consumer<Ending> end) {
    Tenure tenure = new Tenure(grant, end);
    if (!grant.equals(Grant.OF_ALL)) { // That never ends, and there may be many.
      open.add(tenure);
    }
    return tenure;
  }

  /** How many have been ended for that reason. */
  public long ended(Ending ending) {
    return Objects.requireNonNull(ended.get(ending)).sum();
  }

  /** How many are open that may have to end. */
  int size() {
    return open.size();
  }

  /** Ends what is over. */
  public void sweep() {
    for (Tenure tenure : open) {
      Ending ending = authenticator.ending(tenure.grant);
      if (ending != null && open.remove(tenure)) {
        Objects.requireNonNull(ended.get(ending)).increment();
        tenure.end.accept(ending);
      }
    }
  }
}
