package dev.baton.operator.resources;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupSpec.TokenSecretRef;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The token as a file in the pods. The kubelet writes it anew when the Secret changes, and the
 * worker reads it again: nobody is replaced.
 */
final class TokenFile {

  static final String VARIABLE = "RESONATE_TOKEN_FILE";

  private static final String VOLUME = "baton-token";
  private static final String DIRECTORY = "/var/run/secrets/baton.dev/server";
  private static final String FILE = "token";

  private TokenFile() {}

  /** Mounts it where the spec asks for it, in each container that has no token of its own. */
  static void mount(WorkerGroup group, PodSpec pod) {
    TokenSecretRef token = group.getSpec().server().tokenSecretRef();
    if (token == null || !group.getSpec().server().isTokenAFile()) {
      return;
    }
    boolean any = false;
    for (Container container : pod.getContainers()) {
      any |= mount(container);
    }
    if (any) {
      pod.setVolumes(
          with(
              pod.getVolumes(),
              new VolumeBuilder()
                  .withName(VOLUME)
                  .withNewSecret()
                  .withSecretName(token.name())
                  .addNewItem(token.keyOrDefault(), null, FILE)
                  .endSecret()
                  .build()));
    }
  }

  private static boolean mount(Container container) {
    if (container.getEnv().stream().anyMatch(TokenFile::isToken)) {
      return false;
    }
    List<EnvVar> environment = new ArrayList<>();
    environment.add(new EnvVar(VARIABLE, DIRECTORY + "/" + FILE, null));
    environment.addAll(container.getEnv());
    container.setEnv(environment);
    container.setVolumeMounts(
        with(
            container.getVolumeMounts(),
            new VolumeMountBuilder()
                .withName(VOLUME)
                .withMountPath(DIRECTORY)
                .withReadOnly(true)
                .build()));
    return true;
  }

  private static boolean isToken(EnvVar variable) {
    return variable.getName().equals(VARIABLE) || variable.getName().equals("RESONATE_TOKEN");
  }

  private static <T> List<T> with(@Nullable List<T> given, T one) {
    List<T> all = new ArrayList<>(given == null ? List.of() : given);
    all.add(one);
    return all;
  }
}
