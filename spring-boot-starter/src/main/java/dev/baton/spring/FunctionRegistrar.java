package dev.baton.spring;

import dev.baton.sdk.Resonate;

/**
 * A bean that registers durable functions that are no methods of a {@link
 * dev.baton.sdk.DurableFunctions} interface, or further versions of them, before the worker is
 * started.
 */
@FunctionalInterface
public interface FunctionRegistrar {

  /** Registers them. */
  void register(Resonate resonate);
}
