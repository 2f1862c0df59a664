package dev.baton.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.server.ServerProcess;
import dev.baton.testing.Client;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The console's files need no token: who asks for them often and reads none costs little. */
@Timeout(120)
class UnreadPagesIT {

  /** As many as one address has room for the streams of. A copy for each would need 150 MB. */
  private static final int CONNECTIONS = 7;

  private static final int STREAMS = 99;

  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;

  @TempDir Path folder;

  @Test
  void aFileThatHundredsDoNotReadIsHeldOnce() throws Exception {
    ServerProcess server =
        ServerProcess.start(
            folder.resolve("baton.db"), List.of("-Xmx128m", "-XX:+ExitOnOutOfMemoryError"));
    List<Socket> sockets = new ArrayList<>();
    try (Client client = new Client(server.port())) {
      String page = client.send("GET", "/console/", null).raw().body();
      Matcher script = Pattern.compile("src=\"([^\"]+\\.js)\"").matcher(page);
      assertThat(script.find()).isTrue();
      for (int i = 0; i < CONNECTIONS; i++) {
        Socket socket = new Socket("127.0.0.1", server.port());
        sockets.add(socket);
        socket.getOutputStream().write(requests("/console/" + script.group(1)));
        awaitHeads(new DataInputStream(socket.getInputStream()));
      }
      assertThat(client.call("promise.get", "{'id':'none'}").status()).isEqualTo(404);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
      server.kill();
    }
  }

  /** What a client sends that has room for heads and for nothing else. */
  private static byte[] requests(String path) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    byte[] noWindow = ByteBuffer.allocate(6).putShort((short) 4).putInt(0).array();
    frame(bytes, SETTINGS, 0, 0, noWindow);
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    head.write(0x82); // :method GET
    head.write(0x86); // :scheme http
    text(head, 0x04, path);
    text(head, 0x01, "localhost"); // :authority
    for (int i = 0; i < STREAMS; i++) {
      frame(bytes, HEADERS, 0x05, 1 + 2 * i, head.toByteArray()); // It ends head and stream.
    }
    return bytes.toByteArray();
  }

  private static void text(ByteArrayOutputStream to, int index, String text) {
    to.write(index);
    to.write(text.length());
    to.writeBytes(ascii(text));
  }

  private static void frame(
      ByteArrayOutputStream to, int type, int flags, int stream, byte[] payload) {
    to.writeBytes(
        ByteBuffer.allocate(9)
            .putShort((short) 0)
            .put((byte) payload.length)
            .put((byte) type)
            .put((byte) flags)
            .putInt(stream)
            .array());
    to.writeBytes(payload);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static void awaitHeads(DataInputStream in) throws IOException {
    for (int heads = 0; heads < STREAMS; ) {
      int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
      int type = in.readUnsignedByte();
      in.skipNBytes(5L + length);
      heads += type == HEADERS ? 1 : 0;
    }
  }
}
