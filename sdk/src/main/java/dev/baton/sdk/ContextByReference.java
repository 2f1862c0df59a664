package dev.baton.sdk;

import org.jspecify.annotations.Nullable;

/**
 * Calls and rpcs of functions that are named by a method reference: {@code context.rpc(Orders::buy,
 * order)} for a method of an interface ({@link Resonate#register(Class, Object)}), or {@code
 * context.rpc(Shop::price, order)} for one that is registered in this process under a name. All
 * throw {@link IllegalArgumentException} if the reference is to neither.
 */
interface ContextByReference {

  /** Begins what the reference names, there or here. Not for users: the methods below are typed. */
  <T> DurablePromise<T> byReference(
      boolean there, Functions.Shape function, @Nullable Object... arguments);

  /** Has a worker of the target group run the function and waits for its result. */
  default <R> R rpc(Functions.F0<R> function) {
    return beginRpc(function).result();
  }

  /**
   * As {@link #rpc(Functions.F0)}; of a method of an interface, or a function that takes a context.
   */
  default <X, R> R rpc(Functions.F1<X, R> function) {
    return beginRpc(function).result();
  }

  /** As {@link #rpc(Functions.F0)}, with 1 argument. */
  default <A extends @Nullable Object, R> R rpc(Functions.F1<A, R> function, A a) {
    return beginRpc(function, a).result();
  }

  /**
   * As {@link #rpc(Functions.F0)}, with 1 argument; of a method of an interface, or a function that
   * takes a context.
   */
  default <X, A extends @Nullable Object, R> R rpc(Functions.F2<X, A, R> function, A a) {
    return beginRpc(function, a).result();
  }

  /** As {@link #rpc(Functions.F0)}, with 2 arguments. */
  default <A extends @Nullable Object, B extends @Nullable Object, R> R rpc(
      Functions.F2<A, B, R> function, A a, B b) {
    return beginRpc(function, a, b).result();
  }

  /**
   * As {@link #rpc(Functions.F0)}, with 2 arguments; of a method of an interface, or a function
   * that takes a context.
   */
  default <X, A extends @Nullable Object, B extends @Nullable Object, R> R rpc(
      Functions.F3<X, A, B, R> function, A a, B b) {
    return beginRpc(function, a, b).result();
  }

  /** As {@link #rpc(Functions.F0)}, with 3 arguments. */
  default <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object, R>
      R rpc(Functions.F3<A, B, C, R> function, A a, B b, C c) {
    return beginRpc(function, a, b, c).result();
  }

  /**
   * As {@link #rpc(Functions.F0)}, with 3 arguments; of a method of an interface, or a function
   * that takes a context.
   */
  default <X, A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object, R>
      R rpc(Functions.F4<X, A, B, C, R> function, A a, B b, C c) {
    return beginRpc(function, a, b, c).result();
  }

  /** Has a worker of the target group run the function. */
  default <R> DurablePromise<R> beginRpc(Functions.F0<R> function) {
    return byReference(true, function);
  }

  /**
   * As {@link #beginRpc(Functions.F0)}; of a method of an interface, or a function that takes a
   * context.
   */
  default <X, R> DurablePromise<R> beginRpc(Functions.F1<X, R> function) {
    return byReference(true, function);
  }

  /** As {@link #beginRpc(Functions.F0)}, with 1 argument. */
  default <A extends @Nullable Object, R> DurablePromise<R> beginRpc(
      Functions.F1<A, R> function, A a) {
    return byReference(true, function, a);
  }

  /**
   * As {@link #beginRpc(Functions.F0)}, with 1 argument; of a method of an interface, or a function
   * that takes a context.
   */
  default <X, A extends @Nullable Object, R> DurablePromise<R> beginRpc(
      Functions.F2<X, A, R> function, A a) {
    return byReference(true, function, a);
  }

  /** As {@link #beginRpc(Functions.F0)}, with 2 arguments. */
  default <A extends @Nullable Object, B extends @Nullable Object, R> DurablePromise<R> beginRpc(
      Functions.F2<A, B, R> function, A a, B b) {
    return byReference(true, function, a, b);
  }

  /**
   * As {@link #beginRpc(Functions.F0)}, with 2 arguments; of a method of an interface, or a
   * function that takes a context.
   */
  default <X, A extends @Nullable Object, B extends @Nullable Object, R> DurablePromise<R> beginRpc(
      Functions.F3<X, A, B, R> function, A a, B b) {
    return byReference(true, function, a, b);
  }

  /** As {@link #beginRpc(Functions.F0)}, with 3 arguments. */
  default <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object, R>
      DurablePromise<R> beginRpc(Functions.F3<A, B, C, R> function, A a, B b, C c) {
    return byReference(true, function, a, b, c);
  }

