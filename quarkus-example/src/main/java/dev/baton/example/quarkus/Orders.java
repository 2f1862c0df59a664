package dev.baton.example.quarkus;

import dev.baton.sdk.DurableFunctions;

/** The durable functions. */
@DurableFunctions
public interface Orders {

  /** Buys what a person has approved. */
  Receipt buy(Order order);
}
