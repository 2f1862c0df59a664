package dev.baton.sdk.internal.work;

import dev.baton.sdk.Interceptor.Next;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What log lines say of the call that their thread works for, in SLF4J's mapped diagnostic context:
 * {@value #CALL}, {@value #ATTEMPT}, {@value #FUNCTION} and {@value #STEP}.
 */
final class LogContext {

  private static final String CALL = "call";
  private static final String ATTEMPT = "attempt";
  private static final String FUNCTION = "function";
  private static final String STEP = "step";

  private LogContext() {}

  /** What an execution does on a thread of its own. */
  static Runnable of(Execution execution, Runnable body) {
    return () -> {
      MDC.put(CALL, execution.id());
      MDC.put(ATTEMPT, Long.toString(execution.attempt()));
      function(execution.function());
      try {
        body.run();
      } finally {
        MDC.remove(CALL);
        MDC.remove(ATTEMPT);
        MDC.remove(FUNCTION);
      }
    };
  }

  /** The function that this thread runs, once that is known. */
  static void function(String name) {
    if (!name.isEmpty()) {
      MDC.put(FUNCTION, name);
    }
  }

  /** Runs a step on this thread; one around it is named again afterwards. */
  static <T extends @Nullable Object> T step(String name, Next<T> code) throws Exception {
    String around = MDC.get(STEP);
    MDC.put(STEP, name);
    try {
      return code.proceed();
    } finally {
      if (around == null) {
        MDC.remove(STEP);
      } else {
        MDC.put(STEP, around);
      }
    }
  }
}
