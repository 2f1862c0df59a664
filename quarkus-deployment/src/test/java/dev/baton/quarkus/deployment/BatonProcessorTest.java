package dev.baton.quarkus.deployment;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.sdk.DurableFunctions;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import org.jboss.jandex.Index;
import org.junit.jupiter.api.Test;

class BatonProcessorTest {

  @DurableFunctions
  interface Orders {}

  static final class Shop implements Orders {}

  /** As other annotations of beans are put. */
  @DurableFunctions
  static final class Misplaced implements Runnable {
    @Override
    public void run() {}
  }

  @Test
  void anAnnotationOnTheClassIsRefused() throws IOException {
    var index = Index.of(DurableFunctions.class, Orders.class, Misplaced.class);
    assertThatThrownBy(() -> BatonProcessor.refuseClasses(index))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("Misplaced bears @DurableFunctions itself");
  }

  @Test
  void anAnnotationOnTheInterfaceIsNot() throws IOException {
    var index = Index.of(DurableFunctions.class, Orders.class, Shop.class);
    assertThatCode(() -> BatonProcessor.refuseClasses(index)).doesNotThrowAnyException();
  }
}
