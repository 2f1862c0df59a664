package dev.baton.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;

/** What goes around calls, attempts and steps. */
@Timeout(60)
class InterceptorIT {

  private final LiveServer server = LiveServer.inMemory();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final List<Resonate> opened = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    opened.forEach(Resonate::close);
    server.close();
  }

  private Resonate open(String pid, Interceptor... interceptors) {
    var settings = server.settings(pid);
    for (var interceptor : interceptors) {
      settings = settings.withInterceptor(interceptor);
    }
    var resonate = Resonate.connect(settings);
    opened.add(resonate);
    return resonate;
  }

  /** Writes down what it is around. */
  private final class Observer implements Interceptor {
    private final String name;

    Observer(String name) {
      this.name = name;
    }

    private <T extends @Nullable Object> T around(String what, Next<T> next) throws Exception {
      seen.add(name + " > " + what);
      try {
        T result = next.proceed();
        seen.add(name + " < " + what + " = " + (result instanceof Handle ? "handle" : result));
        return result;
      } catch (ExecutionAborted e) {
        seen.add(name + " < " + what + " " + e.reason());
        throw e;
      } catch (Exception e) {
        seen.add(name + " < " + what + " threw " + e.getMessage());
        throw e;
      }
    }

    @Override
    public <T extends @Nullable Object> T call(Call call, Next<T> next) throws Exception {
      call.header("path", call.headers().getOrDefault("path", "") + name);
      return around("call " + call.id() + " " + call.function() + " of " + call.parent(), next);
    }

    @Override
    public <T extends @Nullable Object> T attempt(Attempt attempt, Next<T> next) throws Exception {
      return around(
          "attempt %s %s %d %d %s %s"
              .formatted(
                  attempt.id(),
                  attempt.function(),
                  attempt.number(),
                  attempt.retry(),
                  attempt.pid(),
                  attempt.headers()),
          next);
    }

    @Override
    public <T extends @Nullable Object> T step(Step step, Next<T> next) throws Exception {
      return around(
          "step %s %s of %s %s %d %d"
              .formatted(
                  step.id(),
                  step.name(),
                  step.call(),
                  step.function(),
                  step.attempt(),
                  step.retry()),
          next);
    }
  }

  @Test
  void goAroundInOrderAndHeadersTravelWithTheCall() {
    var worker = open("w1", new Observer("a"), new Observer("b"));
    worker.register("one", (Context context) -> context.step("add", () -> 1)).start();
    assertThat(worker.rpc("c", "one", Integer.class)).isEqualTo(1);
    worker.close();
    assertThat(seen)
        .containsExactlyInAnyOrder(
            "a > call c one of null",
            "b > call c one of null",
            "b < call c one of null = handle",
            "a < call c one of null = handle",
            "a > attempt c one 1 0 w1 {path=ab}",
            "b > attempt c one 1 0 w1 {path=ab}",
            "a > step c.1 add of c one 1 0",
            "b > step c.1 add of c one 1 0",
            "b < step c.1 add of c one 1 0 = 1",
            "a < step c.1 add of c one 1 0 = 1",
            "b < attempt c one 1 0 w1 {path=ab} = 1",
            "a < attempt c one 1 0 w1 {path=ab} = 1")
        .containsSubsequence(
            "a > attempt c one 1 0 w1 {path=ab}",
            "b > attempt c one 1 0 w1 {path=ab}",
            "a > step c.1 add of c one 1 0",
            "b > step c.1 add of c one 1 0",
            "b < step c.1 add of c one 1 0 = 1",
            "a < step c.1 add of c one 1 0 = 1",
            "b < attempt c one 1 0 w1 {path=ab} = 1",
            "a < attempt c one 1 0 w1 {path=ab} = 1");
  }

  @Test
  void whatIsReadFromTheStoreIsNotGoneAroundAgain() {
    var worker = open("w1", new Observer("a"));
    worker.register(
        "leaf",
        (Integer n) -> {
          await().until(() -> seen.contains("a < attempt c flow 1 0 w1 {path=a} SUSPENDED"));
          return n + 1;
        });
    worker.register(
        "flow",
        (Context context) -> {
          int one = context.step("one", () -> 1);
          return context.rpc("leaf", Integer.class, one);
        });
    worker.start();
    assertThat(worker.rpc("c", "flow", Integer.class)).isEqualTo(2);
    worker.close();
    assertThat(seen)
        .filteredOn(line -> line.contains("step") || line.contains("call c.2"))
        .containsExactly(
            "a > step c.1 one of c flow 1 0",
            "a < step c.1 one of c flow 1 0 = 1",
            "a > call c.2 leaf of c",
            seenEndOf("a < call c.2 leaf of c"));
    assertThat(seen)
        .contains(
            "a < attempt c flow 1 0 w1 {path=a} SUSPENDED",
            "a < attempt c.2 leaf 1 0 w1 {path=a} = 2",
            "a < attempt c flow 2 0 w1 {path=a} = 2");
  }

  private String seenEndOf(String begin) {
    return seen.stream().filter(line -> line.startsWith(begin)).findFirst().orElse("none");
  }

  @Test
  void retriesAreCounted() {
    var tries = new AtomicInteger();
    var worker = open("w1", new Observer("a"));
    worker.register(
        "flaky",
        (Context context) ->
            context
                .with(Options.defaults().retry(RetryPolicy.constant(Duration.ofMillis(1), 3)))
                .step(
                    "risk",
                    () -> {
                      if (tries.incrementAndGet() < 3) {
                        throw new IllegalStateException("no");
                      }
                      return 7;
                    }));
    worker.start();
    assertThat(worker.rpc("c", "flaky", Integer.class)).isEqualTo(7);
    assertThat(seen)
        .containsSubsequence(
            "a < step c.1 risk of c flaky 1 0 threw no",
            "a < step c.1 risk of c flaky 1 1 threw no",
            "a < step c.1 risk of c flaky 1 2 = 7");
  }

  /** Fails around calls of that name before or after they are made. */
  private record Failing(String name, boolean before) implements Interceptor {
    private <T extends @Nullable Object> T around(String what, Next<T> next) throws Exception {
      if (!what.equals(name)) {
        return next.proceed();
      }
      if (before) {
        throw new java.io.IOException("not " + what);
      }
      next.proceed();
      throw new SecurityException("never " + what);
    }

    @Override
    public <T extends @Nullable Object> T call(Call call, Next<T> next) throws Exception {
      return around("call " + call.function(), next);
    }

    @Override
    public <T extends @Nullable Object> T attempt(Attempt attempt, Next<T> next) throws Exception {
      return around("attempt " + attempt.function(), next);
    }

    @Override
    public <T extends @Nullable Object> T step(Step step, Next<T> next) throws Exception {
      return around("step " + step.name() + " " + step.retry(), next);
    }
  }

  @Test
  void failureAroundACallReachesItsCaller() {
    var before = open("w1", new Failing("call one", true));
    before.register("one", () -> 1).start();
    assertThatThrownBy(() -> before.beginRpc("c", "one", Integer.class))
        .isInstanceOf(ResonateException.class)
        .hasMessage("an interceptor failed around the call c")
        .hasRootCauseMessage("not call one");
    assertThatThrownBy(() -> before.promises().get("c"))
        .isInstanceOfSatisfying(ServerException.class, e -> assertThat(e.status()).isEqualTo(404));
    var after = open("w2", new Failing("call one", false));
    assertThatThrownBy(() -> after.beginRpc("c", "one", Integer.class))
        .isInstanceOf(SecurityException.class)
        .hasMessage("never call one");
    assertThat(before.get("c", Integer.class).result()).isEqualTo(1);
  }

  @Test
  void failureAroundAnAttemptOrAStepIsItsFailure() {
    var worker = open("w1", new Failing("attempt one", true), new Failing("step risk 0", false));
    var tries = new AtomicInteger();
    worker.register("one", () -> 1);
    worker.register(
        "two",
        (Context context) ->
            context
                .with(Options.defaults().retry(RetryPolicy.constant(Duration.ofMillis(1), 1)))
                .step("risk", tries::incrementAndGet));
    worker.start();
    assertThatThrownBy(() -> worker.rpc("c", "one", Integer.class))
        .isInstanceOf(RemoteException.class)
        .hasMessageContaining("not attempt one");
    assertThat(worker.rpc("d", "two", Integer.class)).isEqualTo(2);
  }

  /** Goes on so many times. */
  private record Careless(int times) implements Interceptor {
    @Override
    @SuppressWarnings("NullAway") // That is what is wrong with it.
    public <T extends @Nullable Object> T attempt(Attempt attempt, Next<T> next) throws Exception {
      T result = null;
      for (int i = 0; i < times; i++) {
        result = next.proceed();
      }
      return result;
    }
  }

  @Test
  void goesOnExactlyOnce() {
    var never = open("w1", new Careless(0));
    never.register("one", () -> 1).start();
    assertThatThrownBy(() -> never.rpc("c", "one", Integer.class))
        .hasMessageContaining("InterceptorIT$Careless has returned without going on");
    never.close();
    var twice = open("w2", new Careless(2));
    twice.register("one", () -> 1).start();
    assertThatThrownBy(() -> twice.rpc("d", "one", Integer.class))
        .hasMessageContaining("InterceptorIT$Careless goes on twice");
  }

  /** Lets nothing through. */
  private static final class Swallowing implements Interceptor {
    @Override
    @SuppressWarnings("NullAway") // That is what is wrong with it.
    public <T extends @Nullable Object> T attempt(Attempt attempt, Next<T> next) {
      try {
        return next.proceed();
      } catch (Throwable e) {
        return null;
      }
    }
  }

  @Test
  void suspensionGoesOnThoughItIsSwallowed() {
    var worker = open("w1", new Swallowing());
    worker.register("leaf", () -> 5);
    worker.register("flow", (Context context) -> context.rpc("leaf", Integer.class));
    worker.start();
    assertThat(worker.rpc("c", "flow", Integer.class)).isEqualTo(5);
  }

  /** Does with each thread what it is told. */
  private record Forking(UnaryOperator<Runnable> how) implements Interceptor {
    @Override
    public Runnable fork(Runnable branch) {
      return how.apply(branch);
    }
  }

  @Test
  void stepOnAThreadOfItsOwnTakesAlongWhatIsCarried() {
    var bound = new ThreadLocal<String>();
    var worker =
        open(
            "w1",
            new Forking(branch -> {
              String value = bound.get();
              return () -> {
                bound.set(value);
                branch.run();
              };
            }));
    worker.register(
        "flow",
        (Context context) -> {
          bound.set("mine");
          return context.beginStep("look", String.class, bound::get).result();
        });
    worker.start();
    assertThat(worker.rpc("c", "flow", String.class)).isEqualTo("mine");
  }

  @Test
  void stepThatIsNotRunOnItsThreadFails() {
    var worker = open("w1", new Forking(branch -> () -> {}));
    worker.register(
        "flow", (Context context) -> context.beginStep("look", String.class, () -> "x").result());
    worker.start();
    assertThatThrownBy(() -> worker.rpc("c", "flow", String.class))
        .hasMessageContaining("has not run step c.1 'look' of call c on its thread");
  }

  @Test
  void logLinesCanTellTheirCall() {
    var worker = open("w1");
    worker.register(
        "flow",
        (Context context) -> {
          var here = Map.copyOf(MDC.getCopyOfContextMap());
          var there =
              context
                  .beginStep("look", String.class, () -> MDC.getCopyOfContextMap().toString())
                  .result();
          var inside = context.step("in", String.class, () -> String.valueOf(MDC.get("step")));
          return List.of(here.toString(), there, inside, String.valueOf(MDC.get("step")));
        });
    worker.start();
    var told = worker.rpc("c", "flow", new GenericType<List<String>>() {});
    assertThat(told.get(0)).contains("call=c", "attempt=1", "function=flow").doesNotContain("step");
    assertThat(told.get(1)).contains("call=c", "attempt=1", "function=flow", "step=look");
    assertThat(told.get(2)).isEqualTo("in");
    assertThat(told.get(3)).isEqualTo("null");
  }
}
