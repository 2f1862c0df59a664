package dev.baton.server.live;

import dev.baton.server.http.Texts;
import dev.baton.server.memory.Account;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.atomic.AtomicLong;

/** The connection of a follower, and what is on its way there. */
final class LiveStream {

  private static final Buffer COMMENT = Buffer.buffer(":\n\n");

  /** Who has fallen behind is sent nothing until this little is left of what it was sent. */
  private static final long CAUGHT_UP_BYTES = 64 << 10;

  /** So much may be on its way, beside a snapshot. */
  private static final long MOST_BYTES = 1 << 20;

  /** So many keep-alives in a row may find that nothing was read. */
  private static final int MOST_IDLE = 6;

  final Follower follower;
  private final HttpServerResponse response;
  private final Context context;
  private final Account account;
  private final AtomicLong pending = new AtomicLong();
  private final AtomicLong taken = new AtomicLong();

  /** The last snapshot's bytes; of the board's thread. */
  private long snapshotBytes;

  // Of its event loop.
  private long takenBefore;
  private int idle;

  LiveStream(Follower follower, HttpServerResponse response, Context context, Account account) {
    this.follower = follower;
    this.response = response;
    this.context = context;
    this.account = account;
  }

  boolean isReady() {
    return pending.get() <= (follower.hasBegun() ? MOST_BYTES + snapshotBytes : CAUGHT_UP_BYTES);
  }

  /** Sends a message; answers false if there is no memory for it. */
  boolean send(byte[] message) {
    if (!account.tryReserve(message.length)) {
      return false;
    }
    pending.addAndGet(message.length);
    if (!follower.hasBegun()) {
      snapshotBytes = message.length;
    }
    context.runOnContext(_ -> write(message));
    return true;
  }

  private void write(byte[] message) {
    if (isOver()) {
      written(message.length);
    } else {
      // As it is, and not a copy: all who look at the same are sent the same bytes.
      response.write(Texts.wrapped(message)).onComplete(_ -> written(message.length));
    }
  }

  private void written(int bytes) {
    pending.addAndGet(-bytes);
    taken.addAndGet(bytes);
    account.release(bytes);
  }

  /** Says that the server lives, unless it is about to say more; cuts off who does not read. */
  void keepAlive() {
    if (isOver()) {
      return;
    }
    if (pending.get() == 0) {
      idle = 0;
      response.write(COMMENT);
      return;
    }
    long now = taken.get();
    idle = now == takenBefore ? idle + 1 : 0;
    takenBefore = now;
    if (idle >= MOST_IDLE) {
      response.reset();
    }
  }

  /** Ends it, on its event loop. */
  void end() {
    context.runOnContext(_ -> {
      if (!isOver()) {
        response.end();
      }
    });
  }

  private boolean isOver() {
    return response.ended() || response.closed();
  }
}
