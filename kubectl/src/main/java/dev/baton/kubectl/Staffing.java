package dev.baton.kubectl;

import dev.baton.protocol.why.Why;
import java.util.List;

/** What the cluster knows of a group that has no worker. */
final class Staffing {

  private Staffing() {}

  /**
   * The reason, and if it is that nobody is there, why that is.
   *
   * @param group the group of the promise
   * @param served what the WorkerGroups of the namespace say
   */
  static String explain(Why why, String namespace, String group, List<Served> served) {
    if (why.cause() != Why.Cause.NO_WORKER) {
      return why.sentence();
    }
    String first = why.sentence().substring(0, why.sentence().length() - 1);
    List<Served> meant = served.stream().filter(it -> it.group().equals(group)).toList();
    if (meant.isEmpty()) {
      return "%s, and no WorkerGroup of namespace %s serves it.".formatted(first, namespace);
    }
    Served one = meant.getFirst();
    if (one.wished() == 0) {
      return "%s, because WorkerGroup %s is scaled to 0.".formatted(first, one.name());
    }
    if (one.ready() == 0 && one.trouble() != null) {
      return "%s; WorkerGroup %s: %s".formatted(first, one.name(), one.trouble());
    }
    return "%s; WorkerGroup %s asks for %d, %d %s ready."
        .formatted(first, one.name(), one.wished(), one.ready(), one.ready() == 1 ? "is" : "are");
  }
}
