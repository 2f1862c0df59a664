package dev.baton.sdk;

import dev.baton.sdk.internal.Engine;
import dev.baton.sdk.internal.function.Registry;
import java.lang.reflect.Type;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A process's connection to a server: client and, once started, worker of a group. Safe for use by
 * any thread.
 *
 * {@snippet file="dev/baton/sdk/Snippets.java" region="worker"}
 *
 * <p>Functions are ordinary methods or lambdas. Their parameters are read from JSON; a first
 * parameter of type {@link Context} is not an argument but makes the function a workflow. Lambdas
 * need explicit parameter types: {@code (Context context, Order order) -> ...}.
 */
// A lambda that fits both a function and a procedure has untold types, which is refused anyway.
@SuppressWarnings("overloads")
public final class Resonate implements Caller, AutoCloseable {

  private final Engine engine;

  private Resonate(Engine engine) {
    this.engine = engine;
  }

  /** A client of that server; nothing is sent before it is used or started. */
  public static Resonate connect(Settings settings) {
    return new Resonate(new Engine(settings));
  }

  /** For test kits: on time, threads and a server that are not the system's. */
  public static Resonate on(Engine engine) {
    return new Resonate(engine);
  }

  /** As {@link #connect(Settings)}, with the defaults, that server and that group. */
  public static Resonate connect(URI url, String group) {
    return connect(Settings.defaults().withUrl(url).withGroup(group));
  }

  /** As given to {@link #connect(Settings)}. */
  public Settings settings() {
    return engine.settings();
  }

  /**
   * Registers a function under a name, before or after {@link #start()}. The other overloads do the
   * same for other numbers of parameters.
   *
   * @return this
   * @throws IllegalArgumentException if the name is taken or blank, or if a lambda does not tell a
   *     parameter's type; see {@link #register(String, List, Functions.Untyped)}
   */
  public <R extends @Nullable Object> Resonate register(String name, Functions.F0<R> function) {
    engine.register(name, Registry.VERSION, function);
    return this;
  }

  /** See {@link #register(String, Functions.F0)}. */
  public <A extends @Nullable Object, R extends @Nullable Object> Resonate register(
      String name, Functions.F1<A, R> function) {
    engine.register(name, Registry.VERSION, function);
    return this;
  }

  /** See {@link #register(String, Functions.F0)}. */
  public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      Resonate register(String name, Functions.F2<A, B, R> function) {
    engine.register(name, Registry.VERSION, function);
    return this;
  }

  /** See {@link #register(String, Functions.F0)}. */
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          R extends @Nullable Object>
      Resonate register(String name, Functions.F3<A, B, C, R> function) {
    engine.register(name, Registry.VERSION, function);
    return this;
  }

  /** See {@link #register(String, Functions.F0)}. */
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          R extends @Nullable Object>
      Resonate register(String name, Functions.F4<A, B, C, D, R> function) {
    engine.register(name, Registry.VERSION, function);
    return this;
  }

  /** See {@link #register(String, Functions.F0)}. */
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          R extends @Nullable Object>
      Resonate register(String name, Functions.F5<A, B, C, D, E, R> function) {
    engine.register(name, Registry.VERSION, function);
    return this;
  }

  /** See {@link #register(String, Functions.F0)}. */
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          F extends @Nullable Object,
          R extends @Nullable Object>
      Resonate register(String name, Functions.F6<A, B, C, D, E, F, R> function) {
    engine.register(name, Registry.VERSION, function);
    return this;
  }

  /** See {@link #register(String, Functions.F0)}. */
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          F extends @Nullable Object,
          G extends @Nullable Object,
          R extends @Nullable Object>
      Resonate register(String name, Functions.F7<A, B, C, D, E, F, G, R> function) {
    engine.register(name, Registry.VERSION, function);
    return this;
  }

  /** See {@link #register(String, Functions.F0)}. */
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          F extends @Nullable Object,
          G extends @Nullable Object,
          H extends @Nullable Object,
          R extends @Nullable Object>
      Resonate register(String name, Functions.F8<A, B, C, D, E, F, G, H, R> function) {
    engine.register(name, Registry.VERSION, function);
    return this;
  }

