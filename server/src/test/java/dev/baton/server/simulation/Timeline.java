package dev.baton.server.simulation;

import java.util.PriorityQueue;

/** What is to happen, in order. Time moves from one event to the next. */
final class Timeline {

  private record Event(long at, long number, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return at == other.at ? Long.compare(number, other.number) : Long.compare(at, other.at);
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long now;
  private long counter;

  /** Milliseconds. */
  long now() {
    return now;
  }

  /** How many events have happened. */
  long count() {
    return counter - events.size();
  }

  void at(long instant, Runnable action) {
    events.add(new Event(Math.max(instant, now), counter++, action));
  }

  void in(long ms, Runnable action) {
    at(now + ms, action);
  }

  /** Lets the next event happen, if it is due by then; false if there is none. */
  boolean advance(long until) {
    Event next = events.peek();
    if (next == null || next.at() > until) {
      return false;
    }
    events.remove();
    now = next.at();
    next.action().run();
    return true;
  }
}
