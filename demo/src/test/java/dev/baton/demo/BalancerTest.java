package dev.baton.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.testing.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;

class BalancerTest {

  /** Says a letter to each who connects, and ends the connection. */
  private static ServerSocket server(char letter) throws IOException {
    var server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    Thread.ofVirtual()
        .start(() -> {
          while (true) {
            try (var client = server.accept()) {
              client.getOutputStream().write(letter);
            } catch (IOException e) {
              return;
            }
          }
        });
    return server;
  }

  private static int ask(int port) throws IOException {
    try (var client = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return client.getInputStream().read();
    }
  }

  /**
   * Ends a server. Closing alone is not enough: while a thread is in {@code accept}, the system may
   * still take connections for it a moment later, which then end without a word.
   */
  private static void end(ServerSocket server) throws IOException {
    server.close();
    await()
        .until(() -> {
          try (var _ = new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort())) {
            return false;
          } catch (IOException e) {
            return true;
          }
        });
  }

  @Test
  void connectionsTakeTurnsAndAvoidWhoIsGone() throws IOException {
    var port = Ports.free();
    var b = server('b');
    try (var a = server('a');
        var balancer = new Balancer(port, List.of(a.getLocalPort(), b.getLocalPort()))) {
      assertThat(List.of(ask(port), ask(port), ask(port))).containsExactly(97, 98, 97);
      end(b);
      assertThat(List.of(ask(port), ask(port))).containsOnly(97);
      assertThat(balancer).isNotNull();
    }
  }

  @Test
  void whenAllAreGoneTheConnectionEnds() throws IOException {
    var port = Ports.free();
    var a = server('a');
    try (var _ = new Balancer(port, List.of(a.getLocalPort()))) {
      end(a);
      assertThat(ask(port)).isEqualTo(-1);
    }
  }
}
