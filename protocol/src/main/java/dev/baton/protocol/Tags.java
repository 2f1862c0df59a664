package dev.baton.protocol;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The tag names that the server or the SDKs read (protocol section 5). */
public final class Tags {

  /** Address that execute messages go to; its presence gives the promise a task. */
  public static final String TARGET = "resonate:target";

  /** {@code true}: the deadline resolves the promise. */
  public static final String TIMER = "resonate:timer";

  /** Promises with equal branch are each other's preload. */
  public static final String BRANCH = "resonate:branch";

  /** Not-before instant of the first execute message, epoch milliseconds as a decimal string. */
  public static final String DELAY = "resonate:delay";

  /** The root of the execution tree. */
  public static final String ORIGIN = "resonate:origin";

  /** The promise that created this one. */
  public static final String PARENT = "resonate:parent";

  /** What the ids of children start with. */
  public static final String PREFIX = "resonate:prefix";

  /** {@code local} or {@code global}; read by SDKs only. */
  public static final String SCOPE = "resonate:scope";

  /** The schedule that made the promise. */
  public static final String SCHEDULE = "resonate:schedule";

  /** Up to here a look at each is faster than hashing. */
  private static final int FEW = 16;

  private Tags() {}

  /** An unmodifiable copy that keeps the order. */
  public static Map<String, String> copy(Map<String, String> map) {
    if (map.isEmpty() || map instanceof SmallMap) {
      return map.isEmpty() ? Map.of() : map;
    }
    return map.size() <= FEW
        ? new SmallMap(map)
        : Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}