  /** See {@link #register(String, Functions.F0)}. */
  public Resonate register(String name, Functions.P0 function) {
    engine.register(name, Registry.VERSION, function);
    return this;
  }

  /** See {@link #register(String, Functions.F0)}. */
  public <A extends @Nullable Object> Resonate register(String name, Functions.P1<A> function) {
    engine.register(name, Registry.VERSION, function);
    return this;
  }

  /** See {@link #register(String, Functions.F0)}. */
  public <A extends @Nullable Object, B extends @Nullable Object> Resonate register(
      String name, Functions.P2<A, B> function) {
    engine.register(name, Registry.VERSION, function);
    return this;
  }

  /** See {@link #register(String, Functions.F0)}. */
  public <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object>
      Resonate register(String name, Functions.P3<A, B, C> function) {
    engine.register(name, Registry.VERSION, function);
    return this;
  }

  /** See {@link #register(String, Functions.F0)}. */
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object>
      Resonate register(String name, Functions.P4<A, B, C, D> function) {
    engine.register(name, Registry.VERSION, function);
    return this;
  }

  /** See {@link #register(String, Functions.F0)}. */
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object>
      Resonate register(String name, Functions.P5<A, B, C, D, E> function) {
    engine.register(name, Registry.VERSION, function);
    return this;
  }

  /** See {@link #register(String, Functions.F0)}. */
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          F extends @Nullable Object>
      Resonate register(String name, Functions.P6<A, B, C, D, E, F> function) {
    engine.register(name, Registry.VERSION, function);
    return this;
  }

  /** See {@link #register(String, Functions.F0)}. */
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          F extends @Nullable Object,
          G extends @Nullable Object>
      Resonate register(String name, Functions.P7<A, B, C, D, E, F, G> function) {
    engine.register(name, Registry.VERSION, function);
    return this;
  }

  /** See {@link #register(String, Functions.F0)}. */
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          F extends @Nullable Object,
          G extends @Nullable Object,
          H extends @Nullable Object>
      Resonate register(String name, Functions.P8<A, B, C, D, E, F, G, H> function) {
    engine.register(name, Registry.VERSION, function);
    return this;
  }

  /**
   * As {@link #register(String, Functions.F0)}, in that version. A process may have several
   * versions of a function; which of them a call wants is told by {@link Options#version(int)}. The
   * other overloads do the same for other numbers of parameters.
   *
   * @param version at least 1
   */
  public <R extends @Nullable Object> Resonate register(
      String name, int version, Functions.F0<R> function) {
    engine.register(name, version, function);
    return this;
  }

  /** See {@link #register(String, int, Functions.F0)}. */
  public <A extends @Nullable Object, R extends @Nullable Object> Resonate register(
      String name, int version, Functions.F1<A, R> function) {
    engine.register(name, version, function);
    return this;
  }

  /** See {@link #register(String, int, Functions.F0)}. */
  public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      Resonate register(String name, int version, Functions.F2<A, B, R> function) {
    engine.register(name, version, function);
    return this;
  }

  /** See {@link #register(String, int, Functions.F0)}. */
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          R extends @Nullable Object>
      Resonate register(String name, int version, Functions.F3<A, B, C, R> function) {
    engine.register(name, version, function);
    return this;
  }

  /** See {@link #register(String, int, Functions.F0)}. */
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          R extends @Nullable Object>
      Resonate register(String name, int version, Functions.F4<A, B, C, D, R> function) {
    engine.register(name, version, function);
    return this;
  }

  /** See {@link #register(String, int, Functions.F0)}. */
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          R extends @Nullable Object>
      Resonate register(String name, int version, Functions.F5<A, B, C, D, E, R> function) {
    engine.register(name, version, function);
    return this;
  }

  /** See {@link #register(String, int, Functions.F0)}. */
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          F extends @Nullable Object,
          R extends @Nullable Object>
      Resonate register(String name, int version, Functions.F6<A, B, C, D, E, F, R> function) {
    engine.register(name, version, function);
    return this;
  }

