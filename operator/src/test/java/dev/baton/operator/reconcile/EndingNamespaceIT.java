package dev.baton.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.operator.SteppedClock;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus;
import dev.baton.operator.plan.ObservedState;
import dev.baton.operator.plan.Plan;
import dev.baton.operator.plan.Workforce;
import dev.baton.operator.reconcile.AnsweringApiServer.Answer;
import dev.baton.operator.resources.Groups;
import dev.baton.operator.server.Sighting;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of a Deployment in a namespace that is being deleted. */
class EndingNamespaceIT {

  private static final String REFUSAL =
      """
      {"kind":"Status","apiVersion":"v1","status":"Failure","code":403,"reason":"Forbidden",
       "message":"deployments.apps \\"workers\\" is forbidden: unable to create new content in namespace ns because it is being terminated",
       "details":{"name":"workers","group":"apps","kind":"deployments","causes":[
         {"reason":"NamespaceTerminating","message":"namespace ns is being terminated","field":"metadata.namespace"}]}}
      """;

  private static final ObservedState OBSERVED =
      new ObservedState(
          null,
          null,
          null,
          new Sighting.NotYet(),
          null,
          WorkerGroupStatus.unknown(),
          Instant.EPOCH,
          Workforce.unknown());

  private final Memory memory = new Memory();

  @Test
  void itsRefusalSaysNothingOfTheTemplate() throws IOException {
    var apply = new Plan.Apply(Groups.desired(Groups.plain()), List.of());
    try (var server = new AnsweringApiServer(_ -> new Answer(403, REFUSAL))) {
      var executor = new Executor(server.client(), new SteppedClock());
      assertThatThrownBy(() -> executor.apply(apply, OBSERVED, memory))
          .isInstanceOfSatisfying(
              KubernetesClientException.class,
              e -> assertThat(Refusals.isOfEndingNamespace(e)).isTrue());
    }
    assertThat(memory.rejected).isNull();
  }
}
