package dev.baton.operator;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/**
 * Reads objects without {@code metadata.managedFields}, which nobody reads and which are half of
 * what an object weighs, and copies no WorkerGroup. The SDK copies each before it is looked at, by
 * writing and reading it, which took a third of a look; nothing here changes what a cache holds.
 * Its own setting for that is lost in the extension of Quarkus, which does not pass it on.
 */
final class LeanSerialization extends KubernetesSerialization {

  LeanSerialization() {
    super(mapper(), true);
  }

  private static ObjectMapper mapper() {
    ObjectMapper mapper = new ObjectMapper();
    ManagedFields.leaveOut(mapper);
    return mapper;
  }

  @Override
  public <T> T clone(T item) {
    return item instanceof WorkerGroup ? item : super.clone(item);
  }
}
