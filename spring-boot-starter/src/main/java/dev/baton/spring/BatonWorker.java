package dev.baton.spring;

import dev.baton.sdk.DurableFunctions;
import dev.baton.sdk.Resonate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;
import org.springframework.util.ClassUtils;

/**
 * The worker's life within the application's: its functions are registered and it takes work before
 * requests come in; it drains after the last request is answered, which may wait for a call.
 */
public final class BatonWorker implements SmartLifecycle {

  /** Below those of the web server, so that this starts before it and stops after it. */
  private static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

  private final Resonate resonate;
  private final boolean enabled;
  private final ListableBeanFactory beans;
  private final ObjectProvider<FunctionRegistrar> registrars;
  private volatile boolean running;

  BatonWorker(
      Resonate resonate,
      boolean enabled,
      ListableBeanFactory beans,
      ObjectProvider<FunctionRegistrar> registrars) {
    this.resonate = resonate;
    this.enabled = enabled;
    this.beans = beans;
    this.registrars = registrars;
  }

  @Override
  public void start() {
    functions().forEach((type, bean) -> register(resonate, type, beans.getBean(bean)));
    registrars.orderedStream().forEach(registrar -> registrar.register(resonate));
    resonate.start();
    running = true;
  }

  /** The interfaces of durable functions, each with the name of the bean that implements it. */
  private Map<Class<?>, String> functions() {
    var functions = new LinkedHashMap<Class<?>, String>();
    for (String bean : beans.getBeanNamesForAnnotation(DurableFunctions.class)) {
      var types = interfaces(beans.getBean(bean)).toList();
      if (types.isEmpty()) {
        throw new IllegalStateException(
            "bean '%s' bears @DurableFunctions itself; it belongs on the interface whose methods are the functions"
                .formatted(bean));
      }
      types.forEach(type -> {
        String other = functions.putIfAbsent(type, bean);
        if (other != null) {
          throw new IllegalStateException(
              "beans '%s' and '%s' both implement the durable functions of %s; register one of them in a FunctionRegistrar, in another version"
                  .formatted(other, bean, type.getName()));
        }
      });
    }
    return functions;
  }

  private static Stream<Class<?>> interfaces(Object bean) {
    return Arrays.stream(ClassUtils.getAllInterfacesForClass(AopUtils.getTargetClass(bean)))
        .filter(type -> type.isAnnotationPresent(DurableFunctions.class));
  }

  private static <F> void register(Resonate resonate, Class<F> type, Object bean) {
    resonate.register(type, type.cast(bean));
  }

  /** Drains: see {@link Resonate#close()}. */
  @Override
  public void stop() {
    running = false;
    resonate.close();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public boolean isAutoStartup() {
    return enabled;
  }

  /** What is drained cannot be started again. */
  @Override
  public boolean isPauseable() {
    return false;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }
}
