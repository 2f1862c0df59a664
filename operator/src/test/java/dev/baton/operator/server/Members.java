package dev.baton.operator.server;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;

/** Workers that are connected to a {@link FakeServer}, as its signals leave them. */
final class Members {

  private record Member(String address, int load, boolean draining) {}

  private final Map<String, Member> members = new ConcurrentSkipListMap<>();

  void put(String pid, String address, int load) {
    members.merge(
        pid,
        new Member(address, load, false),
        (old, it) -> new Member(address, load, old.draining));
  }

  void remove(String pid) {
    members.remove(pid);
  }

  /** As {@code POST /groups/{group}/workers/{pid}/{signal}}. */
  void signal(String path) {
    String[] parts = path.split("/");
    if (parts.length == 6) {
      members.computeIfPresent(
          parts[4],
          (_, it) ->
              switch (parts[5]) {
                case "drain" -> new Member(it.address, it.load, true);
                case "resume" -> new Member(it.address, it.load, false);
                default -> new Member(it.address, 0, it.draining);
              });
    }
  }

  /** The figures with these workers instead of none. */
  String into(String figures) {
    return figures.replace(
        "\"workers\":[]",
        members.entrySet().stream()
            .map(it -> worker(it.getKey(), it.getValue()))
            .collect(Collectors.joining(",", "\"workers\":[", "]")));
  }

  private static String worker(String pid, Member member) {
    return """
    {"pid":"%s","address":"%s","slots":1,"load":%d,"draining":%s,"connectedAt":0}\
    """
        .formatted(pid, member.address, member.load, member.draining);
  }
}
