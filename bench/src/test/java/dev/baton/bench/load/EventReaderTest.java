package dev.baton.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventReaderTest {

  private static final String EXECUTE =
      "data: {\"kind\":\"execute\",\"head\":{\"serverUrl\":\"http://x\"},\"data\":{\"task\":{"
          + "\"id\":\"p-"
          + Ids.digits(5)
          + "\",\"version\":3}}}\n\n";
  private static final String UNBLOCK =
      "data: {\"kind\":\"unblock\",\"head\":{},\"data\":{\"promise\":{\"id\":\"p-"
          + Ids.digits(6)
          + "\",\"state\":\"resolved\"}}}\n\n";

  private final List<String> heard = new ArrayList<>();
  private final EventReader reader =
      new EventReader(
          new EventReader.Messages() {
            @Override
            public void connected() {
              heard.add("connected");
            }

            @Override
            public void execute(int number, long version) {
              heard.add("execute " + number + " at " + version);
            }

            @Override
            public void unblock(int number) {
              heard.add("unblock " + number);
            }
          });

  private void receive(String text, int pieceLength) throws IOException {
    byte[] bytes = Scan.ascii(text);
    for (int from = 0; from < bytes.length; from += pieceLength) {
      reader.received(bytes, from, Math.min(bytes.length, from + pieceLength));
    }
  }

  private static String chunk(String text) {
    return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 50, 10_000})
  void chunkedEventsAreReadInWhateverPiecesTheyCome(int pieceLength) throws IOException {
    String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    receive(head + chunk(":\n\n") + chunk(EXECUTE) + chunk(UNBLOCK + EXECUTE), pieceLength);
    assertThat(heard).containsExactly("connected", "execute 5 at 3", "unblock 6", "execute 5 at 3");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64, 10_000})
  void eventsWithoutChunksAreReadToo(int pieceLength) throws IOException {
    receive("HTTP/1.1 200 OK\r\n\r\n" + EXECUTE + UNBLOCK, pieceLength);
    assertThat(heard).containsExactly("connected", "execute 5 at 3", "unblock 6");
  }

  @Test
  void anEventMayBeSpreadOverChunks() throws IOException {
    receive("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", 1_000);
    receive(chunk(EXECUTE.substring(0, 20)) + chunk(EXECUTE.substring(20)), 1_000);
    assertThat(heard).containsExactly("connected", "execute 5 at 3");
  }

  @Test
  void aRefusalIsNoConnection() {
    assertThatThrownBy(() -> receive("HTTP/1.1 503 Service Unavailable\r\n\r\n", 1_000))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("503");
    assertThat(heard).isEmpty();
  }
}
