package dev.baton.quarkus.deployment;

import dev.baton.quarkus.BatonConfigBuilder;
import dev.baton.quarkus.BatonProducer;
import dev.baton.quarkus.BatonRecorder;
import dev.baton.quarkus.BatonWorker;
import dev.baton.quarkus.FunctionRegistrar;
import dev.baton.quarkus.SettingsCustomizer;
import dev.baton.sdk.DurableFunctions;
import dev.baton.sdk.Interceptor;
import io.quarkus.arc.deployment.AdditionalBeanBuildItem;
import io.quarkus.arc.deployment.BeanContainerBuildItem;
import io.quarkus.arc.deployment.BeanDiscoveryFinishedBuildItem;
import io.quarkus.arc.deployment.UnremovableBeanBuildItem;
import io.quarkus.arc.processor.BeanInfo;
import io.quarkus.bootstrap.classloading.QuarkusClassLoader;
import io.quarkus.deployment.annotations.BuildProducer;
import io.quarkus.deployment.annotations.BuildStep;
import io.quarkus.deployment.annotations.ExecutionTime;
import io.quarkus.deployment.annotations.Record;
import io.quarkus.deployment.builditem.CombinedIndexBuildItem;
import io.quarkus.deployment.builditem.FeatureBuildItem;
import io.quarkus.deployment.builditem.RunTimeConfigBuilderBuildItem;
import io.quarkus.deployment.builditem.ServiceStartBuildItem;
import io.quarkus.deployment.builditem.ShutdownContextBuildItem;
import io.quarkus.deployment.builditem.nativeimage.NativeImageProxyDefinitionBuildItem;
import io.quarkus.deployment.builditem.nativeimage.ReflectiveHierarchyBuildItem;
import io.quarkus.deployment.builditem.nativeimage.ReflectiveMethodBuildItem;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.smallrye.health.deployment.spi.HealthBuildItem;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jboss.jandex.AnnotationTarget;
import org.jboss.jandex.ClassInfo;
import org.jboss.jandex.DotName;
import org.jboss.jandex.IndexView;
import org.jboss.jandex.Type;

/** Finds the durable functions of an application and sees to it that they are registered. */
public class BatonProcessor {

  private static final String FEATURE = "baton";
  private static final String TRACING_NEEDS =
      "dev.baton.sdk.opentelemetry.OpenTelemetryInterceptor";
  private static final String METRICS_NEED = "dev.baton.sdk.micrometer.SdkMetrics";
  private static final DotName DURABLE = DotName.createSimple(DurableFunctions.class);

  @BuildStep
  FeatureBuildItem feature() {
    return new FeatureBuildItem(FEATURE);
  }

  @BuildStep
  AdditionalBeanBuildItem beans() {
    return AdditionalBeanBuildItem.builder()
        .addBeanClasses(BatonProducer.class, BatonWorker.class)
        .setUnremovable()
        .build();
  }

  /** The beans that need libraries which not every application has. */
  @BuildStep
  void observed(BatonBuildConfig config, BuildProducer<AdditionalBeanBuildItem> beans) {
    if (config.tracing().enabled() && isPresent(TRACING_NEEDS)) {
      beans.produce(AdditionalBeanBuildItem.unremovableOf("dev.baton.quarkus.BatonTracing"));
    }
    if (config.metrics().enabled() && isPresent(METRICS_NEED)) {
      beans.produce(AdditionalBeanBuildItem.unremovableOf("dev.baton.quarkus.BatonMetrics"));
    }
  }

  private static boolean isPresent(String library) {
    return QuarkusClassLoader.isClassPresentAtRuntime(library);
  }

  @BuildStep
  RunTimeConfigBuilderBuildItem variables() {
    return new RunTimeConfigBuilderBuildItem(BatonConfigBuilder.class);
  }

  @BuildStep
  HealthBuildItem health(BatonBuildConfig config) {
    return new HealthBuildItem("dev.baton.quarkus.BatonHealthCheck", config.health().enabled());
  }

