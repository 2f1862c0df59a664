package dev.baton.operator.plan;

import dev.baton.operator.plan.WorkerPod.Life;
import dev.baton.operator.plan.WorkerPod.Marks;
import dev.baton.operator.server.IpAddresses;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Pods for tests: ready and connected unless something else is said. The uid is the name. */
final class APod {

  private final String name;
  private final Map<String, String> labels = new HashMap<>();
  private final Map<String, String> annotations = new HashMap<>();
  private List<String> ips = List.of();
  private @Nullable String node = "node-1";
  private Life life = new Life.Ready();
  private boolean gated = true;
  private @Nullable Boolean connected = true;

  private APod(String name) {
    this.name = name;
  }

  static APod named(String name) {
    return new APod(name);
  }

  APod at(String... addresses) {
    ips = Stream.of(addresses).map(IpAddresses::canonical).toList();
    return this;
  }

  APod on(@Nullable String nodeName) {
    node = nodeName;
    return this;
  }

  APod life(Life as) {
    life = as;
    return this;
  }

  APod connected(@Nullable Boolean as) {
    connected = as;
    return this;
  }

  APod ungated() {
    gated = false;
    return this;
  }

  APod labelled(String key, String value) {
    labels.put(key, value);
    return this;
  }

  APod annotated(String key, String value) {
    annotations.put(key, value);
    return this;
  }

  WorkerPod build() {
    return new WorkerPod(
        "ns",
        name,
        name,
        "1",
        ips,
        node,
        Instant.EPOCH,
        life,
        gated,
        connected,
        null,
        new Marks(Map.copyOf(labels), Map.copyOf(annotations)));
  }
}
