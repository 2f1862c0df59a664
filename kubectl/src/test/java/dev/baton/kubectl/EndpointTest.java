package dev.baton.kubectl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointTest {

  private static final String POD =
      """
      {"spec":{"containers":[{"name":"proxy"},{"name":"server","ports":[
        {"containerPort":9000},{"name":"web","containerPort":9001}]}]}}
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # the Service's ports                                     | the pod's for 8001
          [{"port":80,"targetPort":1},{"port":8001,"targetPort":2}] | 2
          [{"port":8001,"targetPort":"web"}]                        | 9001
          [{"port":8001,"targetPort":"nothing"}]                    | 8001
          [{"port":8001}]                                           | 8001
          [{"port":80,"targetPort":1}]                              | 8001
          []                                                        | 8001
          """)
  void aPortOfAServiceIsThePodsThatItMeans(String ports, int expected) throws Exception {
    assertThat(Endpoint.port(service(ports), 8001, json(POD))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          [{"name":"metrics","port":9},{"name":"http","port":8001}] | 8001
          [{"name":"metrics","port":9}]                             | 9
          [{"port":9},{"port":8}]                                   | 9
          []                                                        | 80
          """)
  void aServerIsAskedAtThePortForHttp(String ports, int expected) throws Exception {
    assertThat(Endpoint.port(service(ports))).isEqualTo(expected);
  }

  @Test
  void whoIsBehindAServiceIsSaidByItsSelector() throws Exception {
    assertThat(Endpoint.selector(json("{\"spec\":{\"selector\":{\"a\":\"1\",\"b\":\"2\"}}}")))
        .isEqualTo(Map.of("a", "1", "b", "2"));
    assertThat(Endpoint.selector(json("{\"spec\":{}}"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"Ready, True, true", "Ready, False, false", "Initialized, True, false"})
  void aPodIsReadyIfItsConditionSaysSo(String type, String status, boolean expected)
      throws Exception {
    String pod = "{\"status\":{\"conditions\":[{\"type\":\"%s\",\"status\":\"%s\"}]}}";
    assertThat(Endpoint.isReady(json(pod.formatted(type, status)))).isEqualTo(expected);
    assertThat(Endpoint.isReady(json("{}"))).isFalse();
  }

  private static JsonNode service(String ports) throws JsonProcessingException {
    return json("{\"spec\":{\"ports\":%s}}".formatted(ports));
  }

  private static JsonNode json(String text) throws JsonProcessingException {
    return new ObjectMapper().readTree(text);
  }
}
