package dev.baton.bench.measure;

import dev.baton.bench.load.Follower;
import dev.baton.bench.load.LoadException;
import dev.baton.bench.load.Pool;
import dev.baton.bench.load.Template;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Tabs of the console that are open on the same view, as far as the server hears of them. */
final class Consoles {

  /** How often a list of calls is asked for anew, as the page does it. */
  private static final long LOOK_NANOS = 5_000_000_000L;

  /** What somebody looks at. */
  enum View {
    GROUPS("groups", "groups", false),
    RELAY("relay", "group:", false),
    CALLS("calls", "groups", true);

    private final String label;
    private final String stream;
    private final boolean asks;

    View(String label, String stream, boolean asks) {
      this.label = label;
      this.stream = stream;
      this.asks = asks;
    }

    String label() {
      return label;
    }
  }

  private final Subject subject;
  private final View view;
  private final Pool pool;
  private final List<Template> lists;
  private final List<Follower> followers = new ArrayList<>();
  private long listBytes;
  private boolean isOpen = true;

  private Consoles(Subject subject, View view) {
    this.subject = subject;
    this.view = view;
    this.pool = new Pool(subject.loop(), subject.target());
    this.lists =
        List.of(
            Template.of(subject.target(), "GET", "/calls?limit=50&state=pending"),
            Template.of(subject.target(), "GET", "/calls?limit=50&order=recent&state=settled"),
            Template.of(subject.target(), "GET", "/calls?limit=50"));
  }

  /**
   * Opens so many, and waits until each has its first snapshot.
   *
   * @param group the one whose relay is shown
   */
  static Consoles open(Subject subject, View view, int count, String group) {
    Consoles consoles = new Consoles(subject, view);
    String path = "/live?view=" + view.stream + (view == View.RELAY ? group : "");
    subject.loop().run(() -> consoles.begin(path, count));
    subject.until(
        () -> consoles.followers.stream().allMatch(follower -> follower.bytes() > 1_000), 30);
    return consoles;
  }

  private void begin(String path, int count) {
    for (int i = 0; i < count; i++) {
      try {
        followers.add(new Follower(subject.loop(), subject.target(), path));
      } catch (IOException e) {
        throw new LoadException("could not follow " + path, e);
      }
      if (view.asks) {
        Template list = lists.get(i % lists.size());
        subject.loop().after(LOOK_NANOS / count * i, () -> look(list));
      }
    }
  }

  private void look(Template list) {
    if (!isOpen) {
      return;
    }
    pool.send(
        list,
        0,
        0,
        (status, _, from, to) -> {
          if (status != 200) {
            throw new LoadException("a list was answered with status " + status, null);
          }
          listBytes += to - from;
          subject.loop().after(LOOK_NANOS, () -> look(list));
        });
  }

  /** What all of them have been told since they were opened, in bytes. */
  long bytes() {
    return subject
        .loop()
        .call(() -> listBytes + followers.stream().mapToLong(Follower::bytes).sum());
  }

  void close() {
    subject
        .loop()
        .run(() -> {
          isOpen = false;
          followers.forEach(Follower::close);
          pool.close();
        });
  }
}
