package dev.baton.sdk.test;

import dev.baton.protocol.Message;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A message channel that is open, as its path announces it (protocol section 14): {@code
 * /poll/GROUP/PID?has=buy:1,2&slots=4}.
 */
final class Connection {

  private final String group;
  private final String pid;
  private final String run;
  private final @Nullable Integer slots;
  private final Map<String, Set<Integer>> functions;
  private final boolean hearsSettled;
  private final Consumer<Message> receiver;
  private volatile boolean draining;

  Connection(String path, Consumer<Message> receiver) {
    var url = URI.create(path);
    String[] segments = url.getRawPath().split("/");
    this.group = decoded(segments[2]);
    this.pid = decoded(segments[3]);
    this.receiver = receiver;
    Integer room = null;
    var known = new HashMap<String, Set<Integer>>();
    boolean hears = false;
    String ofRun = "";
    for (String parameter : url.getRawQuery().split("&")) {
      int equals = parameter.indexOf('=');
      String value = decoded(parameter.substring(equals + 1));
      switch (parameter.substring(0, equals)) {
        case "slots", "most" -> room = Integer.valueOf(value);
        case "run" -> ofRun = value;
        case "hears" -> hears = value.equals("settled");
        case "has" -> {
          int colon = value.lastIndexOf(':');
          var versions = known.computeIfAbsent(value.substring(0, colon), name -> new HashSet<>());
          for (String version : value.substring(colon + 1).split(",")) {
            versions.add(Integer.valueOf(version));
          }
        }
        default -> {}
      }
    }
    this.run = ofRun;
    this.slots = room;
    this.functions = known;
    this.hearsSettled = hears;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  String group() {
    return group;
  }

  String pid() {
    return pid;
  }

  /** Tells this run of the process from an earlier one of the same id. */
  String run() {
    return run;
  }

  /** How many tasks it takes at once; null for no limit. */
  @Nullable Integer slots() {
    return slots;
  }

  boolean hearsSettled() {
    return hearsSettled;
  }

  boolean isDraining() {
    return draining;
  }

  void drain() {
    draining = true;
  }

  /** Whether it has that function; one that announces none takes whatever comes. */
  boolean has(@Nullable CalledFunction function) {
    if (function == null || functions.isEmpty()) {
      return true;
    }
    var versions = functions.get(function.name());
    return versions != null && (function.version() == 0 || versions.contains(function.version()));
  }

  void send(Message message) {
    receiver.accept(message);
  }
}
