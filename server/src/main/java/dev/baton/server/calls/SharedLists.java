package dev.baton.server.calls;

import dev.baton.server.auth.Access;
import dev.baton.server.memory.Account;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lists that several look at: while one is being made, or shortly after, others who ask for the
 * same get the same, if they have said that it need not be new. Thread-safe.
 */
final class SharedLists {

  /** Older ones are given to nobody, whatever they say. */
  private static final long MOST_AGE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final int MOST = 64;

  /** What is asked for, and what of it may be seen. Who asks the same sees the same. */
  record Question(Wanted wanted, Access access) {}

  private final Account account;
  private final LongSupplier nanoTime;

  // Guarded by this.
  private final LinkedHashMap<Question, Shared> all = new LinkedHashMap<>(); // The oldest first.
  private long bytes;

  /**
   * @param account what is kept is held against, by these lists alone
   * @param nanoTime a clock
   */
  SharedLists(Account account, LongSupplier nanoTime) {
    this.account = account;
    this.nanoTime = nanoTime;
    account.set(0); // Those of a store that was owned before are forgotten.
  }

  /**
   * Answers a question.
   *
   * @param mostAgeNanos how old the answer may be; 0 for one of its own
   * @param make has an answer made for whom it is given, and is not called if there is one
   */
  void ask(Question question, long mostAgeNanos, Asker asker, Consumer<Asker> make) {
    if (mostAgeNanos <= 0) {
      make.accept(asker);
      return;
    }
    long now = nanoTime.getAsLong();
    Shared begun = null;
    byte[] known = null;
    synchronized (this) {
      Shared shared = all.get(question);
      if (shared == null || now - shared.begunAt > Math.min(mostAgeNanos, MOST_AGE_NANOS)) {
        begun = new Shared(question, now);
        begun.waiting.add(asker);
        put(begun);
      } else if (shared.json == null) {
        shared.waiting.add(asker);
      } else {
        known = shared.json;
      }
    }
    if (begun != null) {
      make.accept(begun);
    } else if (known != null) {
      asker.answer(known);
    }
  }

  private void put(Shared shared) {
    remove(all.get(shared.question));
    all.put(shared.question, shared);
    hold(shared.bytes());
    bound(shared.begunAt);
  }

  private void hold(long more) {
    bytes += more;
    account.set(bytes);
  }

  /** Forgets those that nobody gets any more, and the oldest of too many or too large ones. */
  private void bound(long now) {
    while (all.firstEntry() instanceof Map.Entry<Question, Shared> oldest) {
      boolean isYoung = now - oldest.getValue().begunAt <= MOST_AGE_NANOS;
      boolean isTooMuch = bytes > account.limit();
      if (isYoung && all.size() <= MOST && !isTooMuch) {
        return;
      }
      if (isYoung && isTooMuch) {
        account.refused();
      }
      remove(oldest.getValue());
    }
  }

  private void remove(@Nullable Shared shared) {
    if (shared != null && all.remove(shared.question, shared)) {
      hold(-shared.bytes());
    }
  }

  /** An answer, or those who wait for it. */
  private final class Shared implements Asker {
    private final Question question;
    private final long begunAt;

    // Guarded by the lists.
    private final List<Asker> waiting = new ArrayList<>(2);
    private byte @Nullable [] json;

    Shared(Question question, long begunAt) {
      this.question = question;
      this.begunAt = begunAt;
    }

    private long bytes() {
      return question.wanted().bytes() + (json == null ? 0 : json.length);
    }

    @Override
    public void answer(byte[] json) {
      List<Asker> told;
      synchronized (SharedLists.this) {
        told = List.copyOf(waiting);
        waiting.clear();
        if (all.get(question) == this) {
          this.json = json;
          hold(json.length);
          bound(nanoTime.getAsLong());
        }
      }
      told.forEach(asker -> asker.answer(json));
    }

    /** What has failed is tried again by the next who asks. */
    private void fail(Consumer<Asker> how) {
      List<Asker> told;
      synchronized (SharedLists.this) {
        told = List.copyOf(waiting);
        waiting.clear();
        remove(this);
      }
      told.forEach(how);
    }

    /** Of who asked first. */
    @Override
    public String address() {
      synchronized (SharedLists.this) {
        return waiting.getFirst().address();
      }
    }

    /** Who asked first holds the room while it is made. */
    @Override
    public boolean hasRoomFor(long bytes) {
      Asker first;
      synchronized (SharedLists.this) {
        first = waiting.getFirst();
      }
      if (first.hasRoomFor(bytes)) {
        return true;
      }
      fail(asker -> {
        if (asker != first) {
          asker.full();
        }
      });
      return false;
    }

    @Override
    public void full() {
      fail(Asker::full);
    }

    @Override
    public void refuse(int status, String text) {
      fail(asker -> asker.refuse(status, text));
    }

    @Override
    public void busy() {
      fail(Asker::busy);
    }

    @Override
    public void stopping() {
      fail(Asker::stopping);
    }
  }
}
