package dev.baton.sdk.internal.intercept;

import dev.baton.sdk.ExecutionAborted;
import dev.baton.sdk.Interceptor;
import dev.baton.sdk.Interceptor.Next;
import dev.baton.sdk.ResonateException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The interceptors of a process, the first outermost. */
public final class Interceptors {

  /** Nobody looks on. */
  public static final Interceptors NONE = new Interceptors(List.of());

  private final List<Interceptor> all;

  public Interceptors(List<Interceptor> all) {
    this.all = List.copyOf(all);
  }

  /** Whether nobody looks on, so that nothing has to be said. */
  public boolean isEmpty() {
    return all.isEmpty();
  }

  /**
   * Makes a call.
   *
   * @param make given the headers that it has
   */
  public <T> T call(OutgoingCall call, Function<Map<String, String>, T> make) {
    if (all.isEmpty()) {
      return make.apply(Map.of());
    }
    try {
      return around(
          0, (interceptor, next) -> interceptor.call(call, next), () -> make.apply(call.headers()));
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new ResonateException("an interceptor failed around the call " + call.id(), e);
    }
  }

  /** Runs a function once. */
  public <T extends @Nullable Object> T attempt(Interceptor.Attempt attempt, Next<T> function)
      throws Exception {
    return around(0, (interceptor, next) -> interceptor.attempt(attempt, next), function);
  }

  /** Runs a step once. */
  public <T extends @Nullable Object> T step(Interceptor.Step step, Next<T> code) throws Exception {
    return around(0, (interceptor, next) -> interceptor.step(step, next), code);
  }

  /** What runs on a thread of its own, as all of them carry it there; the first is outermost. */
  public Runnable fork(Runnable branch) {
    var carried = branch;
    for (int i = all.size() - 1; i >= 0; i--) {
      carried = all.get(i).fork(carried);
    }
    return carried;
  }

  /** One kind of thing that interceptors go around. */
  private interface Point<T extends @Nullable Object> {
    T enter(Interceptor interceptor, Next<T> next) throws Exception;
  }

  private <T extends @Nullable Object> T around(int from, Point<T> point, Next<T> inside)
      throws Exception {
    if (from == all.size()) {
      return inside.proceed();
    }
    var interceptor = all.get(from);
    var next = new Once<>(interceptor, () -> around(from + 1, point, inside));
    T result = point.enter(interceptor, next);
    next.checkDone();
    return result;
  }

  /** Goes on once, and remembers how that ended. */
  private static final class Once<T extends @Nullable Object> implements Next<T> {
    private final Interceptor of;
    private final Next<T> inside;
    private boolean isBegun;
    private @Nullable ExecutionAborted aborted;

    Once(Interceptor of, Next<T> inside) {
      this.of = of;
      this.inside = inside;
    }

    @Override
    public T proceed() throws Exception {
      if (isBegun) {
        throw new IllegalStateException("the interceptor " + name() + " goes on twice");
      }
      isBegun = true;
      try {
        return inside.proceed();
      } catch (ExecutionAborted e) {
        aborted = e;
        throw e;
      }
    }

    void checkDone() {
      if (aborted != null) {
        throw aborted;
      }
      if (!isBegun) {
        throw new IllegalStateException(
            "the interceptor " + name() + " has returned without going on");
      }
    }

    private String name() {
      return of.getClass().getName();
    }
  }
}
