package dev.baton.sdk.internal.wire;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says which server could not be reached, and why: the HTTP client's exceptions often do not. */
final class NoConnection {

  private NoConnection() {}

  /** The same failure with more to read; anything but a missing connection as it is. */
  static IOException explained(IOException failure, String server) {
    return switch (failure) {
      case HttpConnectTimeoutException slow ->
          of(new HttpConnectTimeoutException(server + " could not be connected to in time"), slow);
      case ConnectException none ->
          of(
              new ConnectException(
                  isHostUnknown(none)
                      ? "the host of " + server + " is unknown"
                      : "nobody answers at " + server),
              none);
      case SSLException tls -> of(new SSLException(server + ": " + tls.getMessage()), tls);
      case IOException other -> other;
    };
  }

  private static IOException of(IOException explained, IOException cause) {
    explained.initCause(cause);
    return explained;
  }

  private static boolean isHostUnknown(Throwable failure) {
    for (@Nullable Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof UnresolvedAddressException || e instanceof UnknownHostException) {
        return true;
      }
    }
    return false;
  }
}
