package dev.baton.operator.reconcile;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which WorkerGroups this operator looks after, where several do: those that name its class.
 *
 * @param name null: those that name none
 */
public record OperatorClass(@Nullable String name) {

  /** That of an operator that was given none. */
  public static final OperatorClass NONE = new OperatorClass(null);

  /** Takes an empty name for none. */
  public OperatorClass {
    name = name == null || name.isBlank() ? null : name.strip();
  }

  /** Whether it is this operator's. */
  public boolean has(WorkerGroup group) {
    return group.getSpec() != null
        && Objects.equals(name, new OperatorClass(group.getSpec().operatorClassName()).name);
  }
}
