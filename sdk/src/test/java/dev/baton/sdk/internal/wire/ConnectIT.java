package dev.baton.sdk.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.protocol.PromiseRequest;
import dev.baton.sdk.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An address that swallows what is sent to it, as that of a pod that is gone. */
@Timeout(60)
class ConnectIT {

  private static final PromiseRequest GET = new PromiseRequest.Get("a");

  @Test
  void deadAddressCostsLessThanASecondAtFirstAndMoreWhenItStaysDead() throws Exception {
    try (var dead = new DeadAddress();
        var transport = new HttpTransport(Settings.defaults().withUrl(URI.create(dead.url())))) {
      for (int i = 0; i < 4; i++) {
        assertThat(timeToFail(transport)).isLessThan(Duration.ofSeconds(3));
      }
      // A network that is slow, not dead, gets its time.
      assertThat(timeToFail(transport)).isGreaterThan(Duration.ofSeconds(4));
      assertThat(timeToFail(transport)).isLessThan(Duration.ofSeconds(3));
    }
  }

  private static Duration timeToFail(HttpTransport transport) {
    long start = System.nanoTime();
    assertThatThrownBy(() -> transport.send(GET)).isInstanceOf(HttpConnectTimeoutException.class);
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** A socket whose queue is full, so that the kernel drops what comes. */
  private static final class DeadAddress implements AutoCloseable {
    private final ServerSocket socket;
    private final List<Socket> queued = new ArrayList<>();

    DeadAddress() throws IOException {
      socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      for (int i = 0; i < 20; i++) {
        var filler = new Socket();
        queued.add(filler);
        try {
          filler.connect(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort()), 300);
        } catch (SocketTimeoutException e) {
          return;
        }
      }
      throw new IOException("the queue is never full");
    }

    String url() {
      return "http://127.0.0.1:" + socket.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      for (var filler : queued) {
        filler.close();
      }
      socket.close();
    }
  }
}
