package dev.baton.server.dispatch;

import dev.baton.protocol.Message;
import java.util.ArrayList;
import java.util.List;

/** Offers with http targets: each is posted, and again after a growing pause while that fails. */
final class Posts {

  private static final long BACKOFF_MS = 1_000;

  private final Dispatcher.Settings settings;
  private final Timers timers;
  private final Push push;
  private final Dispatcher.PushReports reports;
  private final Dispatcher.Observer observer;
  private final List<Post> posts = new ArrayList<>();

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
    for (Post post : posts) {
      if (post.isCurrent()) {
        send(post, now);
      }
    }
    posts.clear();
  }

  private void send(Post post, long now) {
    Offer offer = post.offer;
    offer.attempts++;
    Message message = new Message.Execute(settings.serverUrl().get(), offer.taskId, offer.version);
    timers.add(now + settings.retry().toMillis(), new Timers.Timer.OfferDue(offer, post.stamp));
    push.post(post.url, message, delivered -> reports.report(() -> sent(post, delivered, now)));
    observer.sent(message, now - offer.readyAt);
  }

  private void sent(Post post, boolean delivered, long sentAt) {
    if (!delivered && post.isCurrent()) {
      long backoffMs = BACKOFF_MS << Math.min(post.offer.attempts - 1, 10);
      timers.add(
          sentAt + Math.min(backoffMs, settings.retry().toMillis()),
          new Timers.Timer.OfferDue(post.offer, post.stamp));
    }
  }

  void clear() {
    posts.clear();
  }
}
