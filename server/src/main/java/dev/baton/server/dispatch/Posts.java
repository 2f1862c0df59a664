package dev.baton.server.dispatch;

import dev.baton.protocol.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Offers with http targets: each is posted, and again after a growing pause while that fails. While
 * a post of a task is under way no other of the same task begins.
 */
final class Posts {

  private static final long BACKOFF_MS = 1_000;

  private final Dispatcher.Settings settings;
  private final Timers timers;
  private final Push push;
  private final Dispatcher.PushReports reports;
  private final Dispatcher.Observer observer;
  private List<Post> posts = new ArrayList<>();

  /** By task. */
  private final Map<String, Post> underWay = new HashMap<>();

  /** What is to be posted when the post of the same task that is under way has ended. */
  private final Map<String, Post> postponed = new HashMap<>();

  /** Posts that have ended; when to make them again is known at the next sending. */
  private List<Ended> ended = new ArrayList<>();

  private record Ended(Post post, boolean isTaken) {}

  /** To be made at the next sending, unless the offer has moved on since. */
  private record Post(Offer offer, long stamp, String url) {

    boolean isCurrent() {
      return offer.stamp == stamp;
    }
  }

  Posts(
      Dispatcher.Settings settings,
      Timers timers,
      Push push,
      Dispatcher.PushReports reports,
      Dispatcher.Observer observer) {
    this.settings = settings;
    this.timers = timers;
    this.push = push;
    this.reports = reports;
    this.observer = observer;
  }

  void add(Offer offer, String url) {
    posts.add(new Post(offer, offer.stamp, url));
  }

  void send(long now) {
    if (!posts.isEmpty()) {
      sendAll(now);
    }
    if (!ended.isEmpty()) {
      List<Ended> over = ended;
      ended = new ArrayList<>();
      over.forEach(each -> again(each, now));
    }
  }

  private void sendAll(long now) {
    List<Post> due = posts;
    posts = new ArrayList<>();
    for (Post post : due) {
      if (!post.isCurrent()) {
        continue;
      }
      if (underWay.containsKey(post.offer.taskId)) {
        postponed.put(post.offer.taskId, post);
      } else {
        send(post, now);
      }
    }
  }

  private void send(Post post, long now) {
    Offer offer = post.offer;
    offer.attempts++;
    underWay.put(offer.taskId, post);
    Message message = new Message.Execute(settings.serverUrl().get(), offer.taskId, offer.version);
    push.post(post.url, message, failure -> reports.report(() -> ended(post, failure)));
    observer.sent(message, now - offer.readyAt);
  }

  private void ended(Post post, @Nullable String failure) {
    Offer offer = post.offer;
    underWay.remove(offer.taskId, post);
    offer.lastFailure = failure;
    Post next = postponed.remove(offer.taskId);
    if (next != null) {
      posts.add(next);
    } else {
      ended.add(new Ended(post, failure == null));
    }
  }

  /** Who took it may yet not acquire the task. */
  private void again(Ended over, long now) {
    Post post = over.post;
    if (post.isCurrent()) {
      long retryMs = settings.retry().toMillis();
      long backoffMs = BACKOFF_MS << Math.min(post.offer.attempts - 1, 10);
      timers.add(
          now + (over.isTaken ? retryMs : Math.min(backoffMs, retryMs)),
          new Timers.Timer.OfferDue(post.offer, post.stamp));
    }
  }

  /** Whether a post of the task is under way. */
  boolean isUnderWay(String taskId) {
    return underWay.containsKey(taskId);
  }

  void clear() {
    posts.clear();
    ended.clear();
    postponed.clear();
    underWay.clear();
  }
}
