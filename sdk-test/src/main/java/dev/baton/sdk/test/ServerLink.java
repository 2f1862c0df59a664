package dev.baton.sdk.test;

import dev.baton.protocol.Message;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.json.MalformedResponseException;
import dev.baton.protocol.json.MessageReader;
import dev.baton.protocol.json.MessageWriter;
import dev.baton.protocol.json.RequestWriter;
import dev.baton.protocol.json.ResponseReader;
import dev.baton.sdk.internal.wire.Identity;
import dev.baton.sdk.internal.wire.Link;
import dev.baton.sdk.internal.wire.PollConnection;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The way from one client to the server in its process. What goes over it is written and read as it
 * is on the way over a network, so that what cannot be sent there cannot be sent here.
 */
class ServerLink implements Link {

  private final InProcessServer server;
  private final Activities activities;
  private final CopyOnWriteArrayList<MessageChannel> channels = new CopyOnWriteArrayList<>();
  private final AtomicLong corrIds = new AtomicLong();
  private volatile boolean closed;

  ServerLink(InProcessServer server, Activities activities) {
    this.server = server;
    this.activities = activities;
    server.add(this);
  }

  @Override
  public Response send(Request request) throws IOException {
    if (closed) {
      throw new IOException("this process has ended");
    }
    String corrId = Long.toString(corrIds.incrementAndGet());
    try {
      return ResponseReader.read(
          server.answer(RequestWriter.write(request, corrId, null)), request.kind(), corrId);
    } catch (MalformedResponseException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public CompletableFuture<Response> begin(Request request) {
    var answer = new CompletableFuture<Response>();
    activities.begin(
        "resonate-request",
        () -> {
          try {
            answer.complete(send(request));
          } catch (IOException | RuntimeException e) {
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  @Override
  public void drain(Identity identity) {
    server.drain(identity.group(), identity.pid());
  }

  @Override
  public Channel listen(Supplier<String> path, PollConnection.Listener listener) {
    var channel = new MessageChannel(path, listener);
    channels.add(channel);
    channel.open();
    return channel;
  }

  /** The server is gone; the channels open again when it is back. */
  void cut() {
    channels.forEach(MessageChannel::lose);
  }

  /** The server is back. */
  void restore() {
    channels.forEach(MessageChannel::open);
  }

  @Override
  public void close() {
    closed = true;
    channels.forEach(MessageChannel::close);
    server.remove(this);
  }

  /** Hears, on one thread after the other, what the server says, in order. */
  private final class MessageChannel implements Link.Channel {
    private final Supplier<String> path;
    private final PollConnection.Listener listener;
    private final Queue<Runnable> heard = new ArrayDeque<>();
    private boolean isHearing;
    private boolean over;
    private @Nullable Connection connection;

    MessageChannel(Supplier<String> path, PollConnection.Listener listener) {
      this.path = path;
      this.listener = listener;
    }

    synchronized void open() {
      if (over || connection != null) {
        return;
      }
      var opened = new Connection(path.get(), this::received);
      try {
        // First, because messages may follow at once.
        hear(listener::connected);
        connection = opened;
        server.connect(opened);
      } catch (IOException e) {
        connection = null;
        heard.clear();
        hear(() -> listener.unreachable(String.valueOf(e.getMessage())));
      }
    }

    private void received(Message message) {
      var read = MessageReader.read(MessageWriter.write(message));
      if (read == null) {
        throw new IllegalStateException("what was written cannot be read: " + message);
      }
      hear(() -> listener.received(read));
    }

    private synchronized void hear(Runnable news) {
      if (over) {
        return;
      }
      heard.add(news);
      if (!isHearing) {
        isHearing = true;
        activities.begin("resonate-poll", this::hearAll);
      }
    }

    private void hearAll() {
      for (var news = next(); news != null; news = next()) {
        news.run();
      }
    }

    private synchronized @Nullable Runnable next() {
      var next = over ? null : heard.poll();
      isHearing = next != null;
      return next;
    }

    void lose() {
      Connection lost;
      synchronized (this) {
        lost = connection;
        connection = null;
        heard.clear();
        if (lost != null) {
          hear(listener::disconnected);
        }
      }
      if (lost != null) {
        server.disconnect(lost);
      }
    }

    @Override
    public void renew() {
      lose();
      open();
    }

    @Override
    public void close() {
      lose();
      synchronized (this) {
        over = true;
      }
      channels.remove(this);
    }
  }
}
