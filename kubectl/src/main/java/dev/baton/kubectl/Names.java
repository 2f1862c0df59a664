package dev.baton.kubectl;

/** What the operator calls its labels and annotations; a test compares them. */
final class Names {

  /** The API group of WorkerGroups. */
  static final String API_GROUP = "baton.dev";

  /** On all that is of a WorkerGroup: its name. */
  static final String WORKER_GROUP_LABEL = "baton.dev/workergroup";

  /** On pods: the URL of their server. */
  static final String SERVER_ANNOTATION = "baton.dev/server";

  /** On pods: the group that they serve. */
  static final String GROUP_ANNOTATION = "baton.dev/group";

  /** On pods: name and key of the Secret with their token. */
  static final String TOKEN_ANNOTATION = "baton.dev/token-secret";

  /** On ControllerRevisions: which template it is. */
  static final String REVISION = "baton.dev/revision";

  /** On WorkerGroups: lets a rollout go on that waits for somebody. */
  static final String ROLLOUT_CONTINUE = "baton.dev/rollout-continue";

  /** On WorkerGroups, "true": autoscaling leaves the number as it is. */
  static final String AUTOSCALING_PAUSED = "baton.dev/autoscaling-paused";

  /** On WorkerGroups: autoscaling wishes for no fewer. */
  static final String AUTOSCALING_FLOOR = "baton.dev/autoscaling-floor";

  private Names() {}
}
