package dev.baton.operator.server;

import static dev.baton.operator.server.ServerUnavailableException.Kind.UNEXPECTED_ANSWER;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.operator.server.GroupsApi.AllGroups;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The figures of all groups as they change, from one answer: an event stream, or a single JSON body
 * of a server that does not stream. One thread calls {@link #next}; a virtual thread reads ahead.
 */
public final class GroupStream implements AutoCloseable {

  /** What {@link #next} found. */
  public sealed interface Item {
    /** All groups of which the server knows something; it begins with these. */
    record All(List<GroupFigures> groups) implements Item {}

    /** New figures of a group. */
    record Figures(GroupFigures figures) implements Item {}

    /** A sign of life. */
    record KeepAlive() implements Item {}

    /** Nothing for as long as was waited; the connection may be dead. */
    record Silence() implements Item {}

    /** The answer has ended: connect again. */
    record End() implements Item {}

    /** What came was not a group. */
    record Failure(ServerUnavailableException cause) implements Item {}
  }

  private static final int READ_AHEAD = 16;

  /** How the figures of one group begin; who writes them otherwise is understood, too. */
  private static final byte[] ONE_GROUP = "{\"group\":".getBytes(StandardCharsets.US_ASCII);

  private final BlockingQueue<Item> items = new ArrayBlockingQueue<>(READ_AHEAD);
  private final InputStream body;
  private final boolean live;
  private final URI uri;
  private final Thread reader;

  // The reader's.
  private final byte[] buffer = new byte[8192];
  private int from;
  private int to;

  GroupStream(InputStream body, boolean live, URI uri) {
    this.body = body;
    this.live = live;
    this.uri = uri;
    this.reader = Thread.ofVirtual().name("group-stream").start(this::read);
  }

  /** Whether changes are pushed; else the figures come once, and it is up to the caller to ask. */
  public boolean isLive() {
    return live;
  }

  /** Waits for figures, but no longer than that. */
  public Item next(Duration patience) throws InterruptedException {
    Item item = items.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    return item != null ? item : new Item.Silence();
  }

  @Override
  public void close() {
    reader.interrupt();
    try {
      body.close();
    } catch (IOException e) {
      // Closing is giving up: there is nothing left to save.
    }
  }

  private void read() {
    try {
      try {
        if (live) {
          readEvents();
        } else {
          emit(body.readNBytes(GroupsApi.ANSWER_BYTES_MAX));
        }
        items.put(new Item.End());
      } catch (IOException e) {
        items.put(new Item.End());
      } catch (ServerUnavailableException e) {
        items.put(new Item.Failure(e));
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** Lines of data up to an empty line make an event, a comment is a sign of life. */
  private void readEvents() throws IOException, InterruptedException {
    StringBuilder data = new StringBuilder();
    for (String line = readLine(); line != null; line = readLine()) {
      if (line.startsWith("data:")) {
        data.append(line, line.startsWith("data: ") ? 6 : 5, line.length()).append('\n');
      } else if (line.isEmpty() && !data.isEmpty()) {
        emit(data.toString().getBytes(StandardCharsets.UTF_8));
        data.setLength(0);
      } else if (line.startsWith(":")) {
        items.put(new Item.KeepAlive());
      }
      if (data.length() > GroupsApi.ANSWER_BYTES_MAX) {
        throw tooLong();
      }
    }
  }

  private @Nullable String readLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
    while (true) {
      for (int i = from; i < to; i++) {
        if (buffer[i] == '\n') {
          line.write(buffer, from, i - from);
          from = i + 1;
          return line.toString(StandardCharsets.UTF_8).stripTrailing();
        }
      }
      line.write(buffer, from, to - from);
      if (line.size() > GroupsApi.ANSWER_BYTES_MAX) {
        throw tooLong();
      }
      from = 0;
      to = body.read(buffer);
      if (to < 0) {
        to = 0;
        return null;
      }
    }
  }

  private void emit(byte[] json) throws InterruptedException {
    if (Arrays.mismatch(
            json, 0, Math.min(json.length, ONE_GROUP.length), ONE_GROUP, 0, ONE_GROUP.length)
        < 0) {
      items.put(new Item.Figures(GroupsApi.decode(json, GroupFigures.class, uri)));
      return;
    }
    JsonNode tree = GroupsApi.decode(json, JsonNode.class, uri);
    items.put(
        tree.has("group")
            ? new Item.Figures(GroupsApi.decode(tree, GroupFigures.class, uri))
            : new Item.All(GroupsApi.decode(tree, AllGroups.class, uri).listed(uri)));
  }

  private ServerUnavailableException tooLong() {
    return new ServerUnavailableException(
        UNEXPECTED_ANSWER,
        uri + " sent more than " + GroupsApi.ANSWER_BYTES_MAX + " bytes at once");
  }
}
