package dev.baton.operator.api.v1alpha1;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The CRD as a page for people. */
final class CrdReference {

  /** The text at the beginning of a message that is put together from the value. */
  private static final Pattern LITERAL = Pattern.compile("^'((?:[^'\\\\]|\\\\.)*)'");

  private final StringBuilder page = new StringBuilder();

  private CrdReference() {}

  /** The page, as Markdown. */
  static String of(String crdYaml) {
    CustomResourceDefinition crd = Serialization.unmarshal(crdYaml, CustomResourceDefinition.class);
    var version = crd.getSpec().getVersions().getFirst();
    JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
    CrdReference reference = new CrdReference();
    reference.page.append(
        """
        # The fields of %s

        Generated from the types of the operator by `mvn -pl operator test -Dtest=WorkerGroupCrdTest -Dcrd.write=true`; a test fails when it is not current.
        [workergroup.md](workergroup.md) says what the operator makes of them.

        `apiVersion: %s/%s`, `kind: %s`, short name `%s`. A field in **bold** is required, if what it is in is there.
        """
            .formatted(
                crd.getSpec().getNames().getKind(),
                crd.getSpec().getGroup(),
                version.getName(),
                crd.getSpec().getNames().getKind(),
                String.join("`, `", crd.getSpec().getNames().getShortNames())));
    for (String part : List.of("spec", "status")) {
      reference.page.append("\n## ").append(part).append('\n');
      reference.page.append("\n| field | type | default | what it is |\n|---|---|---|---|\n");
      JSONSchemaProps schema = root.getProperties().get(part);
      if (schema != null) {
        reference.fields("", schema);
      }
    }
    reference.page.append("\n## Rules of the whole\n\n");
    rules(root).forEach(rule -> reference.page.append("- ").append(rule).append('\n'));
    return reference.page.toString();
  }

  private void fields(String path, JSONSchemaProps parent) {
    Map<String, JSONSchemaProps> properties = parent.getProperties();
    if (properties == null) {
      return;
    }
    List<String> required = parent.getRequired() == null ? List.of() : parent.getRequired();
    properties.forEach((name, field) -> {
      String full = path + name;
      String shown = "`" + full + "`";
      page.append(
          "| %s | %s | %s | %s |\n"
              .formatted(
                  required.contains(name) ? "**" + shown + "**" : shown,
                  type(field),
                  field.getDefault() == null ? "" : "`" + field.getDefault().asText() + "`",
                  cell(meaning(field))));
      fields(full + ".", field);
      if (field.getItems() != null) {
        fields(full + "[].", field.getItems().getSchema());
      }
    });
  }

  private static String type(JSONSchemaProps field) {
    if (field.getEnum() != null && !field.getEnum().isEmpty()) {
      return String.join(
          " or ", field.getEnum().stream().map(it -> "`" + it.asText() + "`").toList());
    }
    if (field.getItems() != null) {
      return "list of " + type(field.getItems().getSchema());
    }
    if (field.getAdditionalProperties() != null) {
      return "map of " + type(field.getAdditionalProperties().getSchema());
    }
    return field.getFormat() == null || field.getFormat().equals("int32")
        ? field.getType()
        : field.getFormat();
  }

  private static String meaning(JSONSchemaProps field) {
    List<String> sentences = new ArrayList<>();
    if (field.getDescription() != null) {
      sentences.add(field.getDescription());
    }
    if (Boolean.TRUE.equals(field.getXKubernetesPreserveUnknownFields())) {
      sentences.add("Takes every field that Kubernetes knows here.");
    }
    rules(field).forEach(rule -> sentences.add("Rule: " + rule + "."));
    if (field.getMaxLength() != null) {
      sentences.add("At most " + field.getMaxLength() + " characters.");
    }
    return String.join(" ", sentences);
  }

  private static List<String> rules(JSONSchemaProps schema) {
    List<ValidationRule> rules = schema.getXKubernetesValidations();
    return rules == null ? List.of() : rules.stream().map(CrdReference::text).toList();
  }

  private static String text(ValidationRule rule) {
    return rule.getMessage() != null ? rule.getMessage() : start(rule.getMessageExpression());
  }

  /** A message without the value that it ends with. */
  private static String start(@Nullable String expression) {
    Matcher literal = LITERAL.matcher(expression == null ? "" : expression);
    if (!literal.find()) {
      throw new IllegalStateException("a rule without a message: " + expression);
    }
    return literal.group(1).replace("\\'", "'").replaceFirst("(, not \"|; not \"|: )$", "");
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", " ");
  }
}
