package dev.baton.sdk;

import org.jspecify.annotations.Nullable;

/**
 * An argument or a result has no JSON form, or stored JSON does not fit the Java type it is read
 * as. Correct the type; repeating does not help.
 */
public final class EncodingException extends ResonateException {

  /** With the value's role and the mapper's complaint. */
  public EncodingException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
