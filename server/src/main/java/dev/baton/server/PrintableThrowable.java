package dev.baton.server;

import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import dev.baton.protocol.Printable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An exception as it may be logged: messages quote what clients sent. */
record PrintableThrowable(IThrowableProxy inner) implements IThrowableProxy {

  static @Nullable IThrowableProxy of(@Nullable IThrowableProxy thrown) {
    return thrown == null ? null : new PrintableThrowable(thrown);
  }

  private static @Nullable String printable(@Nullable String text) {
    return text == null ? null : Printable.of(LogText.ofException(text));
  }

  @Override
  public @Nullable String getMessage() {
    return printable(inner.getMessage());
  }

  @Override
  public @Nullable String getOverridingMessage() {
    return printable(inner.getOverridingMessage());
  }

  @Override
  public String getClassName() {
    return inner.getClassName();
  }

  @Override
  public StackTraceElementProxy[] getStackTraceElementProxyArray() {
    return inner.getStackTraceElementProxyArray();
  }

  @Override
  public int getCommonFrames() {
    return inner.getCommonFrames();
  }

  @Override
  public @Nullable IThrowableProxy getCause() {
    return of(inner.getCause());
  }

  @Override
  public IThrowableProxy @Nullable [] getSuppressed() {
    IThrowableProxy[] suppressed = inner.getSuppressed();
    return suppressed == null
        ? null
        : Stream.of(suppressed).map(PrintableThrowable::new).toArray(IThrowableProxy[]::new);
  }

  @Override
  public boolean isCyclic() {
    return inner.isCyclic();
  }
}