  /**
   * As {@link #beginRpc(Functions.F0)}, with 3 arguments; of a method of an interface, or a
   * function that takes a context.
   */
  default <X, A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object, R>
      DurablePromise<R> beginRpc(Functions.F4<X, A, B, C, R> function, A a, B b, C c) {
    return byReference(true, function, a, b, c);
  }

  /** Runs the function here, as a step with a context of its own. */
  default <R> R call(Functions.F0<R> function) {
    return beginCall(function).result();
  }

  /**
   * As {@link #call(Functions.F0)}; of a method of an interface, or a function that takes a
   * context.
   */
  default <X, R> R call(Functions.F1<X, R> function) {
    return beginCall(function).result();
  }

  /** As {@link #call(Functions.F0)}, with 1 argument. */
  default <A extends @Nullable Object, R> R call(Functions.F1<A, R> function, A a) {
    return beginCall(function, a).result();
  }

  /**
   * As {@link #call(Functions.F0)}, with 1 argument; of a method of an interface, or a function
   * that takes a context.
   */
  default <X, A extends @Nullable Object, R> R call(Functions.F2<X, A, R> function, A a) {
    return beginCall(function, a).result();
  }

  /** As {@link #call(Functions.F0)}, with 2 arguments. */
  default <A extends @Nullable Object, B extends @Nullable Object, R> R call(
      Functions.F2<A, B, R> function, A a, B b) {
    return beginCall(function, a, b).result();
  }

  /**
   * As {@link #call(Functions.F0)}, with 2 arguments; of a method of an interface, or a function
   * that takes a context.
   */
  default <X, A extends @Nullable Object, B extends @Nullable Object, R> R call(
      Functions.F3<X, A, B, R> function, A a, B b) {
    return beginCall(function, a, b).result();
  }

  /** As {@link #call(Functions.F0)}, with 3 arguments. */
  default <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object, R>
      R call(Functions.F3<A, B, C, R> function, A a, B b, C c) {
    return beginCall(function, a, b, c).result();
  }

  /**
   * As {@link #call(Functions.F0)}, with 3 arguments; of a method of an interface, or a function
   * that takes a context.
   */
  default <X, A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object, R>
      R call(Functions.F4<X, A, B, C, R> function, A a, B b, C c) {
    return beginCall(function, a, b, c).result();
  }

  /** Begins the function here, beside this one. */
  default <R> DurablePromise<R> beginCall(Functions.F0<R> function) {
    return byReference(false, function);
  }

  /**
   * As {@link #beginCall(Functions.F0)}; of a method of an interface, or a function that takes a
   * context.
   */
  default <X, R> DurablePromise<R> beginCall(Functions.F1<X, R> function) {
    return byReference(false, function);
  }

  /** As {@link #beginCall(Functions.F0)}, with 1 argument. */
  default <A extends @Nullable Object, R> DurablePromise<R> beginCall(
      Functions.F1<A, R> function, A a) {
    return byReference(false, function, a);
  }

  /**
   * As {@link #beginCall(Functions.F0)}, with 1 argument; of a method of an interface, or a
   * function that takes a context.
   */
  default <X, A extends @Nullable Object, R> DurablePromise<R> beginCall(
      Functions.F2<X, A, R> function, A a) {
    return byReference(false, function, a);
  }

  /** As {@link #beginCall(Functions.F0)}, with 2 arguments. */
  default <A extends @Nullable Object, B extends @Nullable Object, R> DurablePromise<R> beginCall(
      Functions.F2<A, B, R> function, A a, B b) {
    return byReference(false, function, a, b);
  }

  /**
   * As {@link #beginCall(Functions.F0)}, with 2 arguments; of a method of an interface, or a
   * function that takes a context.
   */
  default <X, A extends @Nullable Object, B extends @Nullable Object, R>
      DurablePromise<R> beginCall(Functions.F3<X, A, B, R> function, A a, B b) {
    return byReference(false, function, a, b);
  }

  /** As {@link #beginCall(Functions.F0)}, with 3 arguments. */
  default <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object, R>
      DurablePromise<R> beginCall(Functions.F3<A, B, C, R> function, A a, B b, C c) {
    return byReference(false, function, a, b, c);
  }

  /**
   * As {@link #beginCall(Functions.F0)}, with 3 arguments; of a method of an interface, or a
   * function that takes a context.
   */
  default <X, A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object, R>
      DurablePromise<R> beginCall(Functions.F4<X, A, B, C, R> function, A a, B b, C c) {
    return byReference(false, function, a, b, c);
  }
}
