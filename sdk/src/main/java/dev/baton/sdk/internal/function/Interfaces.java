package dev.baton.sdk.internal.function;

import dev.baton.sdk.Context;
import dev.baton.sdk.FunctionName;
import dev.baton.sdk.Functions;
import dev.baton.sdk.ResonateException;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Interfaces whose methods are durable functions. */
public final class Interfaces {

  /**
   * A call of such a function.
   *
   * @param result the type that the result is read as
   */
  public record Called(String name, Type result, @Nullable Object[] arguments) {}

  /** What is done with a call. */
  public interface Caller {
    /** Gives the call's result. */
    @Nullable Object call(Called called);
  }

  private static final @Nullable Object[] NONE = {};

  /** The names of an interface's functions. */
  private static final ClassValue<Map<Method, String>> NAMES =
      new ClassValue<>() {
        @Override
        protected Map<Method, String> computeValue(Class<?> type) {
          return read(type);
        }
      };

  private Interfaces() {}

  private static Map<Method, String> read(Class<?> type) {
    if (!type.isInterface()) {
      throw new IllegalArgumentException(type.getName() + " is no interface");
    }
    var names = new LinkedHashMap<Method, String>();
    for (Method method : type.getMethods()) {
      if (!Modifier.isAbstract(method.getModifiers())) {
        continue;
      }
      for (Class<?> parameter : method.getParameterTypes()) {
        if (parameter == Context.class) {
          throw new IllegalArgumentException(
              method
                  + " takes a Context, which a caller has not: its implementation asks"
                  + " Context.current()");
        }
      }
      var named = method.getAnnotation(FunctionName.class);
      String name = named == null ? type.getSimpleName() + "." + method.getName() : named.value();
      if (names.containsValue(name)) {
        throw new IllegalArgumentException(
            type.getName() + " has two functions of the name " + name + "; see FunctionName");
      }
      names.put(method, name);
    }
    if (names.isEmpty()) {
      throw new IllegalArgumentException(type.getName() + " has no functions");
    }
    return names;
  }

  /**
   * @throws IllegalArgumentException if it is no interface of functions
   */
  public static void check(Class<?> type) {
    NAMES.get(type);
  }

  /** The functions of an implementation. */
  static <F> List<DurableFunction> functionsOf(Class<F> type, F implementation) {
    var functions = new ArrayList<DurableFunction>();
    NAMES
        .get(type)
        .forEach((method, name) -> {
          method.setAccessible(true); // The interface may be nested in what is not public.
          functions.add(
              new DurableFunction(
                  name,
                  List.of(method.getGenericParameterTypes()),
                  (context, arguments) -> invoke(method, implementation, arguments)));
        });
    return functions;
  }

  private static @Nullable Object invoke(
      Method method, Object implementation, @Nullable Object[] arguments) throws Exception {
    try {
      return method.invoke(implementation, arguments);
    } catch (InvocationTargetException e) {
      switch (e.getCause()) {
        case Exception failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw e;
      }
    }
  }

  /** The name of a method, or null if it is no function. */
  static @Nullable String nameOf(Class<?> type, Method method) {
    return NAMES.get(type).get(method);
  }

  /** The interface's functions as that caller calls them. */
  public static <F> F calling(Class<F> type, Caller caller) {
    var names = NAMES.get(type);
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          String name = names.get(method);
          if (name != null) {
            return caller.call(
                new Called(
                    name, method.getGenericReturnType(), arguments == null ? NONE : arguments));
          }
          return method.isDefault()
              ? invokeDefault(proxy, method, arguments == null ? NONE : arguments)
              : ofObject(type, proxy, method, arguments);
        };
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  /** The interface need not be public, so this takes the rights of its own members. */
  private static @Nullable Object invokeDefault(
      Object proxy, Method method, @Nullable Object[] arguments) throws Throwable {
    var type = method.getDeclaringClass();
    return MethodHandles.privateLookupIn(type, MethodHandles.lookup())
        .unreflectSpecial(method, type)
        .bindTo(proxy)
        .invokeWithArguments(arguments);
  }

  private static Object ofObject(
      Class<?> type, Object proxy, Method method, Object @Nullable [] arguments) {
    return switch (method.getName()) {
      case "equals" -> arguments != null && proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> "calls of " + type.getName();
    };
  }

  /**
   * What is called on the functions.
   *
   * @throws IllegalArgumentException unless it is exactly one function
   */
  public static <F> Called recorded(Class<F> type, Functions.F1<F, ?> call) {
    var calls = new ArrayList<Called>();
    F functions =
        calling(
            type,
            called -> {
              calls.add(called);
              return zero(called.result());
            });
    try {
      call.apply(functions);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new ResonateException("calling a function of " + type.getName(), e);
    }
    if (calls.size() != 1) {
      throw new IllegalArgumentException(
          "one function of " + type.getName() + " is to be called, not " + calls.size());
    }
    return calls.getFirst();
  }

  /** Something of that type, which nobody looks at. */
  private static @Nullable Object zero(Type type) {
    return type instanceof Class<?> raw && raw.isPrimitive() && raw != void.class
        ? Array.get(Array.newInstance(raw, 1), 0)
        : null;
  }
}
