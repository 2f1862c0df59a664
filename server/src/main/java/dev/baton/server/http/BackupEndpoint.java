package dev.baton.server.http;

import dev.baton.server.auth.Grant;
import dev.baton.server.background.BackgroundThread;
import dev.baton.server.background.Share;
import dev.baton.server.storage.Storage;
import dev.baton.server.storage.StorageException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /backup}: answers with a copy of the store as of one moment, which is a file of the
 * store's own. The copy is written beside the engine and sent when it is whole; until then the
 * connection is kept alive by interim answers.
 */
final class BackupEndpoint {

  private static final Logger LOG = LoggerFactory.getLogger(BackupEndpoint.class);

  private static final long INTERIM_MS = 10_000;
  private static final int MOST_UNSENT = 1;

  /** Each of them is a thread that waits for its client. */
  static final int MOST_LEAVING = 4;

  private final Vertx vertx;
  private final Storage storage;
  private final Share share;
  private final Duration patience;
  private final long interimMs;

  /** One is copied at a time. */
  private final AtomicBoolean isCopying = new AtomicBoolean();

  /**
   * Copies that have not been sent: whoever has read one to its end may ask for the next at once.
   */
  private final AtomicInteger unsent = new AtomicInteger();

  /** Copies whose last piece has not been taken. */
  private final AtomicInteger leaving = new AtomicInteger();

  /**
   * @param share of those who copy
   * @param patience within which each piece of a copy is taken; zero: for ever
   */
  BackupEndpoint(Vertx vertx, Storage storage, Share share, Duration patience) {
    this(vertx, storage, share, patience, INTERIM_MS);
  }

  BackupEndpoint(Vertx vertx, Storage storage, Share share, Duration patience, long interimMs) {
    this.share = share;
    this.patience = patience;
    this.vertx = vertx;
    this.storage = storage;
    this.interimMs = interimMs;
  }

  void handle(HttpServerRequest request, List<String> path, Grant grant) {
    if (path.size() != 1) {
      Texts.empty(request, 404);
    } else if (HttpEdge.allows(request, HttpMethod.POST)) {
      if (!grant.access().isUnlimited()) {
        GroupsEndpoint.refuse(
            request, 403, "Forbidden: a backup takes the role admin or an empty prefix");
      } else if (unsent.get() <= MOST_UNSENT
          && leaving.get() < MOST_LEAVING
          && isCopying.compareAndSet(false, true)) {
        unsent.incrementAndGet();
        begin(request);
      } else {
        request.response().putHeader("retry-after", "10");
        GroupsEndpoint.refuse(request, 409, "A backup is being taken already");
      }
    }
  }

  private void begin(HttpServerRequest request) {
    Context loop = vertx.getOrCreateContext();
    HttpServerResponse response = request.response();
    long alive =
        vertx.setPeriodic(
            interimMs,
            _ -> {
              if (!isGone(response)) {
                response.writeContinue();
              }
            });
    BackgroundThread.of(
            "backup",
            () -> {
              Result result = copy();
              Path copy = result.copy();
              Place place = new Place(copy);
              try {
                if (copy == null) {
                  loop.runOnContext(_ -> refuse(response, alive, result));
                } else {
                  send(copy, request, alive, loop, place);
                }
              } finally {
                place.end();
              }
            })
        .start();
  }

  /** A copy, or why there is none. */
  private record Result(@Nullable Path copy, int status, String error) {}

  private Result copy() {
    try {
      Optional<Path> copy = storage.copy(share::restNanos);
      return copy.isPresent()
          ? new Result(copy.get(), 200, "")
          : new Result(
              null, 501, "This store has no backup: it keeps nothing, or has its own tools");
    } catch (StorageException e) {
      LOG.error("A backup failed: {}", e.getMessage());
      return new Result(null, 507, String.valueOf(e.getMessage()));
    } catch (RuntimeException | Error e) {
      LOG.error("A backup failed", e);
      return new Result(null, 500, "Internal error: the server's log says more");
    } finally {
      isCopying.set(false);
    }
  }

  private void refuse(HttpServerResponse response, long alive, Result result) {
    vertx.cancelTimer(alive);
    if (!isGone(response)) {
      GroupsEndpoint.refuse(response, result.status(), result.error());
    }
  }

  private void send(Path copy, HttpServerRequest request, long alive, Context loop, Place place) {
    HttpServerResponse response = request.response();
    try (PacedFile file = new PacedFile(copy)) {
      loop.runOnContext(_ -> {
        vertx.cancelTimer(alive);
        if (!isGone(response)) {
          response
              .putHeader("content-type", "application/vnd.sqlite3")
              .putHeader("content-length", Long.toString(file.length()));
        }
      });
      file.send(response, loop, share, patience, place::leave, place::end);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      LOG.debug("A backup has not been read to its end", e);
      loop.runOnContext(_ -> {
        vertx.cancelTimer(alive);
        Texts.cut(request); // What is missing cannot be told otherwise.
      });
    }
  }

  private static boolean isGone(HttpServerResponse response) {
    return response.ended() || response.closed();
  }

  /**
   * One of the few copies that there may be at a time. It is left before its client has all of it:
   * who has read one to its end may ask for the next at once. So there may be a few more of which
   * the last piece has not been taken.
   */
  private final class Place {
    private final @Nullable Path copy;
    private boolean isLeft;
    private boolean isOver;

    Place(@Nullable Path copy) {
      this.copy = copy;
    }

    void leave() {
      if (isLeft) {
        return;
      }
      isLeft = true;
      if (copy != null) {
        try {
          Files.deleteIfExists(copy);
        } catch (IOException e) {
          LOG.warn("{} could not be removed: {}", copy, e.getMessage());
        }
      }
      leaving.incrementAndGet();
      unsent.decrementAndGet();
    }

    /** Its client has all of it, or will not. */
    void end() {
      leave();
      if (!isOver) {
        isOver = true;
        leaving.decrementAndGet();
      }
    }
  }
}
