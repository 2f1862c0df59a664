package dev.baton.kubectl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedactionTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"env":[{"name":"DB","value":"hush"}]}                     | {"env":[{"name":"DB","value":"(left out)"}]}
          {"env":[{"name":"RESONATE_GROUP","value":"w"}]}            | {"env":[{"name":"RESONATE_GROUP","value":"w"}]}
          {"env":[{"name":"T","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}}]} | {"env":[{"name":"T","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}}]}
          {"metadata":{"managedFields":[1],"name":"n"}}              | {"metadata":{"name":"n"}}
          {"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"x","a":"b"}} | {"annotations":{"a":"b"}}
          {"annotations":{"my-token":"x"}}                           | {"annotations":{"my-token":"(left out)"}}
          {"tokenSecretRef":{"name":"s","key":"token"}}              | {"tokenSecretRef":{"name":"s","key":"token"}}
          {"automountServiceAccountToken":false,"replicas":3}        | {"automountServiceAccountToken":false,"replicas":3}
          {"command":["sh","-c","hush"]}                             | {"command":"(left out)"}
          {"server":{"url":"http://me:hush@host"}}                   | {"server":{"url":"http://(left out)@host"}}
          """)
  void ofObjects(String given, String left) throws JsonProcessingException {
    ObjectMapper mapper = new ObjectMapper();
    assertThat(Redaction.of(mapper.readTree(given))).isEqualTo(mapper.readTree(left));
  }

  @Test
  void ofLogs() {
    assertThat(Redaction.of("took it from Bearer abc.def and went on"))
        .isEqualTo("took it from Bearer (left out) and went on");
    assertThat(Redaction.of("header eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.c2ln end"))
        .isEqualTo("header (left out) end");
    assertThat(Redaction.of("jdbc:postgresql://u:p@h/db?password=hush&ssl=true"))
        .isEqualTo("jdbc:postgresql://(left out)@h/db?password=(left out)&ssl=true");
    assertThat(Redaction.of("GET http://baton:8001/groups answered 503"))
        .isEqualTo("GET http://baton:8001/groups answered 503");
  }
}
