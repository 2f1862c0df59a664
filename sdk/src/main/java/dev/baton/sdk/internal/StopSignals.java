package dev.baton.sdk.internal;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What asks a process to stop. Left to itself the JVM ends with 143 after SIGTERM, whatever its
 * shutdown hooks have done, and Kubernetes calls such a pod failed. Reached by reflection: the
 * class is there in every JDK, but it is no part of its documented interface.
 */
final class StopSignals implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StopSignals.class);
  private static final int HUNDRED_AND_TWENTY_EIGHT = 128;

  private final Map<String, Object> before = new LinkedHashMap<>();

  /**
   * Listens to SIGTERM and SIGINT until it is closed.
   *
   * @param stop called on a thread of its own, at most once a signal, with the code that the JVM
   *     would end with
   */
  StopSignals(IntConsumer stop) {
    for (String name : new String[] {"TERM", "INT"}) {
      try {
        listen(name, stop);
      } catch (ReflectiveOperationException | RuntimeException e) {
        LOG.debug("SIG{} is left to the JVM: {}", name, e.toString()); // As with -Xrs.
      }
    }
  }

  private void listen(String name, IntConsumer stop) throws ReflectiveOperationException {
    var signalClass = Class.forName("sun.misc.Signal");
    var handlerClass = Class.forName("sun.misc.SignalHandler");
    InvocationHandler onSignal =
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "handle" -> {
                int number = (int) signalClass.getMethod("getNumber").invoke(arguments[0]);
                LOG.info("SIG{}: no more work is taken", name);
                stop.accept(HUNDRED_AND_TWENTY_EIGHT + number);
                yield null;
              }
              case "equals" -> proxy == arguments[0];
              case "hashCode" -> System.identityHashCode(proxy);
              default -> "the handler of SIG" + name;
            };
    var handler =
        Proxy.newProxyInstance(
            StopSignals.class.getClassLoader(), new Class<?>[] {handlerClass}, onSignal);
    var previous = handle(name, handler);
    if (previous.equals(handlerClass.getField("SIG_IGN").get(null))) {
      handle(name, previous); // As for a process in the background of a shell.
    } else {
      before.put(name, previous);
    }
  }

  private static Object handle(String name, Object handler) throws ReflectiveOperationException {
    var signalClass = Class.forName("sun.misc.Signal");
    var handlerClass = Class.forName("sun.misc.SignalHandler");
    var signal = signalClass.getConstructor(String.class).newInstance(name);
    return signalClass.getMethod("handle", signalClass, handlerClass).invoke(null, signal, handler);
  }

  @Override
  public void close() {
    before.forEach((name, handler) -> {
      try {
        handle(name, handler);
      } catch (ReflectiveOperationException | RuntimeException e) {
        LOG.debug("SIG{} is not given back: {}", name, e.toString());
      }
    });
  }
}
