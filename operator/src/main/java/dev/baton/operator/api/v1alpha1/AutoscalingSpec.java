package dev.baton.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
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
 * @param spareWorkers null means 0
 * @param weight null means 1
 * @param scaleUp null: as fast as the work asks for
 * @param scaleDown null: at once, after the stabilization
 * @param targetWaitingP95Seconds null: the mean and the oldest count
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
        @Nullable Boolean dryRun,
    @JsonPropertyDescription(
            "By how many percent the number that is needed must differ before it is changed. 0 if"
                + " absent. Going to and from zero is not held up by it.")
        @ValidationRule(
            value = "self >= 0 && self <= 90",
            message = "autoscaling.tolerancePercent must be between 0 and 90")
        @Nullable Integer tolerancePercent,
    @JsonPropertyDescription(
            "The least number while the server has not answered for two minutes. If absent, the"
                + " number stays.")
        @ValidationRule(
            value = "self >= 0",
            message = "autoscaling.fallbackReplicas must be 0 or more")
        @Nullable Integer fallbackReplicas,
    @JsonPropertyDescription(
            "Other limits at certain times, such as more workers before the morning's work comes."
                + " Where several are open, the last of them counts.")
        @Size(max = 20)
        @Nullable List<Window> windows,
    @JsonPropertyDescription(
            "How many workers more than the work takes there are while there is work: ready for"
                + " what comes next. 0 if absent.")
        @ValidationRule(
            value = "self >= 0 && self <= 1000",
            message = "autoscaling.spareWorkers must be between 0 and 1000")
        @Nullable Integer spareWorkers,
    @JsonPropertyDescription(
            "Where several WorkerGroups with autoscaling serve one group, such as one on spot"
                + " machines: what part of the workers that its work takes are of this one, beside"
                + " the weights of the others. What one may not have, for its max, goes to the"
                + " others. 1 if absent.")
        @ValidationRule(
            value = "self >= 1 && self <= 1000",
            message = "autoscaling.weight must be between 1 and 1000")
        @Nullable Integer weight,
    @JsonPropertyDescription("How fast the number may rise. Without a limit if absent.")
        @Nullable PaceSpec scaleUp,
    @JsonPropertyDescription(
            "How fast the number may fall, after scaleDownStabilization. Without a limit if"
                + " absent.")
        @Nullable PaceSpec scaleDown,
    @JsonPropertyDescription(
            "How long 95 of 100 tasks may wait before a worker begins them: as"
                + " targetWaitingSeconds, and if of the last 64 more have waited longer while"
                + " others wait, every task gets a slot.")
        @ValidationRule(
            value = "self >= 0 && self <= 86400",
            message = "autoscaling.targetWaitingP95Seconds must be between 0 and 86400")
        @Nullable Integer targetWaitingP95Seconds) {

  /** Without what came later. */
  public AutoscalingSpec(
      @Nullable Integer min,
      int max,
      @Nullable Integer targetWaitingSeconds,
      @Nullable Integer tasksPerWorker,
      @Nullable String scaleDownStabilization,
      @Nullable String idleTimeout,
      @Nullable Boolean dryRun) {
    this(
        min,
        max,
        targetWaitingSeconds,
        tasksPerWorker,
        scaleDownStabilization,
        idleTimeout,
        dryRun,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  /**
   * A limit of changes: the larger of the two, once in each period.
   *
   * @param workers null means 0
   * @param percent null means 0
   * @param periodSeconds null means 15
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "has(self.workers) || has(self.percent)",
      message = "a pace needs workers or percent")
  public record PaceSpec(
      @JsonPropertyDescription("So many workers at once.")
          @ValidationRule(
              value = "self >= 1 && self <= 10000",
              message = "workers must be between 1 and 10000")
          @Nullable Integer workers,
      @JsonPropertyDescription("So many percent of those that there are, rounded up.")
          @ValidationRule(
              value = "self >= 1 && self <= 1000",
              message = "percent must be between 1 and 1000")
          @Nullable Integer percent,
      @JsonPropertyDescription("How long it is until the next change. 15 if absent.")
          @ValidationRule(
              value = "self >= 1 && self <= 3600",
              message = "periodSeconds must be between 1 and 3600")
          @Nullable Integer periodSeconds) {}

  /**
   * Limits at certain times.
   *
   * @param timeZone null means UTC
   * @param min null leaves that of the spec
   * @param max null leaves that of the spec
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Window(
      @JsonPropertyDescription(
              "When it opens: minute, hour, day of month, month, day of week in numbers, as in a"
                  + " crontab. \"50 7 * * 1-5\" is ten to eight on working days.")
          @Required
          @Size(max = 100)
          @ValidationRule(
              value = "self.matches('^\\\\s*([0-9*,/-]+\\\\s+){4}[0-9*,/-]+\\\\s*$')",
              messageExpression =
                  "'schedule must be five fields of a crontab in numbers, such as 50 7 * * 1-5, not"
                      + " \"' + self + '\"'")
          String schedule,
      @JsonPropertyDescription("How long it stays open, such as 10h; at most a day.")
          @Required
          @Size(max = 32)
          @ValidationRule(
              value = "self.matches('^([0-9]+(h|m|s|ms))+$')",
              message = "duration must be a duration such as 10h or 30m")
          String duration,
      @JsonPropertyDescription(
              "The time zone of the schedule, such as Europe/Berlin. UTC if absent.")
          @Size(max = 64)
          @Nullable String timeZone,
      @JsonPropertyDescription("The fewest workers while it is open.")
          @ValidationRule(value = "self >= 0", message = "min must be 0 or more")
          @Nullable Integer min,
      @JsonPropertyDescription("The most workers while it is open.")
          @ValidationRule(value = "self >= 1 && self <= 10000", message = "max must be 1 to 10000")
          @Nullable Integer max) {}

  /** The windows, none if there are none. */
  public List<Window> windowsOrNone() {
    return windows == null ? List.of() : windows;
  }

  /** By what part the number that is needed must differ. */
  public double tolerance() {
    return tolerancePercent == null ? 0 : tolerancePercent / 100.0;
  }

  /** The same with other limits. */
  public AutoscalingSpec within(int least, int most) {
    return new AutoscalingSpec(
        least,
        most,
        targetWaitingSeconds,
        tasksPerWorker,
        scaleDownStabilization,
        idleTimeout,
        dryRun,
        tolerancePercent,
        fallbackReplicas,
        windows,
        spareWorkers,
        weight,
        scaleUp,
        scaleDown,
        targetWaitingP95Seconds);
  }

  /** What part it has of the group's workers, filled in. */
  public int weightOrDefault() {
    return weight != null ? weight : 1;
  }

  /** How many more than the work takes, filled in. */
  public int spareOrNone() {
    return spareWorkers != null ? spareWorkers : 0;
  }

  /** The fewest, filled in. */
  public int minOrDefault() {
    return min != null ? min : 1;
  }

  /** Whether to tell only. */
  public boolean isDryRun() {
    return Boolean.TRUE.equals(dryRun);
  }
}
