package dev.baton.sdk;

import org.jspecify.annotations.Nullable;

/**
 * Root calls of functions that are named by a method reference: {@code caller.rpc("order-17",
 * Orders::buy, order)} for a method of an interface ({@link Resonate#register(Class, Object)}), or
 * {@code caller.rpc("p-1", Shop::price, order)} for one that is registered in this process under a
 * name. All throw {@link IllegalArgumentException} if the reference is to neither.
 */
interface CallerByReference {

  /** Begins what the reference names. Not for users: the methods below are typed. */
  <T> Handle<T> byReference(String id, Functions.Shape function, @Nullable Object... arguments);

  /** Has a worker of the target group run the function and waits for its result. */
  default <R> R rpc(String id, Functions.F0<R> function) {
    return beginRpc(id, function).result();
  }

  /**
   * As {@link #rpc(String, Functions.F0)}; of a method of an interface, or a function that takes a
   * context.
   */
  default <X, R> R rpc(String id, Functions.F1<X, R> function) {
    return beginRpc(id, function).result();
  }

  /** As {@link #rpc(String, Functions.F0)}, with 1 argument. */
  default <A extends @Nullable Object, R> R rpc(String id, Functions.F1<A, R> function, A a) {
    return beginRpc(id, function, a).result();
  }

  /**
   * As {@link #rpc(String, Functions.F0)}, with 1 argument; of a method of an interface, or a
   * function that takes a context.
   */
  default <X, A extends @Nullable Object, R> R rpc(String id, Functions.F2<X, A, R> function, A a) {
    return beginRpc(id, function, a).result();
  }

  /** As {@link #rpc(String, Functions.F0)}, with 2 arguments. */
  default <A extends @Nullable Object, B extends @Nullable Object, R> R rpc(
      String id, Functions.F2<A, B, R> function, A a, B b) {
    return beginRpc(id, function, a, b).result();
  }

  /**
   * As {@link #rpc(String, Functions.F0)}, with 2 arguments; of a method of an interface, or a
   * function that takes a context.
   */
  default <X, A extends @Nullable Object, B extends @Nullable Object, R> R rpc(
      String id, Functions.F3<X, A, B, R> function, A a, B b) {
    return beginRpc(id, function, a, b).result();
  }

  /** As {@link #rpc(String, Functions.F0)}, with 3 arguments. */
  default <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object, R>
      R rpc(String id, Functions.F3<A, B, C, R> function, A a, B b, C c) {
    return beginRpc(id, function, a, b, c).result();
  }

  /**
   * As {@link #rpc(String, Functions.F0)}, with 3 arguments; of a method of an interface, or a
   * function that takes a context.
   */
  default <X, A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object, R>
      R rpc(String id, Functions.F4<X, A, B, C, R> function, A a, B b, C c) {
    return beginRpc(id, function, a, b, c).result();
  }

  /** Has a worker of the target group run the function. */
  default <R> Handle<R> beginRpc(String id, Functions.F0<R> function) {
    return byReference(id, function);
  }

  /**
   * As {@link #beginRpc(String, Functions.F0)}; of a method of an interface, or a function that
   * takes a context.
   */
  default <X, R> Handle<R> beginRpc(String id, Functions.F1<X, R> function) {
    return byReference(id, function);
  }

  /** As {@link #beginRpc(String, Functions.F0)}, with 1 argument. */
  default <A extends @Nullable Object, R> Handle<R> beginRpc(
      String id, Functions.F1<A, R> function, A a) {
    return byReference(id, function, a);
  }

  /**
   * As {@link #beginRpc(String, Functions.F0)}, with 1 argument; of a method of an interface, or a
   * function that takes a context.
   */
  default <X, A extends @Nullable Object, R> Handle<R> beginRpc(
      String id, Functions.F2<X, A, R> function, A a) {
    return byReference(id, function, a);
  }

  /** As {@link #beginRpc(String, Functions.F0)}, with 2 arguments. */
  default <A extends @Nullable Object, B extends @Nullable Object, R> Handle<R> beginRpc(
      String id, Functions.F2<A, B, R> function, A a, B b) {
    return byReference(id, function, a, b);
  }

  /**
   * As {@link #beginRpc(String, Functions.F0)}, with 2 arguments; of a method of an interface, or a
   * function that takes a context.
   */
  default <X, A extends @Nullable Object, B extends @Nullable Object, R> Handle<R> beginRpc(
      String id, Functions.F3<X, A, B, R> function, A a, B b) {
    return byReference(id, function, a, b);
  }

  /** As {@link #beginRpc(String, Functions.F0)}, with 3 arguments. */
  default <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object, R>
      Handle<R> beginRpc(String id, Functions.F3<A, B, C, R> function, A a, B b, C c) {
    return byReference(id, function, a, b, c);
  }

  /**
   * As {@link #beginRpc(String, Functions.F0)}, with 3 arguments; of a method of an interface, or a
   * function that takes a context.
   */
  default <X, A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object, R>
      Handle<R> beginRpc(String id, Functions.F4<X, A, B, C, R> function, A a, B b, C c) {
    return byReference(id, function, a, b, c);
  }
}
