package dev.baton.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CodecIT {

  record Trip(String startCity) {}

  @Test
  void argumentsResultsAndStepsAreWrittenAsTheCodecWritesThem() {
    var snakes =
        JacksonCodec.of(
            JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .build());
    try (var server = LiveServer.inMemory();
        var worker = Resonate.connect(server.settings("w1").withCodec(snakes))) {
      worker.register(
          "back",
          (Context context, Trip trip) ->
              context.run("step", () -> new Trip("back to " + trip.startCity())));
      worker.start();
      assertThat(worker.rpc("a", "back", Trip.class, new Trip("Rome")))
          .isEqualTo(new Trip("back to Rome"));
      for (String id : new String[] {"a", "a.1"}) {
        String data = Objects.requireNonNull(worker.promises().get(id).value().data());
        assertThat(new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8))
            .isEqualTo("{\"start_city\":\"back to Rome\"}");
      }
    }
  }
}