  /** Nobody injects these. */
  @BuildStep
  UnremovableBeanBuildItem kept(CombinedIndexBuildItem index) {
    var types = new ArrayList<DotName>(durable(index.getIndex()).map(ClassInfo::name).toList());
    types.add(DotName.createSimple(FunctionRegistrar.class));
    types.add(DotName.createSimple(SettingsCustomizer.class));
    types.add(DotName.createSimple(Interceptor.class));
    return UnremovableBeanBuildItem.beanTypes(types.toArray(DotName[]::new));
  }

  /** What a native image must be told. */
  @BuildStep
  void reflected(
      CombinedIndexBuildItem index,
      BuildProducer<NativeImageProxyDefinitionBuildItem> proxies,
      BuildProducer<ReflectiveMethodBuildItem> methods,
      BuildProducer<ReflectiveHierarchyBuildItem> values) {
    durable(index.getIndex())
        .forEach(type -> {
          proxies.produce(new NativeImageProxyDefinitionBuildItem(type.name().toString()));
          for (var method : type.methods()) {
            methods.produce(new ReflectiveMethodBuildItem("it is a durable function", method));
            Stream.concat(Stream.of(method.returnType()), method.parameterTypes().stream())
                .filter(it -> it.kind() != Type.Kind.PRIMITIVE && it.kind() != Type.Kind.VOID)
                .forEach(it -> values.produce(ReflectiveHierarchyBuildItem.builder(it).build()));
          }
        });
  }

  @BuildStep
  @Record(ExecutionTime.RUNTIME_INIT)
  ServiceStartBuildItem work(
      BatonRecorder recorder,
      CombinedIndexBuildItem index,
      BeanDiscoveryFinishedBuildItem beans,
      BeanContainerBuildItem container,
      ShutdownContextBuildItem shutdown) {
    refuseClasses(index.getIndex());
    var functions = new ArrayList<Class<?>>();
    durable(index.getIndex())
        .filter(type -> isImplemented(type, beans))
        .forEach(type -> functions.add(load(type.name())));
    recorder.work(functions, shutdown);
    return new ServiceStartBuildItem(FEATURE);
  }

  private static Stream<ClassInfo> durable(IndexView index) {
    return marked(index).filter(ClassInfo::isInterface);
  }

  private static Stream<ClassInfo> marked(IndexView index) {
    return index.getAnnotations(DURABLE).stream()
        .filter(it -> it.target().kind() == AnnotationTarget.Kind.CLASS)
        .map(it -> it.target().asClass());
  }

  /** Nothing of such a class would be registered, and calls would wait for ever. */
  static void refuseClasses(IndexView index) {
    var functions = durable(index).map(ClassInfo::name).toList();
    marked(index)
        .filter(type -> !type.isInterface())
        .filter(type -> type.interfaceNames().stream().noneMatch(functions::contains))
        .findFirst()
        .ifPresent(type -> {
          throw new ConfigurationException(
              "%s bears @DurableFunctions itself; it belongs on the interface whose methods are the functions"
                  .formatted(type.name()));
        });
  }

  private static Class<?> load(DotName name) {
    try {
      var loader = Thread.currentThread().getContextClassLoader();
      return Class.forName(name.toString(), false, loader);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(name + " is indexed and cannot be loaded", e);
    }
  }

  private static boolean isImplemented(ClassInfo type, BeanDiscoveryFinishedBuildItem beans) {
    List<BeanInfo> implementations =
        beans.beanStream().filter(bean -> bean.hasType(type.name())).collect();
    if (implementations.size() > 1) {
      throw new ConfigurationException(
          "the beans %s all implement the durable functions of %s; register all but one in a FunctionRegistrar, in other versions"
              .formatted(implementations.stream().map(BeanInfo::toString).toList(), type.name()));
    }
    return !implementations.isEmpty();
  }
}
