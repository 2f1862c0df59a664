package dev.baton.bench.load;

import java.io.IOException;

/** Takes the answer to a request; called on the loop. */
public interface Reply {

  /** The answer's status and where its body is; the bytes are valid during the call only. */
  void answered(int status, byte[] bytes, int from, int to);

  /** The connection broke before the answer came. */
  default void failed(IOException reason) {
    throw new LoadException("a request failed: " + reason.getMessage(), reason);
  }
}
