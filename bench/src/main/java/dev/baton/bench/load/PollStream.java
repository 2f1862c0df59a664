package dev.baton.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A stream of messages, {@code GET /poll/{group}/{id}}. */
final class PollStream extends Connection {

  /** Hears what comes, and of the end. */
  interface Listener extends EventReader.Messages {
    /** The stream is gone, or was refused. */
    void disconnected(IOException reason);
  }

  private final Template request;
  private final Listener listener;
  private final EventReader reader;

  PollStream(
      Loop loop,
      Target target,
      @Nullable InetSocketAddress source,
      Template request,
      Listener listener)
      throws IOException {
    super(loop, loop.any(target.addresses()), source);
    this.request = request;
    this.listener = listener;
    this.reader = new EventReader(listener);
  }

  @Override
  void opened() {
    request.render(loop.output, 0, 0);
    send(loop.output);
  }

  @Override
  void received(byte[] bytes, int from, int to) throws IOException {
    reader.received(bytes, from, to);
  }

  @Override
  void lost(IOException reason) {
    listener.disconnected(reason);
  }
}
