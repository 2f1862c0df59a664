package dev.baton.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TroubleTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      quoteCharacter = '`',
      textBlock =
          """
          {} | -
          {containerStatuses: [{name: w, state: {waiting: {reason: ContainerCreating}}}]} | -
          {containerStatuses: [{name: w, state: {running: {}}}]} | -
          {containerStatuses: [{name: w, state: {waiting: {reason: ImagePullBackOff, message: no image}}}]} | container w: ImagePullBackOff, no image
          {containerStatuses: [{name: w, state: {waiting: {reason: CrashLoopBackOff}}}]} | container w: CrashLoopBackOff
          {containerStatuses: [{name: w, state: {terminated: {exitCode: 3}}}]} | container w: has ended with exit code 3
          {conditions: [{type: PodScheduled, status: "False", message: no node has room}]} | no node has room
          {conditions: [{type: PodScheduled, status: "True"}]} | -
          """)
  void whatKubernetesSaysIsSaidAndWhatOnlyNeedsTimeIsNot(String status, @Nullable String said) {
    Pod pod =
        Serialization.unmarshal(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: a}
            spec: {containers: [{name: w}]}
            status: %s
            """
                .formatted(status),
            Pod.class);
    assertThat(Trouble.of(pod)).isEqualTo(said);
  }
}
