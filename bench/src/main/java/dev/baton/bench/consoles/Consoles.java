package dev.baton.bench.consoles;

import dev.baton.bench.load.Follower;
import dev.baton.bench.load.LoadException;
import dev.baton.bench.load.Loop;
import dev.baton.bench.load.Pool;
import dev.baton.bench.load.Target;
import dev.baton.bench.load.Template;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Tabs of the console that are open on the same view. All but the loop's own is done on it. */
final class Consoles {

  /** How often a list of calls is asked for anew, as the page does it. */
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** And may be told what another was told so long before. */
  private static final int MOST_AGE_SECONDS = 3;

  /** The head of an answer is less, the first snapshot more. */
  private static final long SNAPSHOT_BYTES = 1_000;

  private final Loop loop;
  private final Target target;
  private final View view;
  private final Pool pool;
  private final List<Template> lists;
  private final List<Follower> followers = new ArrayList<>();
  private final CompletableFuture<Void> shown = new CompletableFuture<>();
  private long listBytes;
  private boolean isOpen = true;

  private Consoles(Loop loop, Target target, View view) {
    this.loop = loop;
    this.target = target;
    this.view = view;
    this.pool = new Pool(loop, target);
    this.lists =
        List.of(
            list("limit=100&state=pending"),
            list("limit=100&order=recent&state=settled"),
            list("limit=100"));
  }

  private Template list(String question) {
    return Template.ofAge(target, "/calls?" + question, MOST_AGE_SECONDS);
  }

  /**
   * Opens so many.
   *
   * @param group the one whose relay is shown
   */
  static Consoles open(Loop loop, Target target, View view, int count, String group) {
    Consoles consoles = new Consoles(loop, target, view);
    loop.run(() -> consoles.begin(view.path(group), count));
    return consoles;
  }

  /** Completed when each has its first snapshot. */
  CompletableFuture<Void> shown() {
    return shown;
  }

  private void told() {
    if (!shown.isDone()
        && followers.stream().allMatch(follower -> follower.bytes() > SNAPSHOT_BYTES)) {
      shown.complete(null);
    }
  }

  private void begin(String path, int count) {
    for (int i = 0; i < count; i++) {
      try {
        followers.add(new Follower(loop, target, path, this::told));
      } catch (IOException e) {
        throw new LoadException("could not follow " + path, e);
      }
      if (view.asks()) {
        Template list = lists.get(i % lists.size());
        loop.after(LOOK_NANOS / count * i, () -> look(list));
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
          loop.after(LOOK_NANOS, () -> look(list));
        });
  }

  /** What all of them have been told since they were opened, in bytes. */
  long bytes() {
    return loop.call(() -> listBytes + followers.stream().mapToLong(Follower::bytes).sum());
  }

  void close() {
    loop.run(() -> {
      isOpen = false;
      followers.forEach(Follower::close);
      pool.close();
    });
  }
}
