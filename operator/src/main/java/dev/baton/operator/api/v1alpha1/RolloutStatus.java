package dev.baton.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/**
 * How far a rollout is, and all that the operator has to remember of it.
 *
 * @param phase the name of a state of a rollout
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RolloutStatus(
    @JsonPropertyDescription(
            "Settled, Starting (new workers come), Gating (one of them is called), Pausing,"
                + " Promoting (all others follow), Held (failed, and waits), RollingBack or"
                + " RolledBack.")
        String phase,
    @JsonPropertyDescription("The revision that is in use, or was until now.") String stable,
    @JsonPropertyDescription("The revision that is being rolled out, or was last.")
        @Nullable String target,
    @JsonPropertyDescription("Which step it is at, the first being 1.") @Nullable Integer step,
    @JsonPropertyDescription("How many steps there are.") @Nullable Integer steps,
    @JsonPropertyDescription("How often this revision has been tried.") @Nullable Integer attempt,
    @JsonPropertyDescription("Since when it is so.") @Nullable String since,
    @JsonPropertyDescription("The id of the durable call that is the gate.") @Nullable String gate,
    @JsonPropertyDescription("The pod whose worker is called.") @Nullable String gatePod,
    @JsonPropertyDescription("Why it failed.") @Nullable String failure,
    @JsonPropertyDescription(
            "What the annotation baton.dev/rollout-continue must say for it to go on; absent while"
                + " nobody has to decide.")
        @Nullable String continueWith,
    @JsonPropertyDescription("In a sentence, where it stands.") @Nullable String message) {}
