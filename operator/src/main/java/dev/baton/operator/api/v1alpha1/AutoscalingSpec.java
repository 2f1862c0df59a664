package dev.baton.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * How the number of workers follows the work.
 *
 * @param min null only in objects that did not pass the API server, which fills in 1
 * @param targetWaitingSeconds null means 0
 * @param tasksPerWorker null means the slots
 * @param scaleDownStabilization null only in objects that did not pass the API server: 1m
 * @param idleTimeout null only in objects that did not pass the API server: 5m
 * @param dryRun null means false
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "self.min <= self.max",
    message = "autoscaling.min must not be greater than max")
public record AutoscalingSpec(
    @JsonPropertyDescription(
            "The fewest workers. 0 lets the group go to zero after idleTimeout, and come back on"
                + " the first task.")
        @Default("1")
        @ValidationRule(value = "self >= 0", message = "autoscaling.min must be 0 or more")
        @Nullable Integer min,
    @JsonPropertyDescription("The most workers.")
        @Required
        @ValidationRule(value = "self >= 1", message = "autoscaling.max must be 1 or more")
        @ValidationRule(value = "self <= 10000", message = "autoscaling.max must be at most 10000")
        int max,
    @JsonPropertyDescription(
            "How long a task may wait before a worker begins it. So many workers are wished for"
                + " that all that waits is begun in that time, as fast as tasks have been done"
                + " lately. 0 if absent: every task finds a free slot.")
        @ValidationRule(
            value = "self >= 0 && self <= 86400",
            message = "autoscaling.targetWaitingSeconds must be between 0 and 86400")
        @Nullable Integer targetWaitingSeconds,
    @JsonPropertyDescription(
            "How many tasks, waiting and in flight, there may be for each worker. If absent, and"
                + " targetWaitingSeconds is absent too, the slots. With both set, the larger number"
                + " of workers counts.")
        @ValidationRule(
            value = "self >= 1",
            message = "autoscaling.tasksPerWorker must be 1 or more")
        @Nullable Integer tasksPerWorker,
    @JsonPropertyDescription(
            "How long fewer workers must have been enough before there are fewer, such as 1m.")
        @Default("1m")
        @Size(max = 32)
        @ValidationRule(
            value = "self.matches('^([0-9]+(h|m|s|ms))+$')",
            messageExpression =
                "'autoscaling.scaleDownStabilization must be a duration such as 30s or 5m, not \"'"
                    + " + self + '\"'")
        @Nullable String scaleDownStabilization,
    @JsonPropertyDescription(
            "With min 0: how long nothing must have waited or run before the last workers leave,"
                + " such as 5m.")
        @Default("5m")
        @Size(max = 32)
        @ValidationRule(
            value = "self.matches('^([0-9]+(h|m|s|ms))+$')",
            messageExpression =
                "'autoscaling.idleTimeout must be a duration such as 30s or 5m, not \"' + self +"
                    + " '\"'")
        @Nullable String idleTimeout,
    @JsonPropertyDescription(
            "Only tell what would be done, in status and events; replicas decides meanwhile.")
        @Nullable Boolean dryRun) {

  /** The fewest, filled in. */
  public int minOrDefault() {
    return min != null ? min : 1;
  }

  /** Whether to tell only. */
  public boolean isDryRun() {
    return Boolean.TRUE.equals(dryRun);
  }
}
