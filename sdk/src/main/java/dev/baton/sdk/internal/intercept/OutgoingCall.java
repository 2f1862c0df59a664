package dev.baton.sdk.internal.intercept;

import dev.baton.sdk.Interceptor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A call that is about to be made, and its headers so far. */
public final class OutgoingCall implements Interceptor.Call {

  private final String id;
  private final String function;
  private final String target;
  private final @Nullable String parent;
  private final Map<String, String> headers = new LinkedHashMap<>();

  /**
   * @param parent the call in whose function it is made; null for none
   */
  public OutgoingCall(String id, String function, String target, @Nullable String parent) {
    this.id = id;
    this.function = function;
    this.target = target;
    this.parent = parent;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String function() {
    return function;
  }

  @Override
  public String target() {
    return target;
  }

  @Override
  public @Nullable String parent() {
    return parent;
  }

  @Override
  public Map<String, String> headers() {
    return Collections.unmodifiableMap(headers);
  }

  @Override
  public void header(String name, String value) {
    headers.put(name, value);
  }
}
