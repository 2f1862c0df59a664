package dev.baton.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.crd.generator.annotation.SchemaFrom;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import org.jspecify.annotations.Nullable;

/**
 * What is wished for.
 *
 * @param group null means the resource's own name
 * @param replicas null only in objects that did not pass the API server, which fills in 1
 * @param slots null leaves the group's setting at the server alone
 * @param template as it was written: the API server has seen to its outline only
 * @param autoscaling null leaves the number to replicas
 * @param poison null reports, after ten deliveries
 * @param drainTimeout null only in objects that did not pass the API server, which fills in 30s
 * @param paused null means false
 * @param progressDeadlineSeconds null leaves it to Kubernetes, which takes 600
 * @param disruption null protects busy pods
 * @param readiness null only in objects that did not pass the API server, which fills in Connected
 * @param operatorClassName null: the operator without a class
 * @param rollout null replaces all in one go
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "!has(self.rollout) || !has(self.rollout.minReadySeconds) || self.rollout.minReadySeconds"
            + " < (has(self.progressDeadlineSeconds) ? self.progressDeadlineSeconds : 600)",
    message =
        "rollout.minReadySeconds must be less than progressDeadlineSeconds, which is 600 if absent")
public record WorkerGroupSpec(
    @JsonPropertyDescription(
            "The group that the workers serve: work sent to poll://any@GROUP reaches them."
                + " The name of the WorkerGroup if absent. Cannot be changed.")
        @Size(max = 128)
        @ValidationRule(
            value = "self.matches('^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$')",
            messageExpression =
                "'group may contain letters, digits, \".\", \"_\" and \"-\", and must begin and end"
                    + " with a letter or a digit; not \"' + self + '\"'")
        @Nullable String group,
    @JsonPropertyDescription(
            "How many workers run. 0 stops them all; work then waits. Without effect while"
                + " autoscaling decides.")
        @SpecReplicas
        @Default("1")
        @ValidationRule(value = "self >= 0", message = "replicas must be 0 or more")
        @ValidationRule(value = "self <= 10000", message = "replicas must be at most 10000")
        @Nullable Integer replicas,
    @JsonPropertyDescription(
            "How many tasks each worker takes at once. If absent, what the worker announces or the"
                + " server's setting for the group.")
        @ValidationRule(value = "self >= 1", message = "slots must be 1 or more")
        @Nullable Integer slots,
    @JsonPropertyDescription("The promise server that gives the group its work.") @Required
        ServerSpec server,
    @JsonPropertyDescription(
            "The pod template, as in a Deployment: any image, any SDK. RESONATE_URL,"
                + " RESONATE_GROUP, RESONATE_PID, RESONATE_TOKEN, RESONATE_SLOTS and"
                + " RESONATE_DRAIN_TIMEOUT are added to each container that does not set them.")
        @Required
        @SchemaFrom(type = PodTemplateSchema.class)
        JsonNode template,
    @JsonPropertyDescription(
            "How long a worker that is asked to stop may finish what it runs, such as 30s or"
                + " 1m30s; what is left goes to other workers.")
        @Default("30s")
        @Size(max = 32)
        @ValidationRule(
            value = "self.matches('^([0-9]+(h|m|s|ms))+$')",
            messageExpression =
                "'drainTimeout must be a duration such as 30s, 1m30s or 500ms, not \"' + self +"
                    + " '\"'")
        @ValidationRule(
            value = "!self.matches('^([0-9]+(h|m|s|ms))+$') || duration(self) <= duration('24h')",
            message = "drainTimeout must be at most 24h")
        @Nullable String drainTimeout,
    @JsonPropertyDescription(
            "Scales by the work that waits and runs, instead of by replicas. Leave it out where an"
                + " autoscaler of Kubernetes decides.")
        @Nullable AutoscalingSpec autoscaling,
    @JsonPropertyDescription("What to do about tasks that workers take and never finish.")
        @Nullable PoisonSpec poison,
    @JsonPropertyDescription(
            "Whether a change of the template waits: running pods stay as they are, their number"
                + " still follows.")
        @Nullable Boolean paused,
    @JsonPropertyDescription(
            "How long a roll may make no progress before the condition Progressing says so, with"
                + " the reason. The old pods work on. 600 if absent.")
        @ValidationRule(value = "self >= 1", message = "progressDeadlineSeconds must be 1 or more")
        @Nullable Integer progressDeadlineSeconds,
    @JsonPropertyDescription("What happens to busy workers when nodes are drained and removed.")
        @Nullable DisruptionSpec disruption,
    @JsonPropertyDescription(
            "When a pod is ready. Connected: when the server sees its worker. Running: when its"
                + " containers are, as for any pod; for workers that the server cannot tell apart,"
                + " such as those with a name of their own behind a proxy.")
        @Default("Connected")
        @Nullable ReadinessMode readiness,
    @JsonPropertyDescription(
            "Which operator looks after it, where there are several: the one that was given this"
                + " class (BATON_CLASS). The one without a class if absent.")
        @Size(max = 63)
        @ValidationRule(
            value = "self.matches('^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$')",
            messageExpression =
                "'operatorClassName may contain small letters, digits, \".\" and \"-\", and must"
                    + " begin and end with a letter or a digit; not \"' + self + '\"'")
        @Nullable String operatorClassName,
    @JsonPropertyDescription(
            "How a change of the template reaches the workers: all in one go, or in steps that are"
                + " watched.")
        @Nullable RolloutSpec rollout) {

  /** When a pod is ready. */
  public enum ReadinessMode {
    /** When the server sees its worker. */
    Connected,
    /** When its containers are. */
    Running;

    /** The one of that name; what a newer CRD may know besides must not stop this operator. */
    @JsonCreator
    static ReadinessMode of(String name) {
      return name.equals(Running.name()) ? Running : Connected;
    }
  }

  /** Whether a change of the template waits. */
  public boolean isPaused() {
    return Boolean.TRUE.equals(paused);
  }

  /** Whether a change of the template goes step by step. */
  public boolean goesByStep() {
    return rollout != null && rollout.goesByStep();
  }

  /** The same with another template. */
  public WorkerGroupSpec withTemplate(JsonNode other) {
    return new WorkerGroupSpec(
        group,
        replicas,
        slots,
        server,
        other,
        drainTimeout,
        autoscaling,
        poison,
        paused,
        progressDeadlineSeconds,
        disruption,
        readiness,
        operatorClassName,
        rollout);
  }

  /** Whether busy pods refuse eviction. */
  public boolean protectsBusy() {
    return disruption == null || !Boolean.FALSE.equals(disruption.protectBusy());
  }

  /** How workers get their token. */
  public enum TokenAs {
    /** In RESONATE_TOKEN, which a process reads once: another token replaces the pods. */
    Environment,
    /** In a file that RESONATE_TOKEN_FILE names, which is read again: pods stay. */
    File;

    /** The one of that name; what a newer CRD may know besides must not stop this operator. */
    @JsonCreator
    static TokenAs of(String name) {
      return name.equals(File.name()) ? File : Environment;
    }
  }

  /**
   * Where the promise server is and how to speak to it.
   *
   * @param tokenAs null only in objects that did not pass the API server, which fills in
   *     Environment
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record ServerSpec(
      @JsonPropertyDescription(
              "The server's address as pods reach it, such as http://baton-server.baton:8001.")
          @Required
          @Size(max = 2048)
          @ValidationRule(
              value =
                  "self.matches('^https?://([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|"
                      + "\\\\[[0-9A-Fa-f:.]+\\\\])(:[0-9]{1,5})?/?$')",
              messageExpression =
                  "'url must be http://HOST[:PORT] or https://HOST[:PORT], without path or query;"
                      + " not \"' + self + '\"'")
          String url,
      @JsonPropertyDescription(
              "The Secret that holds the token for a server that asks for one, in the namespace of"
                  + " the WorkerGroup.")
          @Nullable TokenSecretRef tokenSecretRef,
      @JsonPropertyDescription(
              "How workers get the token. Environment: as RESONATE_TOKEN, for every SDK; another"
                  + " token replaces the pods. File: as a file that RESONATE_TOKEN_FILE names, for"
                  + " SDKs that read it again, such as Baton's own; another token replaces no pod.")
          @Default("Environment")
          @Nullable TokenAs tokenAs) {

    /** Whether the token reaches workers as a file. */
    public boolean isTokenAFile() {
      return tokenAs == TokenAs.File;
    }
  }

  /**
   * A key of a Secret in the namespace of the WorkerGroup.
   *
   * @param key null only in objects that did not pass the API server, which fills in {@code token}
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record TokenSecretRef(
      @JsonPropertyDescription("The name of the Secret.") @Required @Size(min = 1, max = 253)
          String name,
      @JsonPropertyDescription("The key in the Secret.") @Default("token") @Nullable String key) {

    /** The key, filled in. */
    public String keyOrDefault() {
      return key != null ? key : "token";
    }
  }
}
