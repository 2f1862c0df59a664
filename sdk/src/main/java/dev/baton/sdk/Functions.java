package dev.baton.sdk;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * The shapes of function that can be registered: {@code F0} to {@code F8} give a value, {@code P0}
 * to {@code P8} give none. They are serializable only so that the SDK can see the types behind a
 * method reference or lambda; nothing is ever serialized that way.
 */
public final class Functions {

  private Functions() {}

  /** Any of the shapes below. */
  public sealed interface Shape extends Serializable {}

  /** A function whose types are told apart from it. */
  @FunctionalInterface
  public interface Untyped {
    /**
     * Runs it.
     *
     * @param arguments as many as parameter types were given, of those types
     */
    @Nullable Object apply(Context context, @Nullable Object[] arguments) throws Exception;
  }

  /** No parameters, a result. */
  @FunctionalInterface
  public non-sealed interface F0<R extends @Nullable Object> extends Shape {
    /** Runs it. */
    R apply() throws Exception;
  }

  /** One parameter, a result. */
  @FunctionalInterface
  public non-sealed interface F1<A extends @Nullable Object, R extends @Nullable Object>
      extends Shape {
    /** Runs it. */
    R apply(A a) throws Exception;
  }

  /** Two parameters, a result. */
  @FunctionalInterface
  public non-sealed interface F2<
          A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      extends Shape {
    /** Runs it. */
    R apply(A a, B b) throws Exception;
  }

  /** Three parameters, a result. */
  @FunctionalInterface
  public non-sealed interface F3<
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          R extends @Nullable Object>
      extends Shape {
    /** Runs it. */
    R apply(A a, B b, C c) throws Exception;
  }

  /** Four parameters, a result. */
  @FunctionalInterface
  public non-sealed interface F4<
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          R extends @Nullable Object>
      extends Shape {
    /** Runs it. */
    R apply(A a, B b, C c, D d) throws Exception;
  }

  /** Five parameters, a result. */
  @FunctionalInterface
  public non-sealed interface F5<
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          R extends @Nullable Object>
      extends Shape {
    /** Runs it. */
    R apply(A a, B b, C c, D d, E e) throws Exception;
  }

  /** Six parameters, a result. */
  @FunctionalInterface
  public non-sealed interface F6<
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          F extends @Nullable Object,
          R extends @Nullable Object>
      extends Shape {
    /** Runs it. */
    R apply(A a, B b, C c, D d, E e, F f) throws Exception;
  }

  /** Seven parameters, a result. */
  @FunctionalInterface
  public non-sealed interface F7<
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          F extends @Nullable Object,
          G extends @Nullable Object,
          R extends @Nullable Object>
      extends Shape {
    /** Runs it. */
    R apply(A a, B b, C c, D d, E e, F f, G g) throws Exception;
  }

  /** Eight parameters, a result. */
  @FunctionalInterface
  public non-sealed interface F8<
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          F extends @Nullable Object,
          G extends @Nullable Object,
          H extends @Nullable Object,
          R extends @Nullable Object>
      extends Shape {
    /** Runs it. */
    R apply(A a, B b, C c, D d, E e, F f, G g, H h) throws Exception;
  }

  /** No parameters, no result. */
  @FunctionalInterface
  public non-sealed interface P0 extends Shape {
    /** Runs it. */
    void apply() throws Exception;
  }

  /** One parameter, no result. */
  @FunctionalInterface
  public non-sealed interface P1<A extends @Nullable Object> extends Shape {
    /** Runs it. */
    void apply(A a) throws Exception;
  }

  /** Two parameters, no result. */
  @FunctionalInterface
  public non-sealed interface P2<A extends @Nullable Object, B extends @Nullable Object>
      extends Shape {
    /** Runs it. */
    void apply(A a, B b) throws Exception;
  }

  /** Three parameters, no result. */
  @FunctionalInterface
  public non-sealed interface P3<
          A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object>
      extends Shape {
    /** Runs it. */
    void apply(A a, B b, C c) throws Exception;
  }

  /** Four parameters, no result. */
  @FunctionalInterface
  public non-sealed interface P4<
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object>
      extends Shape {
    /** Runs it. */
    void apply(A a, B b, C c, D d) throws Exception;
  }

  /** Five parameters, no result. */
  @FunctionalInterface
  public non-sealed interface P5<
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object>
      extends Shape {
    /** Runs it. */
    void apply(A a, B b, C c, D d, E e) throws Exception;
  }

  /** Six parameters, no result. */
  @FunctionalInterface
  public non-sealed interface P6<
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          F extends @Nullable Object>
      extends Shape {
    /** Runs it. */
    void apply(A a, B b, C c, D d, E e, F f) throws Exception;
  }

  /** Seven parameters, no result. */
  @FunctionalInterface
  public non-sealed interface P7<
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          F extends @Nullable Object,
          G extends @Nullable Object>
      extends Shape {
    /** Runs it. */
    void apply(A a, B b, C c, D d, E e, F f, G g) throws Exception;
  }

  /** Eight parameters, no result. */
  @FunctionalInterface
  public non-sealed interface P8<
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          E extends @Nullable Object,
          F extends @Nullable Object,
          G extends @Nullable Object,
          H extends @Nullable Object>
      extends Shape {
    /** Runs it. */
    void apply(A a, B b, C c, D d, E e, F f, G g, H h) throws Exception;
  }
}
