package dev.baton.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a change of the template reaches the workers.
 *
 * @param maxSurge null means 25%
 * @param maxUnavailable null means 0
 * @param minReadySeconds null means 0
 * @param steps null or empty, without a gate: all workers are replaced in one go
 * @param gate null asks nobody
 * @param onFailure null means Rollback
 * @param failureMargin null means all of its defaults
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "!has(self.maxSurge)"
            + " || !(type(self.maxSurge) == int ? self.maxSurge == 0 : self.maxSurge == '0%')"
            + " || (has(self.maxUnavailable) && !(type(self.maxUnavailable) == int"
            + " ? self.maxUnavailable == 0 : self.maxUnavailable == '0%'))",
    message = "rollout.maxSurge and rollout.maxUnavailable must not both be 0")
@ValidationRule(
    value = "!has(self.onFailure) || has(self.gate) || (has(self.steps) && size(self.steps) > 0)",
    message = "rollout.onFailure needs rollout.steps or a rollout.gate")
public record RolloutSpec(
    @JsonPropertyDescription(
            "How many workers there may be beyond the number that is wished for, while they are"
                + " replaced: a number, or percent of it, rounded up. 25% if absent.")
        @ValidationRule(
            value =
                "type(self) == int ? self >= 0 : size(string(self)) <= 4"
                    + " && string(self).endsWith('%')"
                    + " && int(string(self).substring(0, size(string(self)) - 1)) >= 0"
                    + " && int(string(self).substring(0, size(string(self)) - 1)) <= 100",
            message = "rollout.maxSurge must be 0 or more, or a percentage such as 25%")
        @Nullable IntOrString maxSurge,
    @JsonPropertyDescription(
            "How many of the number that is wished for may be missing meanwhile: a number, or"
                + " percent of it, rounded down. 0 if absent.")
        @ValidationRule(
            value =
                "type(self) == int ? self >= 0 : size(string(self)) <= 4"
                    + " && string(self).endsWith('%')"
                    + " && int(string(self).substring(0, size(string(self)) - 1)) >= 0"
                    + " && int(string(self).substring(0, size(string(self)) - 1)) <= 100",
            message = "rollout.maxUnavailable must be 0 or more, or a percentage such as 10%")
        @Nullable IntOrString maxUnavailable,
    @JsonPropertyDescription(
            "How long a new worker must have been ready before it counts. 0 if absent.")
        @ValidationRule(
            value = "self >= 0 && self <= 86400",
            message = "rollout.minReadySeconds must be between 0 and 86400")
        @Nullable Integer minReadySeconds,
    @JsonPropertyDescription(
            "How many of the workers run the new template, in percent, one step after the other."
                + " After the last one all do. With a gate and no steps: one step of 10 percent.")
        @Size(max = 20)
        @ValidationRule(
            value = "self.map(step, step.percent).isSorted()",
            message = "rollout.steps must rise in percent")
        @ValidationRule(
            value = "self.all(step, self.exists_one(other, other.percent == step.percent))",
            message = "rollout.steps must differ in percent")
        @Nullable List<Step> steps,
    @JsonPropertyDescription(
            "A durable call that only a new worker gets, at each step. If it fails, or does not end"
                + " in time, the rollout has failed.")
        @Nullable Gate gate,
    @JsonPropertyDescription(
            "What is done when the gate fails, new workers do not get ready in time, or fail calls"
                + " far more often than the old ones. Rollback (if absent): the old workers take"
                + " over again. Pause: everything stays as it is, until somebody decides.")
        @Nullable OnFailure onFailure,
    @JsonPropertyDescription(
            "How many more calls the new workers must fail than the old ones do at the same time"
                + " for the rollout to have failed: all three count together.")
        @Nullable FailureMargin failureMargin) {

  /**
   * By how much new workers must be worse than old ones.
   *
   * @param calls null in objects that did not pass the API server: 3
   * @param times null there: 2
   * @param percentagePoints null there: 10
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record FailureMargin(
      @JsonPropertyDescription(
              "So many calls of new workers must have failed at least: fewer are chance.")
          @Default("3")
          @ValidationRule(
              value = "self >= 1 && self <= 1000000",
              message = "rollout.failureMargin.calls must be between 1 and 1000000")
          @Nullable Integer calls,
      @JsonPropertyDescription(
              "The part that fails must be so many times as large as that of the old workers.")
          @Default("2")
          @ValidationRule(
              value = "self >= 1 && self <= 100",
              message = "rollout.failureMargin.times must be between 1 and 100")
          @Nullable Integer times,
      @JsonPropertyDescription(
              "And larger by so many percent of all calls: 10 with 5 % of old workers' calls that"
                  + " fail means 15 %.")
          @Default("10")
          @ValidationRule(
              value = "self >= 0 && self <= 100",
              message = "rollout.failureMargin.percentagePoints must be between 0 and 100")
          @Nullable Integer percentagePoints) {

    /** What counts where nothing else is said. */
    public static final FailureMargin DEFAULT = new FailureMargin(3, 2, 10);

    /** Filled in. */
    public int callsOrDefault() {
      return calls != null ? calls : 3;
    }

    /** Filled in. */
    public int timesOrDefault() {
      return times != null ? times : 2;
    }

    /** Filled in. */
    public int percentagePointsOrDefault() {
      return percentagePoints != null ? percentagePoints : 10;
    }
  }

  /** What is done about a failure. */
  public enum OnFailure {
    /** Wait for somebody. */
    Pause,
    /** Go back. */
    Rollback;

    /** The one of that name; what a newer CRD may know besides must not stop this operator. */
    @JsonCreator
    static OnFailure of(String name) {
      return name.equals(Pause.name()) ? Pause : Rollback;
    }
  }

  /**
   * A step.
   *
   * @param pause null goes on at once; {@code Manual} waits for somebody
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Step(
      @JsonPropertyDescription(
              "How many of the workers run the new template, in percent, rounded up: at least one.")
          @Required
          @ValidationRule(
              value = "self >= 1 && self <= 100",
              message = "rollout.steps[].percent must be between 1 and 100")
          int percent,
      @JsonPropertyDescription(
              "How long they are watched before the next step, such as 5m. Manual: until somebody"
                  + " says kubectl baton rollout resume. None if absent.")
          @Size(max = 32)
          @ValidationRule(
              value = "self == 'Manual' || self.matches('^([0-9]+(h|m|s|ms))+$')",
              messageExpression =
                  "'rollout.steps[].pause must be a duration such as 30s or 5m, or Manual, not \"'"
                      + " + self + '\"'")
          @Nullable String pause) {

    /** Whether it waits for somebody. */
    public boolean waitsForSomebody() {
      return "Manual".equals(pause);
    }
  }

  /**
   * A call that tells whether new workers work.
   *
   * @param args null means none
   * @param timeout null only in objects that did not pass the API server: 1m
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Gate(
      @JsonPropertyDescription("The function, as workers register it.")
          @Required
          @Size(min = 1, max = 256)
          String function,
      @JsonPropertyDescription("Its arguments: any JSON. None if absent.") @Size(max = 50)
          @Nullable List<JsonNode> args,
      @JsonPropertyDescription("How long it may take, such as 1m.")
          @Default("1m")
          @Size(max = 32)
          @ValidationRule(
              value = "self.matches('^([0-9]+(h|m|s|ms))+$')",
              messageExpression =
                  "'rollout.gate.timeout must be a duration such as 30s or 5m, not \"' + self +"
                      + " '\"'")
          @Nullable String timeout) {}

  /** Whether it goes step by step, or asks a gate. */
  public boolean goesByStep() {
    return gate != null || (steps != null && !steps.isEmpty());
  }

  /** The steps; one of ten percent where there is only a gate. */
  public List<Step> stepsOrOne() {
    return steps == null || steps.isEmpty() ? List.of(new Step(10, null)) : steps;
  }

  /** By how much new workers must be worse, filled in. */
  public FailureMargin failureMarginOrDefault() {
    return failureMargin != null ? failureMargin : FailureMargin.DEFAULT;
  }

  /** Whether a failure waits for somebody. */
  public boolean waitsOnFailure() {
    return onFailure == OnFailure.Pause;
  }
}
