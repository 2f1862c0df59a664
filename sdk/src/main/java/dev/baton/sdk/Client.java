package dev.baton.sdk;

/**
 * Root calls of the functions of an interface, which workers have registered with {@link
 * Resonate#register(Class, Object)}: {@code resonate.client(Orders.class,
 * Options.target("workers")).begin("order-7").buy(order)}. Immutable; safe for use by any thread.
 *
 * <p>The id names the call for ever, as with {@link Caller}, whose exceptions these calls throw,
 * too.
 *
 * @param <F> the interface
 */
public interface Client<F> {

  /**
   * The functions; whichever of them is called is begun under that id, unless it has been before,
   * and waited for. What is asked for {@code equals}, {@code hashCode} and {@code toString} is not
   * called anywhere.
   *
   * @param id as of {@link Caller#rpc}
   */
  F begin(String id);

  /**
   * Begins what is called on the functions, and does not wait: {@code begin("order-7", it ->
   * it.buy(order))}.
   *
   * @param call calls exactly one function; what it makes of the result is not looked at
   * @throws IllegalArgumentException if it calls none or several
   */
  <T> Handle<T> begin(String id, Functions.F1<F, T> call);

  /** The same functions, called with those options. */
  Client<F> with(Options options);
}
