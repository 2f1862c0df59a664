package dev.baton.bench.load;

import java.io.IOException;

/** Follows a stream of events, and counts the bytes of what it is told. */
public final class Follower extends Connection {

  private final Template request;
  private final Runnable told;
  private long bytes;

  /**
   * Connects; only on the loop.
   *
   * @param path as {@code /groups}
   */
  public Follower(Loop loop, Target target, String path) throws IOException {
    this(loop, target, path, () -> {});
  }

  /**
   * The same.
   *
   * @param told called on the loop whenever something has come
   */
  public Follower(Loop loop, Target target, String path, Runnable told) throws IOException {
    super(loop, target.address(), null);
    this.told = told;
    this.request = Template.stream(target, path);
  }

  @Override
  void opened() {
    request.render(loop.output, 0, 0);
    send(loop.output);
  }

  @Override
  void received(byte[] buffer, int from, int to) {
    bytes += to - from;
    told.run();
  }

  @Override
  void lost(IOException reason) {
    loop.fail("following a stream", reason);
  }

  /** How much has come; only on the loop. */
  public long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    super.close();
  }
}
