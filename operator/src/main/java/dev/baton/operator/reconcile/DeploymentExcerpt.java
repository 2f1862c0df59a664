package dev.baton.operator.reconcile;

import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;

/** Of Deployments what plans read, which does not include what their pods are made of. */
final class DeploymentExcerpt {

  private DeploymentExcerpt() {}

  /** The excerpt. */
  static Deployment of(Deployment deployment) {
    if (deployment.getSpec() == null || deployment.getSpec().getTemplate() == null) {
      return deployment;
    }
    return new DeploymentBuilder(deployment)
        .editMetadata()
        .withManagedFields()
        .endMetadata()
        .editSpec()
        .withTemplate(
            new PodTemplateSpecBuilder()
                .withMetadata(deployment.getSpec().getTemplate().getMetadata())
                .build())
        .endSpec()
        .build();
  }

  /** Keeps excerpts, for one informer. */
  static final class Store extends BasicItemStore<Deployment> {

    /** Empty. */
    Store() {
      super(Cache::metaNamespaceKeyFunc);
    }

    @Override
    public Deployment put(String key, Deployment deployment) {
      return super.put(key, of(deployment));
    }
  }
}
