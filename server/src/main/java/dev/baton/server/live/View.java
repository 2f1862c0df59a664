package dev.baton.server.live;

import dev.baton.server.auth.Access;
import dev.baton.server.record.Event;
import dev.baton.server.record.Event.Kind;
import org.jspecify.annotations.Nullable;

/** What somebody looks at. */
sealed interface View {

  /** All groups within reach. */
  record OfGroups() implements View {}

  /** A group and its workers. */
  record OfGroup(String name) implements View {}

  /** A call and those below it. */
  record OfCall(String id) implements View {}

  /** The view that a text names; null if it names none. */
  static @Nullable View of(@Nullable String text) {
    if (text == null) {
      return null;
    }
    if (text.equals("groups")) {
      return new OfGroups();
    }
    if (text.startsWith("group:") && text.length() > "group:".length()) {
      return new OfGroup(text.substring("group:".length()));
    }
    return text.startsWith("call:") && text.length() > "call:".length()
        ? new OfCall(text.substring("call:".length()))
        : null;
  }

  /** As it is asked for. */
  default String text() {
    return switch (this) {
      case OfGroups _ -> "groups";
      case OfGroup(String name) -> "group:" + name;
      case OfCall(String id) -> "call:" + id;
    };
  }

  /** Whether somebody may look at it. */
  default boolean isOpenTo(Access access) {
    return switch (this) {
      case OfGroups _ -> access.reachesAny();
      case OfGroup(String name) -> access.reaches(name);
      case OfCall(String id) -> access.covers(id);
    };
  }

  /** Whether an event belongs to it and is within somebody's reach. */
  default boolean shows(Event event, Access access) {
    String id = event.id();
    String group = event.group();
    return switch (this) {
      case OfGroups _ ->
          group != null
              && access.reaches(group)
              && (id == null || (event.kind() == Kind.RETURNED && access.covers(id)));
      case OfGroup(String name) -> name.equals(group) && (id == null || access.covers(id));
      case OfCall(String root) -> id != null && isBelow(id, root) && access.covers(id);
    };
  }

  private static boolean isBelow(String id, String root) {
    if (!id.startsWith(root)) {
      return false;
    }
    char next = id.length() == root.length() ? '.' : id.charAt(root.length());
    return next == '.' || next == ':';
  }
}
