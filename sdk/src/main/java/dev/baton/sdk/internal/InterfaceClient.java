package dev.baton.sdk.internal;

import dev.baton.sdk.Client;
import dev.baton.sdk.Functions;
import dev.baton.sdk.Handle;
import dev.baton.sdk.Options;
import dev.baton.sdk.internal.function.Interfaces;

/** Root calls of the functions of an interface. */
record InterfaceClient<F>(Engine engine, Class<F> type, EngineCaller caller) implements Client<F> {

  @Override
  public F begin(String id) {
    return Interfaces.calling(type, called -> caller.begin(id, called).result());
  }

  @Override
  public <T> Handle<T> begin(String id, Functions.F1<F, T> call) {
    return caller.begin(id, Interfaces.recorded(type, call));
  }

  @Override
  public Client<F> with(Options options) {
    return engine.client(type, options);
  }
}
