package dev.baton.operator;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.operator.api.v1alpha1.WorkerGroupCrd;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A Kubernetes for tests, with the CRD and the operator's rights installed: the one whose
 * kubeconfig file {@code BATON_KUBECONFIG} names, else a K3s in Docker that ends with the JVM.
 */
public final class TestCluster {

  private static @Nullable Config shared;

  private TestCluster() {}

  /** As the cluster's administrator; skips the test where there is neither cluster nor Docker. */
  public static KubernetesClient admin() {
    return new KubernetesClientBuilder().withConfig(config()).build();
  }

  /** With the operator's rights and no others. */
  public static KubernetesClient operator() {
    return operator(_ -> {});
  }

  /** The same; it is told of each request before that is sent. */
  public static KubernetesClient operator(Consumer<HttpRequest> sending) {
    Config config =
        new ConfigBuilder(config())
            .withRequestRetryBackoffLimit(2) // as in application.properties
            .withImpersonateUsername("system:serviceaccount:baton:baton-operator")
            .withImpersonateGroups("system:serviceaccounts", "system:authenticated")
            .build();
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withKubernetesSerialization(new LeanSerialization())
        .withHttpClientBuilderConsumer(
            it -> it.addOrReplaceInterceptor("sending", new Sending(sending)))
        .build();
  }

  private record Sending(Consumer<HttpRequest> told) implements Interceptor {
    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
      told.accept(request);
    }
  }

  private static synchronized Config config() {
    if (shared == null) {
      shared = Config.fromKubeconfig(kubeconfig());
      try (KubernetesClient client = admin()) {
        install(client);
      }
    }
    return shared;
  }

  private static String kubeconfig() {
    String file = System.getenv("BATON_KUBECONFIG");
    if (file != null) {
      try {
        return Files.readString(Path.of(file));
      } catch (IOException e) {
        throw new IllegalStateException("BATON_KUBECONFIG", e);
      }
    }
    assumeTrue(
        DockerClientFactory.instance().isDockerAvailable(),
        "needs Docker for a K3s, or a cluster that BATON_KUBECONFIG names");
    String image = System.getenv().getOrDefault("K3S_IMAGE", "rancher/k3s:v1.34.4-k3s1");
    // Ended by Testcontainers with the JVM.
    @SuppressWarnings("resource")
    K3sContainer container =
        new K3sContainer(DockerImageName.parse(image).asCompatibleSubstituteFor("rancher/k3s"));
    container.start();
    return container.getKubeConfigYaml();
  }

  /** Installs the CRD and what the operator may do. */
  public static void install(KubernetesClient client) {
    client
        .resource(new NamespaceBuilder().withNewMetadata().withName("baton").endMetadata().build())
        .serverSideApply();
    for (String file : List.of("crd/workergroups.baton.dev.yaml", "operator/rbac.yaml")) {
      try (var in = Files.newInputStream(WorkerGroupCrd.DEPLOY.resolve(file))) {
        for (HasMetadata object : client.load(in).items()) {
          if (object.getKind().equals("ServiceAccount")) {
            object.getMetadata().setNamespace("baton");
          }
          client.resource(object).forceConflicts().serverSideApply();
        }
      } catch (IOException e) {
        throw new IllegalStateException(file, e);
      }
    }
    client
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName("workergroups.baton.dev")
        .waitUntilCondition(
            crd ->
                crd != null
                    && crd.getStatus() != null
                    && crd.getStatus().getConditions() != null
                    && crd.getStatus().getConditions().stream()
                        .anyMatch(it ->
                            it.getType().equals("Established") && it.getStatus().equals("True")),
            Duration.ofSeconds(30).toMillis(),
            TimeUnit.MILLISECONDS);
  }
}
