package dev.baton.protocol.json;

import dev.baton.protocol.Message;

/**
 * Writes the messages of protocol section 12. The bytes are ASCII: some readers decode each network
 * chunk on its own and would garble a longer character that is split (section 20).
 */
public final class MessageWriter {

  private MessageWriter() {}

  /** One JSON object on one line. */
  public static byte[] write(Message message) {
    return Json.ascii(out -> {
      switch (message) {
        case Message.Execute execute -> RecordWriter.execute(out, execute, true);
        case Message.Unblock unblock -> RecordWriter.unblock(out, unblock);
        case Message.Settled settled -> RecordWriter.settled(out, settled);
      }
    });
  }
}
