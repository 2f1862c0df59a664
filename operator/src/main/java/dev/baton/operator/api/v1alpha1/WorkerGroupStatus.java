package dev.baton.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PrinterColumn;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.model.annotation.LabelSelector;
import io.fabric8.kubernetes.model.annotation.StatusReplicas;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is. The server's figures are absent while it does not answer. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record WorkerGroupStatus(
    @JsonPropertyDescription("The generation of the spec that this status answers to.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription("How many pods there are.") @StatusReplicas @Nullable Integer replicas,
    @JsonPropertyDescription("How many pods are ready.") @PrinterColumn(name = "Ready")
        @Nullable Integer readyReplicas,
    @JsonPropertyDescription("How many workers of the group the server sees connected.")
        @PrinterColumn(name = "Connected")
        @Nullable Integer connectedWorkers,
    @JsonPropertyDescription("How many tasks the workers hold or are being sent.")
        @PrinterColumn(name = "In-flight")
        @Nullable Integer inFlight,
    @JsonPropertyDescription("How many tasks wait for a worker with room.")
        @PrinterColumn(name = "Waiting")
        @Nullable Integer ready,
    @JsonPropertyDescription("How long the oldest of them has waited, in whole seconds.")
        @Nullable Long oldestReadySeconds,
    @JsonPropertyDescription("How many tasks wait for other promises; they take no slot.")
        @Nullable Integer suspended,
    @JsonPropertyDescription("The slots per worker that were set at the server for this spec.")
        @Nullable Integer slotsPerWorker,
    @JsonPropertyDescription("The label selector of the pods, for kubectl scale and autoscalers.")
        @LabelSelector
        @Nullable String selector,
    @JsonPropertyDescription("Available, Progressing and ServerReachable.")
        List<Condition> conditions) {

  /** Takes an absent list for an empty one. */
  @SuppressWarnings("NullAway") // what JSON leaves out arrives as null
  public WorkerGroupStatus {
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }

  /** What is known before anything was looked at. */
  public static WorkerGroupStatus unknown() {
    return new WorkerGroupStatus(
        null, null, null, null, null, null, null, null, null, null, List.of());
  }
}
