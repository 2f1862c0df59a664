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

  /**
   * Of a schedule, ours: what happens when an occurrence is due while the one before is pending:
   * {@code allow}, {@code skip} or {@code buffer_one}.
   */
  public static final String OVERLAP = "baton:overlap";

  /**
   * Of a schedule, ours: milliseconds as a decimal string for which an occurrence that was missed
   * is made up for.
   */
  public static final String CATCHUP_WINDOW = "baton:catchup-window";

  /** Of a schedule, ours: {@code true} while it makes nothing. */
  public static final String PAUSED = "baton:paused";

  /** Of a schedule, ours: the instant of the occurrence that waits; set by the server alone. */
  public static final String BUFFERED = "baton:buffered";

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
