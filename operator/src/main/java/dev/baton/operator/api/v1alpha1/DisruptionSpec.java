package dev.baton.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import org.jspecify.annotations.Nullable;

/**
 * How the workers take it when nodes are drained and removed.
 *
 * @param protectBusy null only in objects that did not pass the API server, which fills in true
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DisruptionSpec(
    @JsonPropertyDescription(
            "Whether a pod whose worker is busy refuses eviction until it is empty or its drain time"
                + " is over. Switch it off where another PodDisruptionBudget selects the pods:"
                + " Kubernetes does not evict a pod of two budgets at all.")
        @Default("true")
        @Nullable Boolean protectBusy) {}
