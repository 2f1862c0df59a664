package dev.baton.operator.pods;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

class PodExcerptsTest {

  @Test
  void whatTheOperatorReadsIsKeptAndTheRestIsNot() {
    Pod pod =
        Serialization.unmarshal(
            """
            apiVersion: v1
            kind: Pod
            metadata:
              name: w-1
              namespace: ns
              uid: u
              resourceVersion: "7"
              creationTimestamp: "2026-01-01T00:00:00Z"
              deletionTimestamp: "2026-01-01T00:01:00Z"
              labels: {app: worker, baton.dev/workergroup: workers}
              annotations:
                baton.dev/server: http://baton:8001
                controller.kubernetes.io/pod-deletion-cost: "-1000"
                kubectl.kubernetes.io/default-container: worker
                example.org/note: long and of no interest
              managedFields: [{manager: kubelet}]
            spec:
              nodeName: node-1
              hostNetwork: true
              readinessGates: [{conditionType: baton.dev/connected}]
              containers: [{name: worker, image: "worker:1", env: [{name: A, value: b}]}]
              volumes: [{name: tmp, emptyDir: {}}]
            status:
              phase: Running
              podIP: 10.0.0.1
              podIPs: [{ip: 10.0.0.1}]
              conditions: [{type: Ready, status: "False", reason: R, message: why}]
              containerStatuses:
                - name: worker
                  image: worker:1
                  state: {waiting: {reason: CrashLoopBackOff}}
                  lastState: {terminated: {exitCode: 1, containerID: c, finishedAt: "2026-01-01T00:00:30Z"}}
            """,
            Pod.class);
    assertThat(Serialization.asYaml(PodExcerpts.of(pod)))
        .contains("w-1", "uid: \"u\"", "resourceVersion: \"7\"", "creationTimestamp")
        .contains("deletionTimestamp", "app: \"worker\"", "baton.dev/server", "pod-deletion-cost")
        .contains("default-container", "nodeName", "hostNetwork: true", "baton.dev/connected")
        .contains("phase: \"Running\"", "ip: \"10.0.0.1\"", "message: \"why\"")
        .contains("CrashLoopBackOff", "exitCode: 1", "containerID: \"c\"", "finishedAt")
        .doesNotContain("example.org/note", "managedFields", "volumes", "env", "worker:1");
  }

  @Test
  void aPodThatHasJustBeenMadeIsKept() {
    Pod pod = Serialization.unmarshal("metadata: {name: w}\nspec: {containers: []}", Pod.class);
    assertThat(PodExcerpts.of(pod).getMetadata().getName()).isEqualTo("w");
  }
}