  /** See {@link #register(String, int, Functions.F0)}. */
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          F extends @Nullable Object,
          G extends @Nullable Object,
          R extends @Nullable Object>
      Resonate register(String name, int version, Functions.F7<A, B, C, D, E, F, G, R> function) {
    engine.register(name, version, function);
    return this;
  }

  /** See {@link #register(String, int, Functions.F0)}. */
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          F extends @Nullable Object,
          G extends @Nullable Object,
          H extends @Nullable Object,
          R extends @Nullable Object>
      Resonate register(
          String name, int version, Functions.F8<A, B, C, D, E, F, G, H, R> function) {
    engine.register(name, version, function);
    return this;
  }

  /** See {@link #register(String, int, Functions.F0)}. */
  public Resonate register(String name, int version, Functions.P0 function) {
    engine.register(name, version, function);
    return this;
  }

  /** See {@link #register(String, int, Functions.F0)}. */
  public <A extends @Nullable Object> Resonate register(
      String name, int version, Functions.P1<A> function) {
    engine.register(name, version, function);
    return this;
  }

  /** See {@link #register(String, int, Functions.F0)}. */
  public <A extends @Nullable Object, B extends @Nullable Object> Resonate register(
      String name, int version, Functions.P2<A, B> function) {
    engine.register(name, version, function);
    return this;
  }

  /** See {@link #register(String, int, Functions.F0)}. */
  public <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object>
      Resonate register(String name, int version, Functions.P3<A, B, C> function) {
    engine.register(name, version, function);
    return this;
  }

  /** See {@link #register(String, int, Functions.F0)}. */
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object>
      Resonate register(String name, int version, Functions.P4<A, B, C, D> function) {
    engine.register(name, version, function);
    return this;
  }

  /** See {@link #register(String, int, Functions.F0)}. */
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object>
      Resonate register(String name, int version, Functions.P5<A, B, C, D, E> function) {
    engine.register(name, version, function);
    return this;
  }

  /** See {@link #register(String, int, Functions.F0)}. */
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          F extends @Nullable Object>
      Resonate register(String name, int version, Functions.P6<A, B, C, D, E, F> function) {
    engine.register(name, version, function);
    return this;
  }

  /** See {@link #register(String, int, Functions.F0)}. */
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          F extends @Nullable Object,
          G extends @Nullable Object>
      Resonate register(String name, int version, Functions.P7<A, B, C, D, E, F, G> function) {
    engine.register(name, version, function);
    return this;
  }

  /** See {@link #register(String, int, Functions.F0)}. */
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          F extends @Nullable Object,
          G extends @Nullable Object,
          H extends @Nullable Object>
      Resonate register(String name, int version, Functions.P8<A, B, C, D, E, F, G, H> function) {
    engine.register(name, version, function);
    return this;
  }

  /**
   * Registers a function whose parameter types are given, for what a lambda cannot tell.
   *
   * @param parameters the types of the arguments, without the context
   * @return this
   * @throws IllegalArgumentException if the name is taken or blank
   */
  public Resonate register(String name, List<Type> parameters, Functions.Untyped function) {
    return register(name, Registry.VERSION, parameters, function);
  }

  /**
   * As {@link #register(String, List, Functions.Untyped)}, in that version.
   *
   * @param version at least 1
   */
  public Resonate register(
      String name, int version, List<Type> parameters, Functions.Untyped function) {
    engine.register(name, version, parameters, function);
    return this;
  }

  /**
   * Registers the methods of an interface as functions, each under the interface's simple name, a
   * dot and the method's, or what {@link FunctionName} says. They take no {@link Context}, which
   * whoever calls them has not; the implementation asks {@link Context#current()}.
   *
   * @return this
   * @throws IllegalArgumentException if it is no interface, has no function, two of one name, or
   *     one whose name is taken
   */
  public <F> Resonate register(Class<F> functions, F implementation) {
    return register(functions, Registry.VERSION, implementation);
  }

  /**
   * As {@link #register(Class, Object)}, all of them in that version.
   *
   * @param version at least 1
   */
  public <F> Resonate register(Class<F> functions, int version, F implementation) {
    engine.register(functions, version, implementation);
    return this;
  }

