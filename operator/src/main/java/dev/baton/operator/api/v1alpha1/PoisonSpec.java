package dev.baton.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * When a task is poison, and what then.
 *
 * @param maxDeliveries null only in objects that did not pass the API server, which fills in 10
 * @param action null only in objects that did not pass the API server, which fills in Report
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PoisonSpec(
    @JsonPropertyDescription(
            "A task that so many deliveries in a row have not finished is poison. What a stopping"
                + " worker gives back does not count.")
        @Default("10")
        @ValidationRule(value = "self >= 3", message = "poison.maxDeliveries must be 3 or more")
        @Nullable Integer maxDeliveries,
    @JsonPropertyDescription(
            "Report tells it in the condition Stuck and an event. Halt stops the task, too: it is"
                + " delivered again only after a task.continue.")
        @Default("Report")
        @Nullable Action action) {

  /** What is done about poison. */
  public enum Action {
    /** Tell. */
    Report,
    /** Tell, and stop the task. */
    Halt;

    /** The one of that name; what a newer CRD may know besides must not stop this operator. */
    @JsonCreator
    static Action of(String name) {
      return name.equals(Halt.name()) ? Halt : Report;
    }
  }

  /** Ten, and a report. */
  public static final PoisonSpec DEFAULT = new PoisonSpec(10, Action.Report);

  /** The number, filled in. */
  public int maxDeliveriesOrDefault() {
    return maxDeliveries != null ? maxDeliveries : 10;
  }
}
