package dev.baton.sdk.internal.function;

import dev.baton.sdk.Context;
import dev.baton.sdk.Functions;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** The functions of this process by name and version. */
public final class Registry {

  /** The version of functions that are registered without one, in every SDK. */
  public static final int VERSION = 1;

  /** What a call means that wants the newest. */
  public static final int NEWEST = 0;

  private final Map<String, NavigableMap<Integer, DurableFunction>> functions =
      new ConcurrentHashMap<>();

  /** Under which name the method of a method reference was registered. */
  private final Map<Method, String> names = new ConcurrentHashMap<>();

  public void register(String name, Functions.Shape function) {
    register(name, VERSION, function);
  }

  public void register(String name, int version, Functions.Shape function) {
    var types = FunctionTypes.of(function).parameters();
    boolean takesContext = !types.isEmpty() && types.get(0) == Context.class;
    var parameters = new ArrayList<Type>();
    for (int i = takesContext ? 1 : 0; i < types.size(); i++) {
      parameters.add(told(name, i, types.get(i)));
    }
    put(
        version,
        new DurableFunction(
            name,
            parameters,
            (context, arguments) ->
                ShapeCall.apply(function, takesContext ? led(context, arguments) : arguments)));
    var reference = FunctionTypes.referenceOf(function);
    if (reference != null) {
      names.putIfAbsent(reference.method(), name);
    }
  }

  public void register(
      String name, int version, List<Type> parameters, Functions.Untyped function) {
    put(version, new DurableFunction(name, parameters, function));
  }

  /** Registers all functions of an interface, or none. */
  public <F> void register(Class<F> type, int version, F implementation) {
    var all = Interfaces.functionsOf(type, implementation);
    for (var function : all) {
      check(version, function);
      if (find(function.name(), version) != null) {
        throw taken(function.name(), version);
      }
    }
    all.forEach(function -> put(version, function));
  }

  /**
   * @param version {@link #NEWEST} for the newest that is known here
   */
  public @Nullable DurableFunction find(String name, int version) {
    var versions = functions.get(name);
    if (versions == null) {
      return null;
    }
    if (version != NEWEST) {
      return versions.get(version);
    }
    var newest = versions.lastEntry();
    return newest == null ? null : newest.getValue();
  }

  /** The versions of each function that is known here, by name. */
  public Map<String, List<Integer>> known() {
    var known = new TreeMap<String, List<Integer>>();
    functions.forEach((name, versions) -> known.put(name, List.copyOf(versions.keySet())));
    return known;
  }

  /**
   * What a method reference calls.
   *
   * @throws IllegalArgumentException if it is neither to a method of an interface nor to what is
   *     registered here
   */
  public Named named(Functions.Shape function) {
    var reference = References.of(function);
    String name =
        reference.owner().isInterface()
            ? Interfaces.nameOf(reference.owner(), reference.method())
            : names.get(reference.method());
    if (name == null) {
      throw new IllegalArgumentException(
          reference.method()
              + " is no function: it is not abstract in an interface, nor registered in this"
              + " process by a reference to it");
    }
    return new Named(name, reference.result());
  }

  /**
   * What a method reference calls.
   *
   * @param result the type that the result is read as
   */
  public record Named(String name, Type result) {}

  private void put(int version, DurableFunction function) {
    check(version, function);
    var versions = functions.computeIfAbsent(function.name(), key -> new ConcurrentSkipListMap<>());
    if (versions.putIfAbsent(version, function) != null) {
      throw taken(function.name(), version);
    }
  }

  private static void check(int version, DurableFunction function) {
    if (function.name().isBlank()) {
      throw new IllegalArgumentException("the name of a function is blank");
    }
    if (version < 1) {
      throw new IllegalArgumentException(
          "version " + version + " of " + function.name() + " is below 1");
    }
  }

  private static IllegalArgumentException taken(String name, int version) {
    return new IllegalArgumentException(
        name + (version == VERSION ? "" : " in version " + version) + " is registered already");
  }

  private static Type told(String name, int index, @Nullable Type type) {
    if (type == null) {
      throw new IllegalArgumentException(
          "parameter %d of %s is generic and a lambda does not tell its type arguments: use a method reference, or give the types"
              .formatted(index + 1, name));
    }
    if (type == Context.class) {
      throw new IllegalArgumentException(
          "parameter %d of %s is a Context; only the first may be".formatted(index + 1, name));
    }
    return type;
  }

  private static @Nullable Object[] led(Context context, @Nullable Object[] arguments) {
    var all = new @Nullable Object[arguments.length + 1];
    all[0] = context;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return all;
  }
}
