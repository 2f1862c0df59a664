package dev.baton.operator.api.v1alpha1;

import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Makes the CRD from the Java types, and knows where its committed copy lies. */
public final class WorkerGroupCrd {

  /** The manifests. */
  public static final Path DEPLOY = Path.of("..", "deploy").toAbsolutePath().normalize();

  /** The copy that is committed and installed. */
  public static final Path COMMITTED = DEPLOY.resolve("crd").resolve("workergroups.baton.dev.yaml");

  /** The chart's copy: a chart has no files outside itself. */
  static final Path IN_CHART =
      DEPLOY.resolveSibling("charts").resolve("baton/files/workergroups.baton.dev.yaml");

  /** The page for people. */
  static final Path REFERENCE = DEPLOY.resolveSibling("docs").resolve("crd-reference.md");

  /** In the order in which a person asks. */
  private static final List<String> COLUMNS =
      List.of("Desired", "Ready", "Connected", "In-flight", "Waiting", "Age");

  private WorkerGroupCrd() {}

  /** The CRD as YAML. */
  public static String generate(Path scratch) throws IOException {
    new CRDGenerator()
        .customResourceClasses(WorkerGroup.class)
        .forCRDVersions("v1")
        .withMinQuotes(true)
        .withPostProcessor(
            new CRDPostProcessor() {
              @Override
              public HasMetadata process(HasMetadata crd, String version) {
                return finish((CustomResourceDefinition) crd);
              }
            })
        .inOutputDir(scratch.toFile())
        .generate();
    return Files.readString(scratch.resolve("workergroups.baton.dev-v1.yml"));
  }

  /** What the generator cannot say by annotation, and what it says twice. */
  private static CustomResourceDefinition finish(CustomResourceDefinition crd) {
    var version = crd.getSpec().getVersions().getFirst();
    version
        .getAdditionalPrinterColumns()
        .sort(Comparator.comparingInt(column -> COLUMNS.indexOf(column.getName())));
    JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
    root.setRequired(List.of("spec"));
    sayOnce(root);

    JSONSchemaProps conditions = at(root, "status", "conditions");
    conditions.setXKubernetesListType("map");
    conditions.setXKubernetesListMapKeys(List.of("type"));
    JSONSchemaProps condition = conditions.getItems().getSchema();
    condition.setRequired(List.of("lastTransitionTime", "message", "reason", "status", "type"));
    at(condition, "lastTransitionTime").setFormat("date-time");
    JSONSchemaProps containers = at(root, "spec", "template", "spec", "containers");
    containers.setXKubernetesListType("map");
    containers.setXKubernetesListMapKeys(List.of("name"));
    at(root, "spec", "replicas").setFormat("int32");
    at(root, "spec", "slots").setFormat("int32");
    for (String number : List.of("min", "max", "targetWaitingSeconds", "tasksPerWorker")) {
      at(root, "spec", "autoscaling", number).setFormat("int32");
    }
    at(root, "spec", "poison", "maxDeliveries").setFormat("int32");
    return crd;
  }

  /** The generator finds the annotations of a record's component on its field and accessor. */
  private static void sayOnce(JSONSchemaProps schema) {
    schema.setXKubernetesValidations(
        schema.getXKubernetesValidations().stream().distinct().toList());
    if (schema.getProperties() != null) {
      schema.getProperties().values().forEach(WorkerGroupCrd::sayOnce);
    }
  }

  private static JSONSchemaProps at(JSONSchemaProps root, String... path) {
    JSONSchemaProps at = root;
    for (String name : path) {
      Map<String, JSONSchemaProps> properties = at.getProperties();
      if (properties == null || !properties.containsKey(name)) {
        throw new IllegalStateException("no " + String.join(".", path) + " in the generated CRD");
      }
      at = properties.get(name);
    }
    return at;
  }

  /** Writes the committed copies anew. */
  static void write(String yaml) throws IOException {
    Files.writeString(COMMITTED, yaml);
    Files.writeString(IN_CHART, yaml);
    Files.writeString(REFERENCE, CrdReference.of(yaml));
  }
}
