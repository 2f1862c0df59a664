package dev.baton.server.groups;

import dev.baton.server.dispatch.GroupSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All groups as they stood at one moment.
 *
 * @param all by name
 * @param at epoch milliseconds
 * @param nextEvent the first event that had not happened then
 */
public record Groups(List<GroupSnapshot> all, long at, long nextEvent) {

  /** None. */
  public static final Groups NONE = new Groups(List.of(), 0, 0);

  /** A group, or null if nothing is known of it. */
  public @Nullable GroupSnapshot find(String name) {
    int low = 0;
    int high = all.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      GroupSnapshot found = all.get(middle);
      int order = found.group().compareTo(name);
      if (order == 0) {
        return found;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return null;
  }
}
