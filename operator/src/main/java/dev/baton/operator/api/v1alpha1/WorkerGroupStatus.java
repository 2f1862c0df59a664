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
    @JsonPropertyDescription(
            "How many workers are wished for: by spec.autoscaling, else by spec.replicas.")
        @PrinterColumn(name = "Desired")
        @Nullable Integer desiredReplicas,
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
    @JsonPropertyDescription("What autoscaling has decided; absent without spec.autoscaling.")
        @Nullable AutoscalingStatus autoscaling,
    @JsonPropertyDescription("The label selector of the pods, for kubectl scale and autoscalers.")
        @LabelSelector
        @Nullable String selector,
    @JsonPropertyDescription("Available, Progressing, ServerReachable and Stuck.")
        List<Condition> conditions) {

  /** Takes an absent list for an empty one. */
  @SuppressWarnings("NullAway") // what JSON leaves out arrives as null
  public WorkerGroupStatus {
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }

  /** What autoscaling has decided, and what it remembers for its next decision. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record AutoscalingStatus(
      @JsonPropertyDescription("How many workers it wishes for.") int desired,
      @JsonPropertyDescription("Why so many: as it was when the number was last changed.")
          String reason,
      @JsonPropertyDescription("When the number was last changed.") @Nullable String lastScaleTime,
      @JsonPropertyDescription("Since when nothing waits and nothing is in flight.")
          @Nullable String idleSince,
      @JsonPropertyDescription("Since when fewer workers would do.") @Nullable String lowerSince,
      @JsonPropertyDescription("How many would have done all that time.") @Nullable Integer lowerTo,
      @JsonPropertyDescription("How long a task takes in milliseconds, as last measured.")
          @Nullable Long serviceMs) {}

  /** What is known before anything was looked at. */
  public static WorkerGroupStatus unknown() {
    return new WorkerGroupStatus(
        null, null, null, null, null, null, null, null, null, null, null, null, List.of());
  }
}
