package dev.baton.kubectl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a watch shows of one object, for one thread that takes it; an empty one when it is gone. */
final class Changes implements ResourceEventHandler<GenericKubernetesResource> {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final BlockingQueue<JsonNode> seen = new LinkedBlockingQueue<>();

  JsonNode take() throws InterruptedException {
    return seen.take();
  }

  /** Null where nothing comes in time. */
  @Nullable JsonNode poll(Duration patience) throws InterruptedException {
    return seen.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  void end() {
    seen.add(JSON.createObjectNode());
  }

  @Override
  public void onAdd(GenericKubernetesResource object) {
    seen.add(JSON.valueToTree(object));
  }

  @Override
  public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource object) {
    onAdd(object);
  }

  @Override
  public void onDelete(GenericKubernetesResource object, boolean isLastStateUnknown) {
    end();
  }
}
