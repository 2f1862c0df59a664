package dev.baton.sdk.test;

import dev.baton.protocol.History;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Tags;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One function of a recorded history that a worker ran as a task, with the steps that it made
 * itself, and those of the functions and steps within it. What it had others run is a step of it,
 * and with its own steps a call of its own.
 */
final class RecordedCall {

  /** What is added to a function's id in the ids of its steps, before and after a retry. */
  private static final Pattern NUMBERED = Pattern.compile("((\\.r\\d+)?)\\.(\\d+)");

  private static final Pattern RETRY = Pattern.compile("\\.r\\d+");

  /** The order of steps: 2 comes before 10. */
  static final Comparator<String> BY_PLACE = RecordedCall::compare;

  private final PromiseRecord root;
  private final Map<String, PromiseRecord> steps = new LinkedHashMap<>();

  /** Of the steps, those that made steps themselves. */
  private final Set<String> makers = new HashSet<>();

  private RecordedCall(PromiseRecord root) {
    this.root = root;
  }

  /** The calls of a history, callers first. */
  static List<RecordedCall> of(History history) {
    var byId = new LinkedHashMap<String, PromiseRecord>();
    history.promises().forEach(promise -> byId.put(promise.id(), promise));
    var calls = new LinkedHashMap<String, RecordedCall>();
    for (var promise : history.promises()) {
      if (promise.id().equals(history.root()) || isCalled(promise)) {
        calls.put(promise.id(), new RecordedCall(promise));
      }
    }
    for (var promise : history.promises()) {
      if (!promise.id().equals(history.root())) {
        var call = calls.get(caller(promise, byId, calls));
        if (call != null) {
          call.add(promise);
        }
      }
    }
    return new ArrayList<>(calls.values());
  }

  private void add(PromiseRecord step) {
    steps.put(step.id(), step);
    String parent = parent(step);
    boolean isRetry =
        parent != null
            && step.id().startsWith(parent)
            && RETRY.matcher(step.id().substring(parent.length())).matches();
    if (parent != null && !isRetry) {
      makers.add(parent);
    }
  }

  private static boolean isCalled(PromiseRecord promise) {
    return promise.tags().containsKey(Tags.TARGET)
        && !"true".equals(promise.tags().get(Tags.TIMER))
        && CalledFunction.of(promise.param()) != null;
  }

  private static @Nullable String caller(
      PromiseRecord step, Map<String, PromiseRecord> byId, Map<String, RecordedCall> calls) {
    String parent = parent(step);
    for (int depth = 0; parent != null && depth < History.MOST_PROMISES; depth++) {
      if (calls.containsKey(parent)) {
        return parent;
      }
      var above = byId.get(parent);
      parent = above == null ? null : parent(above);
    }
    return null;
  }

  private static @Nullable String parent(PromiseRecord promise) {
    String parent = promise.tags().get(Tags.PARENT);
    return promise.id().equals(parent) ? null : parent;
  }

  PromiseRecord root() {
    return root;
  }

  String id() {
    return root.id();
  }

  Map<String, PromiseRecord> steps() {
    return steps;
  }

  /** The promise, if it was there. */
  @Nullable PromiseRecord find(String id) {
    return id.equals(root.id()) ? root : steps.get(id);
  }

  /**
   * Whether it ran code that made steps: such code can be run again, because everything that it
   * needs is there.
   */
  boolean makesSteps(PromiseRecord promise) {
    return promise.id().equals(root.id()) || makers.contains(promise.id());
  }

  /** The steps of a function, in its last try, in their order. */
  List<PromiseRecord> stepsOf(String function) {
    int last = lastRetry(function);
    var own = new ArrayList<PromiseRecord>();
    for (var step : steps.values()) {
      var place = place(function, step.id());
      if (place != null && place.retry() == last) {
        own.add(step);
      }
    }
    own.sort(Comparator.comparing(PromiseRecord::id, BY_PLACE));
    return own;
  }

  private int lastRetry(String function) {
    int last = 0;
    while (steps.containsKey(function + ".r" + (last + 1))) {
      last++;
    }
    return last;
  }

  /** Where a function makes a step. */
  record Place(int retry, int number) {}

  /** The place in a function of a step that it makes itself; null if it is none by number. */
  static @Nullable Place place(String function, String step) {
    if (!step.startsWith(function)) {
      return null;
    }
    var match = NUMBERED.matcher(step.substring(function.length()));
    if (!match.matches()) {
      return null;
    }
    String retry = match.group(1);
    return new Place(
        retry.isEmpty() ? 0 : Integer.parseInt(retry.substring(2)),
        Integer.parseInt(match.group(3)));
  }

  private static int compare(String one, String other) {
    String[] left = one.split("\\.");
    String[] right = other.split("\\.");
    for (int i = 0; i < Math.min(left.length, right.length); i++) {
      boolean areNumbers = isNumber(left[i]) && isNumber(right[i]);
      int order =
          areNumbers
              ? Long.compare(Long.parseLong(left[i]), Long.parseLong(right[i]))
              : left[i].compareTo(right[i]);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(left.length, right.length);
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty()
        && text.length() < 19
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
