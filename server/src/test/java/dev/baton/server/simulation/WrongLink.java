package dev.baton.server.simulation;

import dev.baton.protocol.Message;
import dev.baton.server.dispatch.FunctionRef;
import dev.baton.server.dispatch.Link;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A link of which a mutant changes something. */
abstract class WrongLink implements Link {

  private final Link real;

  WrongLink(Link real) {
    this.real = real;
  }

  @Override
  public String group() {
    return real.group();
  }

  @Override
  public String pid() {
    return real.pid();
  }

  @Override
  public String address() {
    return real.address();
  }

  @Override
  public @Nullable Integer slots() {
    return real.slots();
  }

  @Override
  public @Nullable Set<FunctionRef> functions() {
    return real.functions();
  }

  @Override
  public boolean hearsSettled() {
    return real.hearsSettled();
  }

  @Override
  public @Nullable String run() {
    return real.run();
  }

  @Override
  public boolean isStrict() {
    return real.isStrict();
  }

  @Override
  public boolean isWritable() {
    return real.isWritable();
  }

  @Override
  public long send(Message message) {
    return real.send(message);
  }

  @Override
  public long taken() {
    return real.taken();
  }

  @Override
  public void close() {
    real.close();
  }
}
