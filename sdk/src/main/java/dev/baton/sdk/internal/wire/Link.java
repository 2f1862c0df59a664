package dev.baton.sdk.internal.wire;

import java.io.IOException;
import java.util.function.Supplier;

/** The way to a server: requests and answers, and the channel of its messages. */
public interface Link extends Transport, AutoCloseable {

  /** Tells the server to send this run of the process no more work. */
  void drain(Identity identity) throws IOException, InterruptedException;

  /**
   * Opens the message channel, and again after every end, until it is closed.
   *
   * @param path asked at each opening
   */
  Channel listen(Supplier<String> path, PollConnection.Listener listener);

  @Override
  void close();

  /** A message channel that is kept open. */
  interface Channel extends AutoCloseable {

    /** Opens it anew, because its path is another. */
    void renew();

    @Override
    void close();
  }
}
