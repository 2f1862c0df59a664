package dev.baton.server.http;

import dev.baton.core.Footprint;
import dev.baton.core.PromiseIdTemplate;
import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.Value;
import dev.baton.server.config.Key;
import dev.baton.server.config.ServerConfig;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The server's own limits, beside the protocol's rules: how long and how many what it would store
 * may be. What they let through can be read again for ever.
 */
public final class Limits {

  private final ServerConfig.Sizes sizes;
  private final @Nullable Integer mostIdBytes;
  private final Footprint.Visitor fits = this::fits;

  /** The limits of a store that takes any id. */
  public Limits(ServerConfig.Sizes sizes) {
    this(sizes, null);
  }

  /**
   * @param mostIdBytes how long an id may be for the store, in bytes, which then takes no NUL in
   *     it, either; null for a store that takes any
   */
  public Limits(ServerConfig.Sizes sizes, @Nullable Integer mostIdBytes) {
    this.sizes = sizes;
    this.mostIdBytes = mostIdBytes;
  }

  /** Names the first field that is too long and the limit, or answers null. */
  public @Nullable String check(Request request) {
    return Footprint.visit(request, fits) ? checkMaps(request) : refusal(request);
  }

  private boolean fits(Footprint.Thing thing, Footprint.Role role, String field, String text) {
    return role != Footprint.Role.CREATED
        || (length(thing, text) <= sizes.maxIdLength()
            && (mostIdBytes == null || isKey(thing, text)));
  }

  /** Whether an id can be one of a row. */
  private boolean isKey(Footprint.Thing thing, String text) {
    return switch (thing) {
      case PROMISE, SCHEDULE, OCCURRENCES -> notAKey(thing, text) == null;
      case PROCESS, ADDRESS -> true;
    };
  }

  /** Why the store cannot take an id; null if it can. */
  private @Nullable String notAKey(Footprint.Thing thing, String text) {
    if (mostIdBytes == null) {
      return null;
    }
    if (text.indexOf('\0') >= 0) {
      return "holds U+0000, which PostgreSQL cannot store in an id";
    }
    long further = length(thing, text) - text.length(); // They are digits.
    if (text.length() + further <= mostIdBytes / 4) {
      return null;
    }
    long bytes = text.getBytes(StandardCharsets.UTF_8).length + further;
    return bytes <= mostIdBytes
        ? null
        : "%s %d bytes; PostgreSQL can store ids of at most %d"
            .formatted(
                thing == Footprint.Thing.OCCURRENCES ? "makes ids of" : "has", bytes, mostIdBytes);
  }

  private static long length(Footprint.Thing thing, String text) {
    return thing == Footprint.Thing.OCCURRENCES ? PromiseIdTemplate.longest(text) : text.length();
  }

  private @Nullable String refusal(Request request) {
    for (Footprint.Use use : Footprint.of(request).uses()) {
      if (!fits(use.thing(), use.role(), use.field(), use.text())) {
        String notAKey = notAKey(use.thing(), use.text());
        if (notAKey != null && length(use.thing(), use.text()) <= sizes.maxIdLength()) {
          return use.field() + " " + notAKey;
        }
        return "%s %s %d characters; %s"
            .formatted(
                use.field(),
                use.thing() == Footprint.Thing.OCCURRENCES ? "makes ids of" : "has",
                length(use.thing(), use.text()),
                allows(Key.SERVER_MAX_ID_LENGTH, sizes.maxIdLength()));
      }
    }
    return null;
  }

  /** Whether a text may be kept as an id, or, in words, why not. */
  public @Nullable String id(String field, String text) {
    String notAKey = notAKey(Footprint.Thing.PROMISE, text);
    if (notAKey != null && text.length() <= sizes.maxIdLength()) {
      return field + " " + notAKey;
    }
    return text.length() <= sizes.maxIdLength()
        ? null
        : "%s has %d characters; %s"
            .formatted(field, text.length(), allows(Key.SERVER_MAX_ID_LENGTH, sizes.maxIdLength()));
  }

