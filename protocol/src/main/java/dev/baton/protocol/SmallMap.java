package dev.baton.protocol;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An unmodifiable map of a few strings, in the order given, as one array: a server holds one for
 * every live promise, and a hash map would be most of its memory.
 */
final class SmallMap extends AbstractMap<String, String> {

  /** Names and values by turns. */
  private final String[] members;

  SmallMap(Map<String, String> map) {
    members = new String[map.size() * 2];
    int i = 0;
    for (var entry : map.entrySet()) {
      members[i++] = entry.getKey();
      members[i++] = entry.getValue();
    }
  }

  @Override
  public int size() {
    return members.length / 2;
  }

  @Override
  public @Nullable String get(@Nullable Object name) {
    for (int i = 0; i < members.length; i += 2) {
      if (members[i].equals(name)) {
        return members[i + 1];
      }
    }
    return null;
  }

  @Override
  public boolean containsKey(@Nullable Object name) {
    return get(name) != null;
  }

  @Override
  public Set<Map.Entry<String, String>> entrySet() {
    return new Entries();
  }

  private final class Entries extends AbstractSet<Map.Entry<String, String>> {

    @Override
    public int size() {
      return members.length / 2;
    }

    @Override
    public Iterator<Map.Entry<String, String>> iterator() {
      return new Iterator<>() {
        private int next;

        @Override
        public boolean hasNext() {
          return next < members.length;
        }

        @Override
        public Map.Entry<String, String> next() {
          if (!hasNext()) {
            throw new NoSuchElementException();
          }
          next += 2;
          return Map.entry(members[next - 2], members[next - 1]);
        }
      };
    }
  }
}
