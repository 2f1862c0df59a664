package dev.baton.operator.api.v1alpha1;

/** The conditions of a WorkerGroup; their names are what {@code kubectl wait} asks for. */
public enum ConditionType {
  /** As many workers are ready as are wished for. */
  Available,
  /** The pods are still being brought to what the spec says. */
  Progressing,
  /** The promise server answers the operator. */
  ServerReachable,
  /** Work does not get done although somebody should do it. */
  Stuck,
  /** Somebody else changes the number of workers, too: told only while it is so. */
  ScalingContended,
  /** As the spec says, and able to work: what tools ask of every kind. */
  Ready,
  /** On the way to what the spec says. */
  Reconciling,
  /** Will not get to what the spec says by itself. */
  Stalled
}
