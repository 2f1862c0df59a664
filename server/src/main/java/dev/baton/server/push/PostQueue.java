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
 * places take turns. One that was silent the last time is trusted with few, and all such places
 * together with a quarter of all; one of which nothing is known, or that could not be reached the
 * last time, with one, and both kinds together with half of all: what never answers does not keep
 * what does from being told, nor what is new or comes back from showing that it does. Not
 * thread-safe.
 *
 * @param <P> a post
 */
final class PostQueue<P> {

  /** So many posts to a place that may not answer are in flight at most. */
  private static final int ON_TRIAL = 4;

  /** So many times the posts in flight may wait. */
  private static final int WAITING_FACTOR = 64;

  /** Of so many idle places it is remembered that they answered, of so many that they did not. */
  private static final int MEMORY = 10_000;

  /** How a post has ended, and what is known of its place by that. */
  enum Standing {
    /** None has ended yet, or the last could not reach it, which takes nobody's time. */
    UNPROVEN,
    /** It has not answered in time. */
    SILENT,
    ANSWERS
  }

  private final class Place {
    final String name;
    final Queue<P> waiting = new ArrayDeque<>();
    int inFlight;
    Standing standing;

    Place(String name, Standing standing) {
      this.name = name;
      this.standing = standing;
    }

    boolean isOnTrial() {
      return standing != Standing.ANSWERS;
    }

    Set<Place> line() {
      return switch (standing) {
        case UNPROVEN -> unproven;
        case SILENT -> silent;
        case ANSWERS -> trusted;
      };
    }

    boolean mayStart() {
      int bound =
          switch (standing) {
            case UNPROVEN -> 1;
            case SILENT -> trial;
            case ANSWERS -> mostOfPlace;
          };
      return !waiting.isEmpty() && inFlight < bound;
    }
  }

  /** Names of idle places; the eldest are forgotten. */
  private static final class Names extends LinkedHashMap<String, Boolean> {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
      return size() > MEMORY;
    }
  }

  private final int most;
  private final int mostOfPlace;
  private final int trial;
  private final int mostOnTrial;
  private final int mostToSilent;
  private final Map<String, Place> places = new HashMap<>();

  /** Places with nothing to do that answered the last time. */
  private final Names idleAnswering = new Names();

  /** The same of those that did not. */
  private final Names idleSilent = new Names();

  /** Places that have something to post and may, in turn. */
  private final Set<Place> trusted = new LinkedHashSet<>();

  private final Set<Place> silent = new LinkedHashSet<>();
  private final Set<Place> unproven = new LinkedHashSet<>();
  private int inFlight;
  private int inFlightOnTrial;
  private int inFlightToSilent;
  private int waiting;
  private boolean isTrialsTurn;
  private boolean isSilentsTurn;

  /**
   * @param most how many are in flight at once
   * @param mostOfPlace how many to one place; no place gets more than half of all
   */
  PostQueue(int most, int mostOfPlace) {
    this.most = most;
    this.mostOfPlace = Math.min(mostOfPlace, Math.max(1, most / 2));
    this.mostOnTrial = Math.max(1, most / 2);
    this.mostToSilent = Math.max(1, most / 4);
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
      place = new Place(name, remembered(name));
      places.put(name, place);
    }
    place.waiting.add(post);
    waiting++;
    line(place);
    return true;
  }

  private Standing remembered(String name) {
    if (idleAnswering.remove(name) != null) {
      return Standing.ANSWERS;
    }
    return idleSilent.remove(name) == null ? Standing.UNPROVEN : Standing.SILENT;
  }

  private void remember(String name, Standing shown) {
    switch (shown) {
      case UNPROVEN -> {}
      case SILENT -> idleSilent.put(name, true);
      case ANSWERS -> idleAnswering.put(name, true);
    }
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
    Set<Place> trials = trials();
    if (trials.isEmpty() && trusted.isEmpty()) {
      return null;
    }
    boolean takesTrial = !trials.isEmpty() && (isTrialsTurn || trusted.isEmpty());
    isTrialsTurn = !takesTrial;
    return start(takesTrial ? trials : trusted);
  }

  /** The line of those that may not answer whose turn it is; empty if none of them may start. */
  private Set<Place> trials() {
    if (inFlightOnTrial >= mostOnTrial) {
      return Set.of();
    }
    boolean maySilent = inFlightToSilent < mostToSilent && !silent.isEmpty();
    return maySilent && (isSilentsTurn || unproven.isEmpty()) ? silent : unproven;
  }

  private P start(Set<Place> line) {
    Iterator<Place> turns = line.iterator();
    Place place = turns.next();
    turns.remove();
    P post = place.waiting.remove();
    waiting--;
    if (place.isOnTrial()) {
      isSilentsTurn = place.standing == Standing.UNPROVEN && !silent.isEmpty();
    }
    place.inFlight++;
    inFlight++;
    count(place, 1);
    line(place);
    return post;
  }

  /** A post has ended, and has shown that of its place. */
  void ended(String name, Standing shown) {
    Place place = places.get(name);
    if (place == null) {
      throw new IllegalStateException("nothing is in flight to " + name);
    }
    place.line().remove(place);
    count(place, -place.inFlight);
    place.inFlight--;
    inFlight--;
    place.standing = shown;
    count(place, place.inFlight);
    line(place);
    if (place.inFlight == 0 && place.waiting.isEmpty()) {
      places.remove(name);
      remember(name, shown);
    }
  }

  private void count(Place place, int posts) {
    inFlightOnTrial += place.isOnTrial() ? posts : 0;
    inFlightToSilent += place.standing == Standing.SILENT ? posts : 0;
  }
}
