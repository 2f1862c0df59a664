package dev.baton.server.poll;

import dev.baton.protocol.Message;
import dev.baton.protocol.json.MessageWriter;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How messages are written on a channel, and what those who listen to it rely on. */
public interface Dialect {

  /** The protocol's own. */
  Dialect PROTOCOL =
      new Dialect() {
        @Override
        public String group(String name) {
          return name;
        }

        @Override
        public Supplier<byte[]> prepare(Message message) {
          return () -> MessageWriter.write(message);
        }

        @Override
        public boolean isStrict() {
          return false;
        }
      };

  /** What the dispatcher calls a group that connects under that name. */
  String group(String name);

  /**
   * A message as ASCII without line breaks, to be written elsewhere and later; null if it cannot be
   * said in this dialect. Called in a step of the engine.
   */
  @Nullable Supplier<byte[]> prepare(Message message);

  /**
   * Whether a listener fails for good when another has acquired what it was sent, and expects an
   * earlier connection of its id to be closed.
   */
  boolean isStrict();
}
