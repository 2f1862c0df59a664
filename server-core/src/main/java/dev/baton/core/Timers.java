package dev.baton.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
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
      Comparator.<Timer>comparingLong(timer -> timer.at)
          .thenComparing(timer -> timer.id, IdOrder.INSTANCE);

  private @Nullable Timer[] heap = new Timer[16];
  private int size;

  int size() {
    return size;
  }

  /** The earliest instant, or {@link Instants#NEVER}. */
  long earliest() {
    return size == 0 ? Instants.NEVER : at(0).at;
  }

  /** The ids of all timers up to an instant, inclusive, by instant and id. */
  List<String> due(long now) {
    if (earliest() > now || size == 0) {
      return List.of();
    }
    var due = new ArrayList<Timer>();
    collect(0, now, due);
    due.sort(BY_INSTANT);
    return due.stream().map(timer -> timer.id).toList();
  }

  /** What is not due has no child that is. */
  private void collect(int index, long now, List<Timer> due) {
    if (index < size && at(index).at <= now) {
      due.add(at(index));
      collect(2 * index + 1, now, due);
      collect(2 * index + 2, now, due);
    }
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
      if (at(parent).at <= timer.at) {
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
      if (child + 1 < size && at(child + 1).at < at(child).at) {
        child++;
      }
      if (at(child).at >= timer.at) {
        break;
      }
      put(at(child), index);
      index = child;
    }
    put(timer, index);
  }
}
