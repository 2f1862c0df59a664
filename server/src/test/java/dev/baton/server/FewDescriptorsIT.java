package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nobody takes so many connections that the system has none left for others. */
@Timeout(60)
class FewDescriptorsIT {

  private static final List<String> FEW_FILES =
      List.of("bash", "-c", "ulimit -n 500; exec \"$@\"", "bash");

  @TempDir Path folder;

  @Test
  void whoOpensAsManyConnectionsAsThereAreFilesLeavesSomeToOthers() throws Exception {
    ServerProcess server =
        ServerProcess.start(FEW_FILES, folder.resolve("baton.db"), List.of("-Xmx128m"));
    List<Socket> greedy = new ArrayList<>();
    try {
      for (int i = 0; i < 550; i++) {
        greedy.add(new Socket("127.0.0.1", server.port()));
      }
      assertThat(health("127.0.0.2", server.port())).startsWith("HTTP/1.1 200");
    } finally {
      for (Socket socket : greedy) {
        socket.close();
      }
      server.kill();
    }
  }

  /** Whatever has taken them: the log does not fill the disk as well. */
  @Test
  void withoutAnyLeftThatIsSaidOnceAndItGoesOnWhenThereAreSome() throws Exception {
    assumeThat(Path.of("/usr/bin/prlimit")).isExecutable();
    Path log = folder.resolve("log");
    ServerProcess server =
        ServerProcess.start(
            List.of("bash", "-c", "exec \"$@\" > >(tee " + log + ")", "bash"),
            folder.resolve("baton.db"),
            List.of("-Xmx128m"));
    try {
      setMostFiles(server, 8);
      try (Socket waiting = new Socket("127.0.0.1", server.port())) {
        await().untilAsserted(() -> assertThat(log).content().contains("Too many open files"));
        setMostFiles(server, 500);
        assertThat(health(waiting)).startsWith("HTTP/1.1 200");
      }
      assertThat(log).content().doesNotContain("exceptionCaught");
      assertThat(Files.readAllLines(log).stream().filter(line -> line.contains("accepted")))
          .singleElement()
          .asString()
          .contains("Too many open files", "This process may open 8: raise that limit (ulimit -n)");
    } finally {
      server.kill();
    }
  }

  private static void setMostFiles(ServerProcess server, int files) throws Exception {
    String limit = "--nofile=" + files + ":";
    assertThat(
            new ProcessBuilder("prlimit", "--pid=" + server.pid(), limit)
                .inheritIO()
                .start()
                .waitFor())
        .isZero();
  }

  private static String health(String from, int port) throws IOException {
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(from, 0));
      socket.connect(new InetSocketAddress("127.0.0.1", port), 5_000);
      return health(socket);
    }
  }

  private static String health(Socket socket) throws IOException {
    socket.setSoTimeout(10_000);
    socket
        .getOutputStream()
        .write("GET /health HTTP/1.1\r\nhost: h\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    return new String(socket.getInputStream().readNBytes(15), StandardCharsets.US_ASCII);
  }
}
