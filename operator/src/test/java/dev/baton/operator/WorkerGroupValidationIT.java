package dev.baton.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupSpec;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the API server says about a WorkerGroup before any operator sees it. */
class WorkerGroupValidationIT {

  private static final String SERVER = "server: {url: 'http://baton:8001'}";
  private static final String TEMPLATE = "template: {spec: {containers: [{name: w, image: i}]}}";

  @AutoClose private final KubernetesClient client = TestCluster.admin();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          replicas: -1             | replicas must be 0 or more
          replicas: many           | spec.replicas: Invalid value: "string"
          replicas: 100000         | replicas must be at most 10000
          drainTimeout: 100h       | drainTimeout must be at most 24h
          readiness: Sometimes     | spec.readiness: Unsupported value: "Sometimes"
          autoscaling: {max: 100000} | autoscaling.max must be at most 10000
          template: {spec: {restartPolicy: Never, containers: [{name: w}]}} | template.spec.restartPolicy must be Always, as in a Deployment
          slots: 0                 | slots must be 1 or more
          group: a b               | spec.group: Invalid value: "string": group may contain letters, digits, ".", "_" and "-", and must begin and end with a letter or a digit; not "a b"
          group: -a                | group may contain letters, digits
          group: a/b               | group may contain letters, digits
          group: ''                | group may contain letters, digits
          drainTimeout: soon       | drainTimeout must be a duration such as 30s, 1m30s or 500ms, not "soon"
          drainTimeout: '30'       | drainTimeout must be a duration such as 30s, 1m30s or 500ms
          drainTimeout: -5s        | drainTimeout must be a duration such as 30s, 1m30s or 500ms
          server: {url: 'ftp://x'} | url must be http://HOST[:PORT] or https://HOST[:PORT], without path or query; not "ftp://x"
          server: {url: 'baton'}   | url must be http://HOST[:PORT]
          server: {url: 'http://'} | url must be http://HOST[:PORT]
          server: {url: 'http://a b'} | url must be http://HOST[:PORT]
          server: {url: 'http://a/b'} | url must be http://HOST[:PORT]
          server: {url: 'http://u:p@a'} | url must be http://HOST[:PORT]
          server: {}               | spec.server.url: Required value
          server: {url: 'http://a', tokenSecretRef: {}} | spec.server.tokenSecretRef.name: Required value
          autoscaling: {}          | spec.autoscaling.max: Required value
          autoscaling: {max: 0, min: 0} | autoscaling.max must be 1 or more
          autoscaling: {max: 3, min: -1} | autoscaling.min must be 0 or more
          autoscaling: {max: 3, min: 5} | autoscaling.min must not be greater than max
          autoscaling: {max: 3, tasksPerWorker: 0} | autoscaling.tasksPerWorker must be 1 or more
          autoscaling: {max: 3, targetWaitingSeconds: -1} | autoscaling.targetWaitingSeconds must be between 0 and 86400
          autoscaling: {max: 3, idleTimeout: soon} | autoscaling.idleTimeout must be a duration such as 30s or 5m, not "soon"
          autoscaling: {max: 3, scaleDownStabilization: '60'} | autoscaling.scaleDownStabilization must be a duration such as 30s or 5m, not "60"
          autoscaling: {max: 3, targetWaitingP95Seconds: -1} | autoscaling.targetWaitingP95Seconds must be between 0 and 86400
          autoscaling: {max: 3, weight: 0} | autoscaling.weight must be between 1 and 1000
          autoscaling: {max: 3, spareWorkers: -1} | autoscaling.spareWorkers must be between 0 and 1000
          autoscaling: {max: 3, scaleUp: {}} | a pace needs workers or percent
          autoscaling: {max: 3, scaleUp: {workers: 0}} | workers must be between 1 and 10000
          autoscaling: {max: 3, scaleDown: {percent: 10, periodSeconds: 0}} | periodSeconds must be between 1 and 3600
          poison: {maxDeliveries: 2} | poison.maxDeliveries must be 3 or more
          poison: {action: Drop}   | spec.poison.action: Unsupported value: "Drop"
          progressDeadlineSeconds: 0 | progressDeadlineSeconds must be 1 or more
          rollout: {maxSurge: -1}  | rollout.maxSurge must be 0 or more, or a percentage such as 25%
          rollout: {maxSurge: some} | rollout.maxSurge must be 0 or more, or a percentage such as 25%
          rollout: {maxUnavailable: ten%} | spec.rollout.maxUnavailable
          rollout: {maxSurge: 101%} | rollout.maxSurge must be 0 or more, or a percentage such as 25%
          rollout: {maxSurge: 0}   | rollout.maxSurge and rollout.maxUnavailable must not both be 0
          rollout: {maxSurge: 0%, maxUnavailable: 0} | rollout.maxSurge and rollout.maxUnavailable must not both be 0
          rollout: {minReadySeconds: -1} | rollout.minReadySeconds must be between 0 and 86400
          rollout: {minReadySeconds: 600} | rollout.minReadySeconds must be less than progressDeadlineSeconds, which is 600 if absent
          drainTimeout: 99999999999999999h | drainTimeout must be
          rollout: {steps: [{percent: 0}]} | rollout.steps[].percent must be between 1 and 100
          rollout: {steps: [{percent: 101}]} | rollout.steps[].percent must be between 1 and 100
          rollout: {steps: [{pause: 1m}]} | spec.rollout.steps[0].percent: Required value
          rollout: {steps: [{percent: 5, pause: soon}]} | rollout.steps[].pause must be a duration such as 30s or 5m, or Manual, not "soon"
          rollout: {steps: [{percent: 50}, {percent: 10}]} | rollout.steps must rise in percent
          rollout: {steps: [{percent: 50}, {percent: 50}]} | rollout.steps must differ in percent
          rollout: {gate: {}}      | spec.rollout.gate.function: Required value
          rollout: {gate: {function: ''}} | spec.rollout.gate.function
          rollout: {gate: {function: f, timeout: soon}} | rollout.gate.timeout must be a duration such as 30s or 5m, not "soon"
          rollout: {onFailure: Pause} | rollout.onFailure needs rollout.steps or a rollout.gate
          rollout: {gate: {function: f}, onFailure: Ignore} | spec.rollout.onFailure: Unsupported value: "Ignore"
          template: {}             | spec.template.spec: Required value
          template: {spec: {}}     | spec.template.spec.containers: Required value
          template: {spec: {containers: []}} | template must have at least one container
          template: {spec: {containers: [{image: i}]}} | spec.template.spec.containers[0].name: Required value
          template: {spec: {containers: [{name: w}, {name: w}]}} | spec.template.spec.containers[1]: Duplicate value
          """)
  void whatIsWrongIsRefusedInWordsThatHelp(String field, String message) {
    String key = field.substring(0, field.indexOf(':'));
    String spec =
        (key.equals("server") ? "" : SERVER + "\n")
            + (key.equals("template") ? "" : TEMPLATE + "\n")
            + field;
    GenericKubernetesResource wrong =
        client
            .getKubernetesSerialization()
            .unmarshal(yaml("wrong", spec), GenericKubernetesResource.class);
    assertThatThrownBy(() -> client.resource(wrong).inNamespace("default").dryRun().create())
        .isInstanceOfSatisfying(
            KubernetesClientException.class,
            e -> assertThat(e.getStatus().getMessage()).contains(message));
  }

  @Test
  void serverAndTemplateAreRequired() {
    assertThatThrownBy(() -> create("wrong", "replicas: 1"))
        .hasMessageContaining("spec.server: Required value")
        .hasMessageContaining("spec.template: Required value");
  }

  @Test
  void aNameThatIsTooLongForALabelIsRefused() {
    assertThatThrownBy(() -> create("w".repeat(64), SERVER + "\n" + TEMPLATE))
        .hasMessageContaining("the name of a WorkerGroup may have at most 63 characters");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "replicas: 0",
        "slots: 1000",
        "group: A",
        "group: team.a_b-c",
        "drainTimeout: 1h2m3s4ms",
        "drainTimeout: 0s",
        "autoscaling: {max: 1}",
        "autoscaling: {min: 0, max: 9, idleTimeout: 0s, targetWaitingSeconds: 0, tasksPerWorker:"
            + " 1}",
        "replicas: 10000",
        "autoscaling: {max: 3, weight: 3, spareWorkers: 1, scaleUp: {workers: 4}, scaleDown:"
            + " {percent: 10, periodSeconds: 60}}",
        "drainTimeout: 24h",
        "readiness: Running",
        "rollout: {}",
        "rollout: {maxSurge: 0, maxUnavailable: 1}",
        "rollout: {maxSurge: 0%, maxUnavailable: 10%}",
        "rollout: {maxSurge: 100%, minReadySeconds: 10}",
        "rollout: {minReadySeconds: 599}",
        "progressDeadlineSeconds: 601\nrollout: {minReadySeconds: 600}",
        "rollout: {steps: [{percent: 1, pause: Manual}, {percent: 100, pause: 5m}]}",
        "rollout: {gate: {function: check, args: [1, two, {three: [4]}, null]}, onFailure: Pause}",
        "poison: {action: Halt}",
        "paused: true",
        "progressDeadlineSeconds: 1",
        "disruption: {protectBusy: false}",
        "server: {url: 'https://baton.example.org/'}",
        "server: {url: 'http://10.0.0.1:8001'}",
        "server: {url: 'http://[fd00::1]:8001'}",
      })
  void whatIsRightIsTaken(String field) {
    String spec = (field.startsWith("server") ? "" : SERVER + "\n") + TEMPLATE + "\n" + field;
    assertThat(create("right", spec).getMetadata().getUid()).isNotNull();
  }

  @Test
  void whatIsNotSaidIsFilledIn() {
    var spec =
        create(
                "defaults",
                "server: {url: 'http://baton:8001', tokenSecretRef: {name: t}}\n" + TEMPLATE)
            .getSpec();
    assertThat(spec.replicas()).isEqualTo(1);
    assertThat(spec.drainTimeout()).isEqualTo("30s");
    assertThat(spec.server().tokenSecretRef())
        .isEqualTo(new WorkerGroupSpec.TokenSecretRef("t", "token"));
    assertThat(spec.group()).isNull();
    assertThat(spec.slots()).isNull();
  }

  @Test
  void theTemplateKeepsEveryField() {
    WorkerGroup created =
        create(
            "kept",
            SERVER
                + "\n"
                + "template: {spec: {fieldOfTomorrow: {a: 1}, containers: [{name: w, new:"
                + " [1]}]}}");
    assertThat(created.getSpec().template().toString())
        .contains("\"fieldOfTomorrow\":{\"a\":1}", "\"new\":[1]");
  }

  @Test
  void theGroupCannotChange() {
    // Not a dry run: a change needs something that is there.
    WorkerGroup created =
        client.resource(group("fixed", SERVER + "\n" + TEMPLATE)).inNamespace("default").create();
    try {
      String change = "group: other\n" + SERVER + "\n" + TEMPLATE;
      assertThatThrownBy(() ->
              client
                  .resource(group("fixed", change))
                  .inNamespace("default")
                  .forceConflicts()
                  .serverSideApply())
          .hasMessageContaining("spec.group")
          .hasMessageContaining(
              "group cannot be changed: create another WorkerGroup, then delete this one");
      String same = "group: fixed\n" + SERVER + "\n" + TEMPLATE;
      client
          .resource(group("fixed", same))
          .inNamespace("default")
          .forceConflicts()
          .serverSideApply();
    } finally {
      client.resource(created).delete();
    }
  }

  private WorkerGroup create(String name, String spec) {
    return client.resource(group(name, spec)).inNamespace("default").dryRun().create();
  }

  private WorkerGroup group(String name, String spec) {
    return client.getKubernetesSerialization().unmarshal(yaml(name, spec), WorkerGroup.class);
  }

  private static String yaml(String name, String spec) {
    return """
    apiVersion: baton.dev/v1alpha1
    kind: WorkerGroup
    metadata: {name: %s}
    spec:
    %s
    """
        .formatted(name, spec.indent(2));
  }
}
