package dev.baton.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.SteppedClock;
import dev.baton.operator.plan.Note;
import dev.baton.operator.reconcile.AnsweringApiServer.Answer;
import dev.baton.operator.reconcile.AnsweringApiServer.Request;
import dev.baton.operator.resources.BusyBudget;
import dev.baton.operator.resources.Groups;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a disruption budget asks of the API server. */
class BudgetRequestsIT {

  private static final PodDisruptionBudget OURS = BusyBudget.desired(Groups.plain());

  private static final PodDisruptionBudget ANOTHERS =
      new PodDisruptionBudgetBuilder(OURS)
          .editMetadata()
          .withOwnerReferences()
          .endMetadata()
          .build();

  private static final String EXISTS =
      "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"code\":409,\"reason\":\"AlreadyExists\"}";

  private final Memory memory = new Memory();
  private final SteppedClock clock = new SteppedClock();
  private final AnsweringApiServer server = new AnsweringApiServer(this::answer);
  private volatile @Nullable PodDisruptionBudget there;
  private volatile String managed = "";

  BudgetRequestsIT() throws IOException {}

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aBudgetIsMadeInOneRequest() {
    assertThat(apply(false)).isEmpty();
    assertThat(asked()).containsExactly("POST");
    assertThat(memory.budget(null, clock.instant())).isNotNull();
  }

  @Test
  void oneThatIsNotAsItShouldBeIsApplied() {
    there = OURS;
    managed = entry("Update", "kubectl") + "," + entry("Apply", "baton-operator");
    assertThat(apply(true)).isEmpty();
    assertThat(asked()).containsExactly("GET", "PATCH");
  }

  @Test
  void theFieldsOfOneThatWasCreatedAreAppliedOnesFromTheFirstApplyOn() {
    there = OURS;
    managed = entry("Update", "kubectl") + "," + entry("Update", "baton-operator");
    assertThat(apply(true)).isEmpty();
    assertThat(asked()).containsExactly("GET", "PATCH", "PATCH");
    assertThat(server.requests().get(1).body())
        .isEqualTo(
            "[{\"op\":\"test\",\"path\":\"/metadata/resourceVersion\",\"value\":\"7\"},"
                + "{\"op\":\"replace\",\"path\":\"/metadata/managedFields/1/operation\",\"value\":\"Apply\"}]");
  }

  @Test
  void oneThatTheOperatorBeforeHasMadeIsKnownAsItsOwn() {
    there = OURS;
    assertThat(apply(false)).isEmpty();
    assertThat(asked()).containsExactly("POST", "GET", "GET", "PATCH");
  }

  @Test
  void oneOfSomebodyElseIsLeftAloneAndNotAskedAfterForAWhile() {
    there = ANOTHERS;
    assertThat(apply(false)).extracting(it -> it.reason().name()).containsExactly("BudgetNotOurs");
    assertThat(apply(false)).isEmpty();
    assertThat(asked()).containsExactly("POST", "GET");
  }

  private List<Note> apply(boolean isOurs) {
    return new Executor(server.client(), clock).apply(OURS, isOurs, memory);
  }

  private List<String> asked() {
    return server.requests().stream().map(Request::method).toList();
  }

  private Answer answer(Request request) {
    PodDisruptionBudget found = there;
    return request.method().equals("POST") && found != null
        ? new Answer(409, EXISTS)
        : new Answer(200, shown(found != null ? found : OURS));
  }

  private String shown(PodDisruptionBudget budget) {
    return Serialization.asJson(budget)
        .replaceFirst(
            "\"metadata\":\\{",
            "\"metadata\":{\"resourceVersion\":\"7\",\"managedFields\":[" + managed + "],");
  }

  private static String entry(String operation, String manager) {
    return "{\"manager\":\"%s\",\"operation\":\"%s\",\"apiVersion\":\"policy/v1\"}"
        .formatted(manager, operation);
  }
}
