package dev.baton.sdk.internal;

import dev.baton.sdk.Caller;
import dev.baton.sdk.Functions;
import dev.baton.sdk.Handle;
import dev.baton.sdk.Options;
import dev.baton.sdk.Promises;
import dev.baton.sdk.Schedules;
import dev.baton.sdk.Settings;
import java.lang.reflect.Type;
import java.util.List;

/** Wires the parts of one {@link dev.baton.sdk.Resonate}. */
public final class Engine {

  private final Settings settings;

  public Engine(Settings settings) {
    this.settings = settings;
  }

  public Settings settings() {
    return settings;
  }

  public void register(String name, Functions.Shape function) {
    throw new UnsupportedOperationException();
  }

  public void register(String name, List<Type> parameters, Functions.Untyped function) {
    throw new UnsupportedOperationException();
  }

  public void start() {
    throw new UnsupportedOperationException();
  }

  public void serve() {
    throw new UnsupportedOperationException();
  }

  public void close() {
    throw new UnsupportedOperationException();
  }

  public Caller caller(Options options) {
    throw new UnsupportedOperationException();
  }

  public <T> Handle<T> handle(String id, Type type) {
    throw new UnsupportedOperationException();
  }

  public Promises promises() {
    throw new UnsupportedOperationException();
  }

  public Schedules schedules() {
    throw new UnsupportedOperationException();
  }
}
