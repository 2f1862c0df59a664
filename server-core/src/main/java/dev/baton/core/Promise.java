package dev.baton.core;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Tags;
import dev.baton.protocol.Value;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A durable promise: what was asked for, and what has become of it. A large payload may stay in the
 * store: then param, and value if the store has it, are empty here.
 *
 * @param leftOut how many characters of param and value have been left in the store
 */
public record Promise(
    String id,
    Value param,
    Map<String, String> tags,
    long timeoutAt,
    long createdAt,
    PromiseState state,
    long leftOut) {

  /** A whole promise. */
  public Promise(
      String id,
      Value param,
      Map<String, String> tags,
      long timeoutAt,
      long createdAt,
      PromiseState state) {
    this(id, param, tags, timeoutAt, createdAt, state, 0);
  }

  /** Whether its payload is here. */
  public boolean isWhole() {
    return leftOut == 0;
  }

  /** How many characters of payload it has, here or in the store. */
  public long payload() {
    long here = Sizes.characters(param);
    if (state instanceof PromiseState.Settled(var as, var value, var settledAt)) {
      here += Sizes.characters(value);
    }
    return here + leftOut;
  }

  /** The same promise, its payload, if it has one, left in the store. */
  public Promise withoutPayload() {
    if (payload() == 0) {
      return this;
    }
    var bare =
        state instanceof PromiseState.Settled(var as, var value, var at)
            ? new PromiseState.Settled(as, Value.EMPTY, at)
            : state;
    return new Promise(id, Value.EMPTY, tags, timeoutAt, createdAt, bare, payload());
  }

  /** The same promise with what the store has of its payload; it may have been settled since. */
  public Promise with(Promise stored) {
    return stored.isPending()
        ? new Promise(id, stored.param, tags, timeoutAt, createdAt, state)
        : stored;
  }

  /** The address its task is offered to, or null: then it has no task. */
  public @Nullable String target() {
    return tags.get(Tags.TARGET);
  }

  /** What its preload shares with it, or null. */
  public @Nullable String branch() {
    return tags.get(Tags.BRANCH);
  }

  /**
   * The id of the root of the tree that a promise belongs to: what its maker says, or else its id
   * up to the first sign that SDKs put between a parent's id and a child's number.
   */
  public static String rootOf(String id, Map<String, String> tags) {
    var origin = tags.get(Tags.ORIGIN);
    if (origin != null) {
      return origin;
    }
    for (int i = 1; i < id.length(); i++) {
      if (id.charAt(i) == '.' || id.charAt(i) == ':') {
        return id.substring(0, i);
      }
    }
    return id;
  }

  /**
   * The id of the root of its tree if its own id does not show it: then its tag alone says so. Null
   * for one that is a root, or whose id begins with its root's and a sign between, as SDKs mint
   * them.
   */
  public @Nullable String statedOrigin() {
    var origin = tags.get(Tags.ORIGIN);
    if (origin == null || !id.startsWith(origin)) {
      return origin;
    }
    char next = id.length() == origin.length() ? '.' : id.charAt(origin.length());
    return next == '.' || next == ':' ? null : origin;
  }

  /** Whether its deadline resolves it. */
  public boolean isTimer() {
    return "true".equals(tags.get(Tags.TIMER));
  }

  /**
   * Whether it is a workflow's sleep as SDKs make and recognise it: by its tags, whatever its
   * param. They mark what they make with a scope; a timer without one is offered like any other
   * promise.
   */
  boolean isSleep() {
    return isTimer() && "global".equals(tags.get(Tags.SCOPE));
  }

  /** When its task may first be offered, epoch milliseconds; null for at once. */
  @Nullable Long delay() {
    var delay = tags.get(Tags.DELAY);
    return delay == null ? null : Instants.parse(delay);
  }

  /** Whether its deadline has passed and nobody has noticed yet. */
  boolean isExpired(long now) {
    return timeoutAt <= now && isPending();
  }

  /** What its deadline makes of it. */
  Promise expired() {
    var as = isTimer() ? PromiseRecord.State.RESOLVED : PromiseRecord.State.REJECTED_TIMEDOUT;
    return settled(new PromiseState.Settled(as, Value.EMPTY, timeoutAt));
  }

  /** Whether nobody has settled it, not even its deadline. */
  public boolean isPending() {
    return state instanceof PromiseState.Pending;
  }

  /** The same promise, settled. */
  public Promise settled(PromiseState.Settled settled) {
    return new Promise(id, param, tags, timeoutAt, createdAt, settled, leftOut);
  }

  /**
   * As it crosses the wire.
   *
   * @throws IllegalStateException if it is not whole: {@link State#whole} makes it so
   */
  public PromiseRecord toRecord() {
    if (!isWhole()) {
      throw new IllegalStateException("the payload of promise " + id + " is in the store");
    }
    return switch (state) {
      case PromiseState.Pending ignored ->
          new PromiseRecord(
              id,
              PromiseRecord.State.PENDING,
              param,
              Value.EMPTY,
              tags,
              timeoutAt,
              createdAt,
              null);
      case PromiseState.Settled(var as, var value, var at) ->
          new PromiseRecord(id, as, param, value, tags, timeoutAt, createdAt, at);
    };
  }
}
