package dev.baton.legacy;

/** Names that the old interface gives to tasks and tags, and those that carry it in the new one. */
final class Names {

  private static final String INVOKE_TASK = "__invoke:";
  private static final String RESUME_TASK = "__resume:";

  /** Whom to invoke for a promise. */
  static final String INVOKE = "resonate:invoke";

  /** {@code true}: the deadline resolves the promise. */
  static final String TIMEOUT = "resonate:timeout";

  /** {@code true} on promises that a schedule made. */
  static final String INVOCATION = "resonate:invocation";

  /** What tags of our own start with; old clients do not see them. */
  private static final String OWN = "baton:";

  /** The promise that a task is for. */
  static final String ROOT = OWN + "root";

  /** The promise that a task has waited for. */
  static final String LEAF = OWN + "leaf";

  /** An idempotency key: as a tag that of the creation, as a header that of the completion. */
  static final String KEY = OWN + "idempotency-key";

  static final String SCHEDULE_KEY = OWN + "schedule-key";
  static final String SCHEDULE_TAGS = OWN + "schedule-tags";
  static final String SCHEDULE_CRON = OWN + "schedule-cron";

  /** What a completed task was: headers of the value of the promise that stands for it. */
  static final String COUNTER = "counter";

  static final String PROCESS_ID = "processId";

  /** The process that creates tasks which are to wait. */
  static final String SERVER = OWN + "server";

  private Names() {}

  static String invokeTask(String root) {
    return INVOKE_TASK + root;
  }

  static String resumeTask(String root, String leaf) {
    return RESUME_TASK + root + ":" + leaf;
  }

  static boolean isTask(String id) {
    return id.startsWith(INVOKE_TASK) || id.startsWith(RESUME_TASK);
  }

  static boolean isOwn(String tagOrHeader) {
    return tagOrHeader.startsWith(OWN);
  }
}
