package dev.baton.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A group as the groups API tells it.
 *
 * @param ready tasks that wait for a worker with room
 * @param inFlight tasks that are held, or sent and not yet acquired
 * @param suspended tasks that wait for other promises; they take no slot
 * @param oldestReadySeconds how long the oldest of the ready ones has waited
 */
public record GroupFacts(
    String group,
    int ready,
    int inFlight,
    int suspended,
    double oldestReadySeconds,
    List<WorkerFacts> workers) {

  /**
   * A connected worker.
   *
   * @param slots how many tasks it takes at once; null means unlimited
   * @param load tasks that it holds, or that are sent to it and not yet acquired
   * @param draining whether it gets no new tasks
   * @param connectedAt epoch milliseconds
   */
  public record WorkerFacts(
      String pid,
      String address,
      @Nullable Integer slots,
      int load,
      boolean draining,
      long connectedAt) {

    boolean hasRoom() {
      return !draining && (slots == null || load < slots);
    }
  }

  /** The worker of that name, or null if it is not connected. */
  public @Nullable WorkerFacts worker(String pid) {
    return workers.stream().filter(worker -> worker.pid().equals(pid)).findFirst().orElse(null);
  }

  /**
   * Of the body of an answer, one group or a list of them.
   *
   * @throws CommandFailure if it is neither
   */
  static List<GroupFacts> read(byte[] json) {
    try {
      JsonNode root = Arguments.mapper().readTree(json);
      List<GroupFacts> groups = new ArrayList<>();
      if (root.path("groups").isArray()) {
        root.path("groups").forEach(group -> groups.add(of(group)));
      } else if (root.path("group").isTextual()) {
        groups.add(of(root));
      } else {
        throw new CommandFailure("the server's answer is not a group");
      }
      return groups;
    } catch (JsonProcessingException e) {
      throw new CommandFailure("the server's answer is not JSON");
    } catch (IOException e) {
      throw new CommandFailure("the server's answer cannot be read: " + e.getMessage());
    }
  }

  private static GroupFacts of(JsonNode group) {
    List<WorkerFacts> workers = new ArrayList<>();
    for (JsonNode worker : group.path("workers")) {
      workers.add(
          new WorkerFacts(
              worker.path("pid").asText(),
              worker.path("address").asText(),
              worker.path("slots").isNumber() ? worker.path("slots").intValue() : null,
              worker.path("load").asInt(),
              worker.path("draining").asBoolean(),
              worker.path("connectedAt").asLong()));
    }
    return new GroupFacts(
        group.path("group").asText(),
        group.path("ready").asInt(),
        group.path("inFlight").asInt(),
        group.path("suspended").asInt(),
        group.path("oldestReadySeconds").asDouble(),
        workers);
  }
}
