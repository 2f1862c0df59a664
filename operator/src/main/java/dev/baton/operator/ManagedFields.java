package dev.baton.operator;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ObjectMeta;

/** Leaves {@code metadata.managedFields} out of all that is read. */
final class ManagedFields {

  @JsonIgnoreProperties("managedFields")
  private interface Without {}

  private ManagedFields() {}

  static void leaveOut(ObjectMapper mapper) {
    mapper.addMixIn(ObjectMeta.class, Without.class);
  }
}
