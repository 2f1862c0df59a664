package dev.baton.server.push;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is to be posted. So many posts are in flight at most, so many of one place, and
 * places take turns. One that has not answered yet, or not the last time, is trusted with few, and
 * all such places together with half of all: what never answers does not keep what does from being
 * told. Not thread-safe.
 *
 * @param <P> a post
 */
final class PostQueue<P> {

  /** So many posts to a place that may not answer are in flight at most. */
  private static final int ON_TRIAL = 4;

  /** So many times the posts in flight may wait. */
  private static final int WAITING_FACTOR = 64;

  /** Of so many idle places it is remembered whether they answered. */
  private static final int MEMORY = 10_000;

  private final class Place {
    final String name;
    final Queue<P> waiting = new ArrayDeque<>();
    int inFlight;
    boolean answers;

    Place(String name, boolean answers) {
      this.name = name;
      this.answers = answers;
    }

    Set<Place> line() {
      return answers ? trusted : onTrial;
    }

    boolean mayStart() {
      return !waiting.isEmpty() && inFlight < (answers ? mostOfPlace : trial);
    }
  }

  private final int most;
  private final int mostOfPlace;
  private final int trial;
  private final int mostOnTrial;
  private final Map<String, Place> places = new HashMap<>();

  /** Places with nothing to do that answered the last time. */
  private final Map<String, Boolean> answering =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > MEMORY;
        }
      };

  /** Places that have something to post and may, in turn. */
  private final Set<Place> trusted = new LinkedHashSet<>();

  private final Set<Place> onTrial = new LinkedHashSet<>();
  private int inFlight;
  private int inFlightOnTrial;
  private int waiting;
  private boolean isTrialsTurn;

  /**
   * @param most how many are in flight at once
   * @param mostOfPlace how many to one place; no place gets more than half of all
   */
  PostQueue(int most, int mostOfPlace) {
    this.most = most;
    this.mostOfPlace = Math.min(mostOfPlace, Math.max(1, most / 2));
    this.mostOnTrial = Math.max(1, most / 2);
    this.trial = Math.min(ON_TRIAL, Math.max(1, Math.min(this.mostOfPlace, mostOnTrial / 4)));
  }

  /**
   * Adds a post; false if too many wait already: a place may fill half of the room that is left.
   */
  boolean add(String name, P post) {
    Place place = places.get(name);
    int ofPlace = place == null ? 0 : place.waiting.size();
    if (ofPlace > 0 && ofPlace >= (WAITING_FACTOR * most - waiting) / 2) {
      return false;
    }
    if (place == null) {
      if (waiting >= WAITING_FACTOR * most) {
        return false;
      }
      place = new Place(name, answering.remove(name) != null);
      places.put(name, place);
    }
    place.waiting.add(post);
    waiting++;
    line(place);
    return true;
  }

  private void line(Place place) {
    if (place.mayStart()) {
      place.line().add(place);
    } else {
      place.line().remove(place);
    }
  }

  /** The next post that is to begin, or null; it counts as in flight until it has ended. */
  @Nullable P next() {
    if (inFlight >= most) {
      return null;
    }
    boolean mayTry = inFlightOnTrial < mostOnTrial && !onTrial.isEmpty();
    if (!mayTry && trusted.isEmpty()) {
      return null;
    }
    boolean takesTrial = mayTry && (isTrialsTurn || trusted.isEmpty());
    isTrialsTurn = !takesTrial;
    return start(takesTrial ? onTrial : trusted);
  }

  private P start(Set<Place> line) {
    Iterator<Place> turns = line.iterator();
    Place place = turns.next();
    turns.remove();
    P post = place.waiting.remove();
    waiting--;
    place.inFlight++;
    inFlight++;
    inFlightOnTrial += place.answers ? 0 : 1;
    line(place);
    return post;
  }

  /** A post has ended; whether its place answered, with whatever status. */
  void ended(String name, boolean answered) {
    Place place = places.get(name);
    if (place == null) {
      throw new IllegalStateException("nothing is in flight to " + name);
    }
    place.line().remove(place);
    inFlightOnTrial -= place.answers ? 0 : place.inFlight;
    place.inFlight--;
    inFlight--;
    place.answers = answered;
    inFlightOnTrial += answered ? 0 : place.inFlight;
    line(place);
    if (place.inFlight == 0 && place.waiting.isEmpty()) {
      places.remove(name);
      if (answered) {
        answering.put(name, true);
      }
    }
  }
}
