package dev.baton.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.resources.Groups;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperatorClassTest {

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          #operator, WorkerGroup, looks after it
          ,          ,            true
          '',        ,            true
          ,          next,        false
          next,      ,            false
          next,      next,        true
          next,      nextone,     false
          """)
  void aWorkerGroupIsLookedAfterByTheOperatorOfItsClass(
      @Nullable String operator, @Nullable String named, boolean looksAfter) {
    var group =
        Groups.of(
            """
            %s
            server: {url: "http://baton:8001"}
            template: {spec: {containers: [{name: worker}]}}
            """
                .formatted(named == null ? "" : "operatorClassName: " + named));
    assertThat(new OperatorClass(operator).has(group)).isEqualTo(looksAfter);
  }
}
