package dev.baton.server.auth;

import dev.baton.protocol.Address;
import dev.baton.protocol.Addresses;
import org.jspecify.annotations.Nullable;

/** What a valid token opens: ids of promises, tasks and schedules, and groups of workers. */
public sealed interface Access {

  /** Whether everything is open. */
  boolean isUnlimited();

  /** Whether anything may be changed, or taken by a worker. */
  boolean mayWrite();

  /** Whether everything may be looked at, searches too. */
  boolean seesAll();

  /** The groups that are reached. */
  Names groups();

  /** Whether what has this id may be touched. */
  boolean covers(String id);

  /** What all ids that are covered start with; null if none is. */
  @Nullable String prefix();

  /** Whether there can be an id that is covered. */
  boolean coversAny();

  /**
   * Whether the group's streams may be opened, its state seen, its work taken and its workers be
   * told of promises.
   */
  boolean reaches(String group);

  /** Whether there can be a group that is reached. */
  boolean reachesAny();

  /** Whether messages may be asked for at an address: one of a group takes the group's reach. */
  default boolean mayListenAt(String address) {
    return isUnlimited()
        || !(Addresses.parse(address) instanceof Address.Poll poll)
        || reaches(poll.group());
  }

  /** What a token with that prefix and without further claims opens. */
  static Access ofPrefix(String prefix) {
    return prefix.isEmpty()
        ? Unlimited.INSTANCE
        : new Limited(Names.startingWith(prefix), Names.startingWith(prefix));
  }

  /** The role {@code admin}, the empty prefix, or a server without a key. */
  record Unlimited() implements Access {
    static final Unlimited INSTANCE = new Unlimited();

    @Override
    public boolean isUnlimited() {
      return true;
    }

    @Override
    public boolean mayWrite() {
      return true;
    }

    @Override
    public boolean seesAll() {
      return true;
    }

    @Override
    public Names groups() {
      return Names.ALL;
    }

    @Override
    public boolean covers(String id) {
      return true;
    }

    @Override
    public String prefix() {
      return "";
    }

    @Override
    public boolean coversAny() {
      return true;
    }

    @Override
    public boolean reaches(String group) {
      return true;
    }

    @Override
    public boolean reachesAny() {
      return true;
    }
  }

  /** Some ids and some groups; a token without any claim has neither. */
  record Limited(Names ids, Names groups) implements Access {

    /** The groups of the old interface are apart, and count under their plain names. */
    private static final String OLD_INTERFACE = "legacy:";

    /** Where clients of a group listen that work for nobody: the Java SDK keeps them apart. */
    private static final String CLIENTS = "-clients";

    @Override
    public boolean isUnlimited() {
      return false;
    }

    @Override
    public boolean mayWrite() {
      return true;
    }

    @Override
    public boolean seesAll() {
      return false;
    }

    @Override
    public boolean covers(String id) {
      return ids.contains(id);
    }

    @Override
    public @Nullable String prefix() {
      return ids.starts().isEmpty() ? null : ids.starts().getFirst();
    }

    @Override
    public boolean coversAny() {
      return !ids.isEmpty();
    }

    @Override
    public boolean reaches(String group) {
      String name =
          group.startsWith(OLD_INTERFACE) ? group.substring(OLD_INTERFACE.length()) : group;
      return groups.contains(name)
          || name.endsWith(CLIENTS)
              && groups.contains(name.substring(0, name.length() - CLIENTS.length()));
    }

    @Override
    public boolean reachesAny() {
      return !groups.isEmpty();
    }
  }

  /** The role {@code viewer}: looks at what somebody else could touch, and changes nothing. */
  record Viewer(Access seen) implements Access {

    @Override
    public boolean isUnlimited() {
      return false;
    }

    @Override
    public boolean mayWrite() {
      return false;
    }

    @Override
    public boolean seesAll() {
      return seen.seesAll();
    }

    @Override
    public Names groups() {
      return seen.groups();
    }

    @Override
    public boolean covers(String id) {
      return seen.covers(id);
    }

    @Override
    public @Nullable String prefix() {
      return seen.prefix();
    }

    @Override
    public boolean coversAny() {
      return seen.coversAny();
    }

    @Override
    public boolean reaches(String group) {
      return seen.reaches(group);
    }

    @Override
    public boolean reachesAny() {
      return seen.reachesAny();
    }
  }
}
