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
        @Nullable Integer waitingTasks,
    @JsonPropertyDescription("The same as waitingTasks, which replaces it: will be left out.")
        @Nullable Integer ready,
    @JsonPropertyDescription("How long the oldest of them has waited, in whole seconds.")
        @Nullable Long oldestReadySeconds,
    @JsonPropertyDescription("How many tasks wait for other promises; they take no slot.")
        @Nullable Integer suspended,
    @JsonPropertyDescription(
            "When the figures were last seen to be so, give or take ten minutes: older ones are"
                + " those of an operator that is away.")
        @Nullable String figuresTime,
    @JsonPropertyDescription("The slots per worker that were set at the server for this spec.")
        @Nullable Integer slotsPerWorker,
    @JsonPropertyDescription("What autoscaling has decided; absent without spec.autoscaling.")
        @Nullable AutoscalingStatus autoscaling,
    @JsonPropertyDescription("How far a rollout is; absent without steps and gate.")
        @Nullable RolloutStatus rollout,
    @JsonPropertyDescription("The label selector of the pods, for kubectl scale and autoscalers.")
        @LabelSelector
        @Nullable String selector,
    @JsonPropertyDescription(
            "Available, Progressing, ServerReachable, Stuck; and Ready, Reconciling and Stalled for"
                + " tools that know these of every kind.")
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
    return builder().build();
  }

  /** Nothing, to be filled in. */
  public static Builder builder() {
    return new Builder();
  }

  /** What the server told. */
  public Figures figures() {
    return new Figures(connectedWorkers, inFlight, waitingTasks, oldestReadySeconds, suspended);
  }

  /** The same, to be changed. */
  public Builder toBuilder() {
    return new Builder()
        .observedGeneration(observedGeneration)
        .desiredReplicas(desiredReplicas)
        .pods(replicas, readyReplicas)
        .figures(figures())
        .figuresTime(figuresTime)
        .slotsPerWorker(slotsPerWorker)
        .autoscaling(autoscaling)
        .rollout(rollout)
        .selector(selector)
        .conditions(conditions);
  }

  /** What the server tells. */
  public record Figures(
      @Nullable Integer connectedWorkers,
      @Nullable Integer inFlight,
      @Nullable Integer waitingTasks,
      @Nullable Long oldestReadySeconds,
      @Nullable Integer suspended) {

    /** While it does not. */
    public static final Figures NONE = new Figures(null, null, null, null, null);
  }

  /** Makes a status. One thread at a time. */
  public static final class Builder {
    private @Nullable Long observedGeneration;
    private @Nullable Integer desiredReplicas;
    private @Nullable Integer replicas;
    private @Nullable Integer readyReplicas;
    private Figures figures = Figures.NONE;
    private @Nullable String figuresTime;
    private @Nullable Integer slotsPerWorker;
    private @Nullable AutoscalingStatus autoscaling;
    private @Nullable RolloutStatus rollout;
    private @Nullable String selector;
    private List<Condition> conditions = List.of();

    private Builder() {}

    /** Sets it. */
    public Builder observedGeneration(@Nullable Long generation) {
      observedGeneration = generation;
      return this;
    }

    /** Sets it. */
    public Builder desiredReplicas(@Nullable Integer number) {
      desiredReplicas = number;
      return this;
    }

    /** Sets how many there are, and how many of them are ready. */
    public Builder pods(@Nullable Integer all, @Nullable Integer ready) {
      replicas = all;
      readyReplicas = ready;
      return this;
    }

    /** Sets them. */
    public Builder figures(Figures seen) {
      figures = seen;
      return this;
    }

    /** Sets it. */
    public Builder figuresTime(@Nullable String time) {
      figuresTime = time;
      return this;
    }

    /** Sets it. */
    public Builder slotsPerWorker(@Nullable Integer slots) {
      slotsPerWorker = slots;
      return this;
    }

    /** Sets it. */
    public Builder autoscaling(@Nullable AutoscalingStatus decided) {
      autoscaling = decided;
      return this;
    }

    /** Sets it. */
    public Builder rollout(@Nullable RolloutStatus state) {
      rollout = state;
      return this;
    }

    /** Sets it. */
    public Builder selector(@Nullable String text) {
      selector = text;
      return this;
    }

    /** Sets them. */
    public Builder conditions(List<Condition> all) {
      conditions = all;
      return this;
    }

    /** The status. */
    public WorkerGroupStatus build() {
      return new WorkerGroupStatus(
          observedGeneration,
          desiredReplicas,
          replicas,
          readyReplicas,
          figures.connectedWorkers,
          figures.inFlight,
          figures.waitingTasks,
          figures.waitingTasks,
          figures.oldestReadySeconds,
          figures.suspended,
          figuresTime,
          slotsPerWorker,
          autoscaling,
          rollout,
          selector,
          conditions);
    }
  }
}
