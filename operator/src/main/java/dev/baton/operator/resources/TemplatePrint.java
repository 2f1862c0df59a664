package dev.baton.operator.resources;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells what the pods of a Deployment were made of, without the whole of it. */
public final class TemplatePrint {

  static final String ANNOTATION = "baton.dev/template-print";

  private static final int BYTES = 8;
  private static final ObjectWriter SORTED =
      Template.JSON.writer(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  private TemplatePrint() {}

  static String of(PodTemplateSpec template) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(SORTED.writeValueAsBytes(template));
      return HexFormat.of().formatHex(digest, 0, BYTES);
    } catch (JsonProcessingException | NoSuchAlgorithmException e) {
      throw new IllegalStateException("a template that was read can be written", e);
    }
  }

  /** What is written on it; null where an older release made it. */
  public static @Nullable String of(@Nullable Deployment deployment) {
    Map<String, String> annotations =
        deployment == null ? null : deployment.getMetadata().getAnnotations();
    return annotations == null ? null : annotations.get(ANNOTATION);
  }
}
