package dev.baton.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Instants by which something has to happen, the earliest first: a binary heap in which every timer
 * knows its place, so that setting, moving and cancelling one take O(log n).
 */
final class Timers {

  /** One instant; belongs to one heap at a time. */
  static final class Timer {
    private final String id;
    private @Nullable Timers heap;
    private int index;
    private long at;

    Timer(String id) {
      this.id = id;
    }

    /** Sets the timer, wherever it was before. */
    void set(Timers timers, long instant) {
      if (heap != timers) {
        cancel();
        heap = timers;
        at = instant;
        timers.add(this);
      } else if (at != instant) {
        at = instant;
        timers.move(this);
      }
    }

    void cancel() {
      if (heap != null) {
        heap.remove(this);
        heap = null;
      }
    }
  }

  private static final Comparator<Timer> BY_INSTANT =
      (a, b) -> a.at == b.at ? IdOrder.INSTANCE.compare(a.id, b.id) : Long.compare(a.at, b.at);

  private @Nullable Timer[] heap = new Timer[16];
  private int size;

  int size() {
    return size;
  }

  /** The earliest instant, or {@link Instants#NEVER}. */
  long earliest() {
    return size == 0 ? Instants.NEVER : at(0).at;
  }

  /** The ids of the first timers up to an instant, inclusive, by instant and id. */
  List<String> due(long now, int limit) {
    if (size == 0 || earliest() > now) {
      return List.of();
    }
    var due = new ArrayList<String>();
    // The next one is always a child of one that has been listed.
    var frontier = new PriorityQueue<>(BY_INSTANT);
    frontier.add(at(0));
    while (!frontier.isEmpty() && due.size() < limit) {
      var timer = frontier.remove();
      due.add(timer.id);
      for (int child = 2 * timer.index + 1; child <= 2 * timer.index + 2; child++) {
        if (child < size && at(child).at <= now) {
          frontier.add(at(child));
        }
      }
    }
    return due;
  }

  void clear() {
    for (int i = 0; i < size; i++) {
      at(i).heap = null;
    }
    Arrays.fill(heap, null);
    size = 0;
  }

  @SuppressWarnings("NullAway") // Every place below size is taken.
  private Timer at(int index) {
    return heap[index];
  }

  private void add(Timer timer) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, size + (size >> 1));
    }
    put(timer, size++);
    rise(timer);
  }

  private void move(Timer timer) {
    rise(timer);
    sink(timer);
  }

  private void remove(Timer timer) {
    var last = at(--size);
    heap[size] = null;
    if (last != timer) {
      put(last, timer.index);
      move(last);
    }
  }

  private void put(Timer timer, int index) {
    heap[index] = timer;
    timer.index = index;
  }

  private void rise(Timer timer) {
    int index = timer.index;
    while (index > 0) {
      int parent = (index - 1) >> 1;
      if (BY_INSTANT.compare(at(parent), timer) <= 0) {
        break;
      }
      put(at(parent), index);
      index = parent;
    }
    put(timer, index);
  }

  private void sink(Timer timer) {
    int index = timer.index;
    for (int child = 2 * index + 1; child < size; child = 2 * index + 1) {
      if (child + 1 < size && BY_INSTANT.compare(at(child + 1), at(child)) < 0) {
        child++;
      }
      if (BY_INSTANT.compare(at(child), timer) >= 0) {
        break;
      }
      put(at(child), index);
      index = child;
    }
    put(timer, index);
  }
}
