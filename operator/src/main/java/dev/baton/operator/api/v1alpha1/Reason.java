package dev.baton.operator.api.v1alpha1;

/** Why a condition is as it is, or what an event tells: one word for programs to compare. */
public enum Reason {
  /** Available: all workers are ready. */
  WorkersReady,
  /** Available: none is wished for, and none runs. */
  ScaledToZero,
  /** Not available: fewer workers are ready than are wished for. */
  WorkersNotReady,

  /** Progressing: pods start or stop. */
  Scaling,
  /** Progressing: pods of an older template are being replaced. */
  RollingOut,
  /** Progressing: a rollout has failed or was taken back, and the old template takes over. */
  RollingBack,
  /** Not progressing: a rollout has failed, and the old template is in use. */
  RolledBack,
  /** Not progressing: a rollout has failed, and waits for somebody. */
  RolloutHeld,
  /** Event: a rollout has come to its next point. */
  Rollout,
  /** Not progressing: everything is as the spec says. */
  Settled,
  /** Not progressing: the spec says that a change of the template waits. */
  Paused,
  /** Not progressing: another release of the operator makes pods otherwise, one after another. */
  UpgradeWaits,
  /** Not progressing: new pods did not become ready in time. */
  DeadlineExceeded,
  /** Not progressing: Kubernetes refuses the template. */
  TemplateRejected,
  /** Not progressing: a quota leaves no room for the Deployment. */
  QuotaExceeded,
  /** Not progressing: the operator may not write the Deployment. */
  Forbidden,
  /** Not progressing: a Deployment of that name belongs to somebody else. */
  NameTaken,

  /** Reachable: the server answers. */
  ServerAnswers,
  /** Reachable: it answers, but as a server without groups: no figures, no hand-over by word. */
  NoGroupsApi,
  /** Unknown: it has not been asked yet. */
  NotAskedYet,
  /** Not reachable: no connection, or no answer in time. */
  NoConnection,
  /** Not reachable: it refuses the token, or asks for one. */
  Unauthorized,
  /** Not reachable: the token was good once. */
  TokenExpired,
  /** Not reachable: the Secret or its key is missing. */
  TokenMissing,
  /** Not asked: the operator may not speak to that server for this namespace. */
  ServerNotAllowed,
  /** Not reachable: it answers, but not as a server of groups does. */
  UnexpectedAnswer,

  /** Not stuck: nothing is known to hinder work. */
  WorkFlows,
  /** Stuck or not: workers have not had the time to connect yet. */
  NoWorkerYet,
  /** Stuck, and an event: pods run, and none of their workers is connected. */
  NoWorkerConnected,
  /** Stuck, and an event: a task is delivered again and again and never finished. */
  Poison,
  /** Event: a task that nobody finishes was halted. */
  Halted,
  /** Event of the operator: work waits in a group that nobody serves. */
  GroupUnserved,

  /** Contended, and an event: another autoscaler has the same target. */
  TwoAutoscalers,
  /** Event: autoscaling wishes for another number of workers. */
  Autoscaled,
  /** Event: autoscaling would wish for another number of workers. */
  AutoscalingDryRun,
  /** Event: the number of workers was changed. */
  Scaled,
  /** Event: somebody else's change of the Deployment was put back. */
  DeploymentRestored,
  /** Event: a pod is stopping and gets no more work. */
  Draining,
  /** Event: a pod has not become empty in its drain time; what it holds goes to others. */
  DrainTimeOver,
  /** Event: a pod stays after all and gets work again. */
  Resumed,
  /** Event: a pod has ended; what it held goes to others. */
  WorkerGone,
  /** Event: the server could not be told about a pod. */
  SignalLost,
  /** Event: the server does not answer any more. */
  ServerUnreachable,
  /** Event: the server answers again. */
  ServerReachable,
  /** Event: the template gives pods less time to end than the drain time. */
  GraceTooShort,
  /** Event: the drain time is more than a day, which is the most. */
  DrainTimeCut,
  /** Event: a disruption budget of the name belongs to somebody else. */
  BudgetNotOurs,
  /** Event: another WorkerGroup decides about the slots of the group. */
  SlotsConflict
}
