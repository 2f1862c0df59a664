package dev.baton.legacy;

import dev.baton.core.Promise;
import dev.baton.protocol.Message;
import dev.baton.server.poll.Dialect;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The messages of the old message port. */
public final class LegacyDialect implements Dialect {

  private final Function<String, @Nullable Promise> promises;

  /** Finds promises of the store; asked in a step of the engine. */
  public LegacyDialect(Function<String, @Nullable Promise> promises) {
    this.promises = promises;
  }

  @Override
  public String group(String name) {
    return Receivers.group(name);
  }

  @Override
  public @Nullable Supplier<byte[]> prepare(Message message) {
    return switch (message) {
      case Message.Execute(String serverUrl, String taskId, long version) -> {
        Promise carrier = promises.apply(taskId);
        yield carrier == null || !carrier.tags().containsKey(Names.ROOT)
            ? null
            : () -> LegacyJson.bytes(LegacyJson.offer(carrier, version, serverUrl));
      }
      case Message.Unblock(var promise) -> () -> LegacyJson.bytes(LegacyJson.notification(promise));
      case Message.Settled _ -> null;
    };
  }

  /** An old worker dies when what it was sent has been claimed by another. */
  @Override
  public boolean isStrict() {
    return true;
  }
}