  /**
   * Connects and takes work of the group. Starting again has no effect.
   *
   * @throws ResonateException if this is closed
   */
  public void start() {
    engine.start();
  }

  /**
   * {@link #start()}, then blocks until the process is asked to stop (SIGTERM, SIGINT) or {@link
   * #close()} is called, and the running tasks are finished or given back. After a signal the
   * process ends with 0 if all of them are: first this returns, then {@link System#exit} runs the
   * program's own shutdown hooks. A JVM that stops for another reason waits for the tasks, too.
   *
   * @throws ServerException if the server has refused this worker for {@link
   *     Settings#refusalLimit()}, for example because its token is not valid; this is closed then
   * @throws ResonateException if this is closed already, or the thread is interrupted
   */
  public void serve() {
    engine.serve();
  }

  /**
   * Takes no more work, lets running tasks finish within {@link Settings#drainTimeout()}, gives the
   * rest back to the group at once and disconnects. Handles that wait fail. Closing again waits for
   * the first time to end.
   */
  @Override
  public void close() {
    engine.close();
  }

  /** How this stands with the server; asks nobody. For a probe of the process's health. */
  public Health health() {
    return engine.health();
  }

  /** How often it has told the server that it still holds its tasks; asks nobody. */
  public Heartbeats heartbeats() {
    return engine.heartbeats();
  }

  /**
   * Calls of the functions of an interface by workers of this process's own group.
   *
   * @throws IllegalArgumentException if it is no interface of functions
   */
  public <F> Client<F> client(Class<F> functions) {
    return client(functions, Options.defaults());
  }

  /** Calls of the functions of an interface, made with those options. */
  public <F> Client<F> client(Class<F> functions, Options options) {
    return engine.client(functions, options);
  }

  /** Calls with those options. */
  public Caller with(Options options) {
    return engine.caller(options);
  }

  @Override
  public <T> Handle<T> byReference(
      String id, Functions.Shape function, @Nullable Object... arguments) {
    return with(Options.defaults()).byReference(id, function, arguments);
  }

  @Override
  public <T> Handle<T> beginRpc(
      String id, String function, Class<T> type, @Nullable Object... arguments) {
    return with(Options.defaults()).beginRpc(id, function, type, arguments);
  }

  @Override
  public <T> Handle<T> beginRpc(
      String id, String function, GenericType<T> type, @Nullable Object... arguments) {
    return with(Options.defaults()).beginRpc(id, function, type, arguments);
  }

  @Override
  public <T> Handle<T> beginRun(
      String id, String function, Class<T> type, @Nullable Object... arguments) {
    return with(Options.defaults()).beginRun(id, function, type, arguments);
  }

  @Override
  public <T> Handle<T> beginRun(
      String id, String function, GenericType<T> type, @Nullable Object... arguments) {
    return with(Options.defaults()).beginRun(id, function, type, arguments);
  }

  /**
   * The call or promise of that id, whoever made it. Whether it exists shows when the handle is
   * used.
   */
  public <T> Handle<T> get(String id, Class<T> type) {
    return engine.handle(id, type);
  }

  /** As {@link #get(String, Class)}, for a result with type arguments. */
  public <T> Handle<T> get(String id, GenericType<T> type) {
    return engine.handle(id, type.type());
  }

  /**
   * A promise that a function has made by a name, to be settled.
   *
   * @param call the id of the function's promise, mostly that of a root call
   * @throws IllegalArgumentException if the name is blank or contains {@code .} or {@code :}
   */
  public <T> ExternalPromise<T> promise(String call, String name, Class<T> type) {
    return engine.promise(call, name, type);
  }

  /** As {@link #promise(String, String, Class)}, for a value with type arguments. */
  public <T> ExternalPromise<T> promise(String call, String name, GenericType<T> type) {
    return engine.promise(call, name, type.type());
  }

  /** Promises by their ids. */
  public Promises promises() {
    return engine.promises();
  }

  /** Calls by the clock. */
  public Schedules schedules() {
    return engine.schedules();
  }
}
