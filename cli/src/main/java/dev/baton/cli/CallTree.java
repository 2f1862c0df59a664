package dev.baton.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Tags;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Promises as the tree that their parent tags make. */
public final class CallTree {

  private static final Comparator<PromiseRecord> BY_BIRTH =
      Comparator.comparingLong(PromiseRecord::createdAt).thenComparing(PromiseRecord::id);

  private final PromiseRecord root;
  private final Map<String, List<PromiseRecord>> children = new HashMap<>();

  private CallTree(PromiseRecord root) {
    this.root = root;
  }

  /** The tree under the first promise. One whose parent is not among them hangs from the root. */
  public static CallTree of(List<PromiseRecord> promises) {
    CallTree tree = new CallTree(promises.getFirst());
    Map<String, PromiseRecord> byId = new HashMap<>();
    promises.forEach(promise -> byId.put(promise.id(), promise));
    String rootId = tree.root.id();
    for (PromiseRecord promise : byId.values()) {
      if (!promise.id().equals(rootId)) {
        tree.children
            .computeIfAbsent(parent(promise, byId, rootId), _ -> new ArrayList<>())
            .add(promise);
      }
    }
    tree.children.values().forEach(siblings -> siblings.sort(BY_BIRTH));
    return tree;
  }

  /** Where the promise hangs: from its parent, if that leads to the root. */
  private static String parent(
      PromiseRecord promise, Map<String, PromiseRecord> byId, String rootId) {
    String parent = knownParent(promise, byId);
    Set<String> seen = new HashSet<>(Set.of(promise.id()));
    for (String above = parent; above != null && !above.equals(rootId); ) {
      PromiseRecord next = byId.get(above);
      if (next == null || !seen.add(above)) {
        return rootId; // A circle.
      }
      above = knownParent(next, byId);
    }
    return parent == null ? rootId : parent;
  }

  private static @Nullable String knownParent(
      PromiseRecord promise, Map<String, PromiseRecord> byId) {
    String parent = promise.tags().get(Tags.PARENT);
    return parent == null || parent.equals(promise.id()) || !byId.containsKey(parent)
        ? null
        : parent;
  }

  private record Line(PromiseRecord promise, String head, String indent) {}

  /** One line for each promise. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    Deque<Line> left = new ArrayDeque<>();
    left.push(new Line(root, "", ""));
    while (!left.isEmpty()) {
      Line line = left.pop();
      lines.add(line.head() + describe(line.promise()));
      List<PromiseRecord> below = children.getOrDefault(line.promise().id(), List.of());
      for (int i = below.size() - 1; i >= 0; i--) {
        boolean isLast = i == below.size() - 1;
        left.push(
            new Line(
                below.get(i),
                line.indent() + (isLast ? "└── " : "├── "),
                line.indent() + (isLast ? "    " : "│   ")));
      }
    }
    return lines;
  }

  private static String describe(PromiseRecord promise) {
    StringBuilder text =
        new StringBuilder(promise.id()).append("  ").append(promise.state().wire());
    String function = function(promise);
    if (function != null) {
      text.append("  ").append(function).append("()");
    }
    String target = promise.tags().get(Tags.TARGET);
    if (target != null) {
      text.append("  ").append(target);
    } else if ("true".equals(promise.tags().get(Tags.TIMER))) {
      text.append("  timer");
    }
    Long settledAt = promise.settledAt();
    if (settledAt != null) {
      text.append("  ").append(duration(settledAt - promise.createdAt()));
    }
    return text.toString();
  }

  /** The function that the param names, as SDKs write it, or null. */
  private static @Nullable String function(PromiseRecord promise) {
    String data = promise.param().data();
    if (data == null) {
      return null;
    }
    try {
      String json = new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8);
      return Arguments.mapper().readTree(json).path("func").textValue();
    } catch (IllegalArgumentException | JsonProcessingException e) {
      return null;
    }
  }

  private static String duration(long ms) {
    return ms < 1_000
        ? ms + "ms"
        : Duration.ofMillis(ms < 60_000 ? ms : ms / 1_000 * 1_000)
            .toString()
            .substring(2)
            .toLowerCase(Locale.ROOT);
  }
}
