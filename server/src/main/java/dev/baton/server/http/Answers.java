package dev.baton.server.http;

import dev.baton.server.memory.Account;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The room for answers until their connections have taken them. One address may hold half of it. If
 * there is none, something is refused, and who has not read its answer for a while is cut off.
 * Small answers on HTTP/1 are not counted: a connection has one of them at a time. Thread-safe.
 */
public final class Answers {

  /** An answer up to this size finds room where it is alone on its connection. */
  static final int SMALL_BYTES = 16_384;

  private static final String NO_ROOM =
      "there is no room for the answer beside those that others have not read yet";

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long LEAST_BYTES_PER_SECOND = 1 << 20;
  private static final long PRESS_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final Account account;
  private final Set<Room> beingSent = ConcurrentHashMap.newKeySet();
  private final ConcurrentMap<String, Long> byAddress = new ConcurrentHashMap<>();
  private final AtomicLong pressedAt = new AtomicLong(System.nanoTime());

  /** Answers that are held against this account. */
  public Answers(Account account) {
    this.account = account;
  }

  /** Room for what answers a request, which holds nothing yet. */
  public Room roomFor(HttpServerRequest request) {
    return new Room(request);
  }

  /** Whether there is any room: for those who learn only later how much they need. */
  public boolean hasAnyRoom() {
    if (account.hasRoomFor(1)) {
      return true;
    }
    account.refused();
    press();
    return false;
  }

  /** What is held for the answer to one request. One thread at a time may use it. */
  public final class Room {

    private final HttpServerRequest request;
    private final boolean mayShareConnection;
    private long reserved;
    private @Nullable String address;

    /** Said before others see it. */
    private long sentAt;

    private Room(HttpServerRequest request) {
      this.request = request;
      this.mayShareConnection = request.version() == HttpVersion.HTTP_2;
    }

    /**
     * Reserves so many bytes in all, or no more than are held already and answers false.
     *
     * @param isSaved whether something is saved with the answer: it is then refused later
     */
    public boolean tryReserve(long bytes, boolean isSaved) {
      long more = bytes - reserved;
      if (more <= 0 || (bytes <= SMALL_BYTES && !mayShareConnection)) {
        return true;
      }
      long most = account.limit() + (isSaved ? account.limit() / 2 : 0);
      boolean hasRoom = account.tryReserve(more, most);
      if (hasRoom && !isAddressWithin(more, most / 2)) {
        account.release(more);
        account.refused();
        hasRoom = false;
      }
      if (hasRoom) {
        reserved = bytes;
      } else {
        press();
      }
      return hasRoom;
    }

    /** Holds so many bytes, whether there is room or not: they are there already. */
    public void reserve(long bytes) {
      release();
      if (bytes > SMALL_BYTES || mayShareConnection) {
        account.reserve(bytes);
        isAddressWithin(bytes, Long.MAX_VALUE);
        reserved = bytes;
      }
    }

    /** Whether the address may hold more; what is alone finds room however large it is. */
    private boolean isAddressWithin(long more, long most) {
      String from = address == null ? Addresses.networkOf(request) : address;
      address = from;
      long ofAddress = byAddress.merge(from, more, Long::sum);
      if (ofAddress <= most || ofAddress == reserved + more) {
        return true;
      }
      giveBack(from, more);
      return false;
    }

    private void giveBack(String from, long bytes) {
      byAddress.computeIfPresent(from, (_, held) -> held <= bytes ? null : held - bytes);
    }

    /** Whether something is held that has not been taken. */
    boolean isHeld() {
      return reserved > 0;
    }

    /** Gives back what is held. */
    public void release() {
      beingSent.remove(this);
      if (reserved > 0) {
        account.release(reserved);
        giveBack(String.valueOf(address), reserved);
        reserved = 0;
      }
    }

    /** Gives back what is held once the connection has taken what was written. */
    void releaseWith(Future<Void> written) {
      if (reserved > 0 && !written.isComplete()) {
        sentAt = System.nanoTime();
        beingSent.add(this);
        written.onComplete(_ -> release());
      } else {
        release();
      }
    }

    private void cutIfSlow(long now) {
      long patience = PATIENCE_NANOS + reserved * 1_000_000_000L / LEAST_BYTES_PER_SECOND;
      if (now - sentAt > patience
          && beingSent.remove(this)
          && request.connection() instanceof ConnectionBase connection) {
        connection.channel().eventLoop().execute(() -> Texts.cut(request));
      }
    }
  }

  /**
   * Ends an answer, on its event loop.
   *
   * @param room what is held for it; null: nothing
   */
  public static void end(HttpServerResponse response, Buffer body, @Nullable Room room) {
    if (response.ended() || response.closed()) {
      if (room != null) {
        room.release();
      }
    } else if (room == null) {
      response.end(body);
    } else {
      room.releaseWith(response.end(body));
    }
  }

  /** Answers a request with a text if there is room for it, on its event loop. */
  public void send(HttpServerRequest request, String contentType, Buffer text) {
    send(request, 200, contentType, text);
  }

  /** The same with another status. */
  void send(HttpServerRequest request, int status, String contentType, Buffer text) {
    Room room = roomFor(request);
    HttpServerResponse response = request.response();
    if (!room.tryReserve(text.length(), false)) {
      if (!response.ended() && !response.closed()) {
        response.putHeader("retry-after", "1");
        Texts.refuse(response, 503, NO_ROOM);
      }
      return;
    }
    if (!response.ended() && !response.closed()) {
      response.setStatusCode(status).putHeader("content-type", contentType);
    }
    end(response, text, room);
  }

  /** Lets answers go whose peers do not read. */
  private void press() {
    long now = System.nanoTime();
    long last = pressedAt.get();
    if (now - last > PRESS_NANOS && pressedAt.compareAndSet(last, now)) {
      beingSent.forEach(room -> room.cutIfSlow(now));
    }
  }
}