  /** The tags and headers that a request would have stored. */
  private @Nullable String checkMaps(Request request) {
    return switch (request) {
      case PromiseRequest.Create create -> create(create);
      case PromiseRequest.Settle settle -> headers("value", settle.value());
      case TaskRequest.Create(_, _, var action) -> create(action);
      case TaskRequest.Fulfill(_, _, var action) -> headers("value", action.value());
      case TaskRequest.Fence fence -> fence(fence.action());
      case ScheduleRequest.Create create -> schedule(create);
      case ScheduleRequest.Update(ScheduleRequest.Create definition) -> schedule(definition);
      case PromiseRequest.Get _,
          PromiseRequest.RegisterCallback _,
          PromiseRequest.RegisterListener _,
          PromiseRequest.Search _,
          TaskRequest.Get _,
          TaskRequest.Acquire _,
          TaskRequest.Release _,
          TaskRequest.Suspend _,
          TaskRequest.Heartbeat _,
          TaskRequest.Halt _,
          TaskRequest.Continue _,
          TaskRequest.Search _,
          ScheduleRequest.Pause _,
          ScheduleRequest.Resume _,
          ScheduleRequest.Get _,
          ScheduleRequest.Delete _,
          ScheduleRequest.Search _,
          DebugRequest _ ->
          null;
    };
  }

  private @Nullable String schedule(ScheduleRequest.Create definition) {
    return first(
        headers("promiseParam", definition.promiseParam()),
        tags("promiseTags", definition.promiseTags()));
  }

  private @Nullable String fence(TaskRequest.FenceAction action) {
    return switch (action) {
      case TaskRequest.FenceAction.Create(var create) -> create(create);
      case TaskRequest.FenceAction.Settle(var settle) -> headers("value", settle.value());
      case TaskRequest.FenceAction.OutOfReach _, TaskRequest.FenceAction.Malformed _ -> null;
    };
  }

  private @Nullable String create(PromiseRequest.Create create) {
    return first(headers("param", create.param()), tags("tags", create.tags()));
  }

  /** Tags of a promise; the address among them becomes the name of a group. */
  private @Nullable String tags(String field, Map<String, String> tags) {
    String target = tags.get(Tags.TARGET);
    return target == null || target.length() <= sizes.maxIdLength()
        ? strings(field, tags)
        : id(field + "." + Tags.TARGET, target);
  }

  private @Nullable String headers(String field, Value value) {
    return value.headers() == null ? null : strings(field + ".headers", value.headers());
  }

  private @Nullable String strings(String field, Map<String, String> strings) {
    if (strings.size() > sizes.maxTags()) {
      return "%s has %d members; %s"
          .formatted(field, strings.size(), allows(Key.SERVER_MAX_TAGS, sizes.maxTags()));
    }
    for (Map.Entry<String, String> member : strings.entrySet()) {
      String name = member.getKey();
      if (name.length() > sizes.maxNameLength()) {
        return "a name in %s has %d characters; %s: %s"
            .formatted(
                field,
                name.length(),
                allows(Key.SERVER_MAX_NAME_LENGTH, sizes.maxNameLength()),
                beginning(name));
      }
      if (member.getValue().length() > sizes.maxTagLength()) {
        return "%s.%s has %d characters; %s"
            .formatted(
                field,
                beginning(name),
                member.getValue().length(),
                allows(Key.SERVER_MAX_TAG_LENGTH, sizes.maxTagLength()));
      }
    }
    return null;
  }

  private static String beginning(String name) {
    return name.length() <= 40 ? name : name.substring(0, 40) + "...";
  }

  private static String allows(Key key, int most) {
    return key.path() + " allows " + most;
  }

  private static @Nullable String first(@Nullable String one, @Nullable String other) {
    return one == null ? other : one;
  }
}
