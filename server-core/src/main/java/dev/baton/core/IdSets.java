package dev.baton.core;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Small sets of ids, most of them empty or of one element: those cost no set of their own. */
final class IdSets {

  private IdSets() {}

  /** The set with an element; the given one may have been changed. */
  static Set<String> with(Set<String> set, String id) {
    if (set instanceof LinkedHashSet<String>) {
      set.add(id);
      return set;
    }
    if (set.isEmpty()) {
      return Set.of(id);
    }
    if (set.contains(id)) {
      return set;
    }
    var grown = new LinkedHashSet<>(set);
    grown.add(id);
    return grown;
  }

  /** The set without an element; the given one may have been changed. */
  static Set<String> without(Set<String> set, String id) {
    if (set instanceof LinkedHashSet<String>) {
      set.remove(id);
      return set.isEmpty() ? Set.of() : set;
    }
    return set.contains(id) ? Set.of() : set;
  }

  /** Sets by name. */
  static final class ByName {

    private final Map<String, Set<String>> sets = new HashMap<>();

    Set<String> get(String name) {
      return Collections.unmodifiableSet(sets.getOrDefault(name, Set.of()));
    }

    void add(String name, String id) {
      sets.put(name, with(sets.getOrDefault(name, Set.of()), id));
    }

    void remove(String name, String id) {
      var set = sets.get(name);
      if (set != null) {
        var rest = without(set, id);
        if (rest.isEmpty()) {
          sets.remove(name);
        } else {
          sets.put(name, rest);
        }
      }
    }

    void clear() {
      sets.clear();
    }
  }
}
