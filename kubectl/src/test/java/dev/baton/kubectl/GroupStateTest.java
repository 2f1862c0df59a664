package dev.baton.kubectl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.baton.cli.CommandFailure;
import dev.baton.kubectl.GroupState.Revision;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupStateTest {

  private static final List<Revision> ABC =
      List.of(revision("b", 2), revision("c", 3), revision("a", 1));

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          # seen, Ready, Stalled, reason,      standing
          1,      True,  False,   Settled,     MOVING
          2,      True,  False,   Settled,     DONE
          2,      False, False,   RollingOut,  MOVING
          2,      False, True,    RolledBack,  FAILED
          2,      True,  False,   Paused,      WAITING
          """)
  void theConditionsSayHowItStands(
      long seen, String ready, String stalled, String reason, GroupState.Standing standing) {
    GroupState group =
        new GroupState(
            json(
                """
                {"metadata":{"name":"w","generation":2},"status":{"observedGeneration":%d,"conditions":[
                  {"type":"Ready","status":"%s"},{"type":"Stalled","status":"%s"},
                  {"type":"Progressing","reason":"%s","message":"so"}]}}
                """
                    .formatted(seen, ready, stalled, reason)));
    assertThat(group.standing()).isEqualTo(standing);
    assertThat(group.sentence())
        .isEqualTo(seen == 2 ? "so" : "the operator has not looked at it yet");
  }

  @Test
  void undoGoesBackToWhatIsInUseWhileAnotherIsRolledOut() {
    assertThat(group("c", "a", "c").former(ABC, null).name()).isEqualTo("a");
  }

  @Test
  void undoGoesBackToTheOneBeforeWhenTheNewestIsInUse() {
    assertThat(group("c", "c", null).former(ABC, null).name()).isEqualTo("b");
  }

  @Test
  void undoGoesToTheOneThatIsNamed() {
    assertThat(group("c", "c", null).former(ABC, "a").name()).isEqualTo("a");
    assertThatThrownBy(() -> group("c", "c", null).former(ABC, "x"))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("has no revision x; it has c, b, a");
  }

  @Test
  void whereNothingIsKeptItIsSaidWhy() {
    assertThatThrownBy(() -> group("c", null, null).former(List.of(), null))
        .hasMessageContaining("keeps no revisions: its spec.rollout has neither steps nor a gate");
    assertThatThrownBy(() -> group("a", "a", null).former(List.of(revision("a", 1)), null))
        .hasMessageContaining("has had one template only");
  }

  private static GroupState group(
      String written, @Nullable String stable, @Nullable String target) {
    return new GroupState(
        json(
            """
            {"metadata":{"name":"w"},"spec":{"template":"%s"},"status":{"rollout":{"stable":%s,"target":%s}}}
            """
                .formatted(written, quoted(stable), quoted(target))));
  }

  private static @Nullable String quoted(@Nullable String text) {
    return text == null ? null : "\"" + text + "\"";
  }

  private static Revision revision(String name, long number) {
    return new Revision(name, number, "2026-01-01T00:00:00Z", null, new TextNode(name));
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError(text, e);
    }
  }
}
