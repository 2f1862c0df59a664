package dev.baton.sdk.test;

import dev.baton.sdk.Resonate;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Gives each test a {@link BatonKit} of its own, and closes it afterwards: by {@link BatonTest}, by
 * {@code @ExtendWith(BatonExtension.class)}, or, to begin at another instant, as a field with
 * {@code @RegisterExtension}. Tests may run side by side.
 */
public final class BatonExtension
    implements BeforeEachCallback,
        AfterEachCallback,
        ParameterResolver,
        TestExecutionExceptionHandler {

  private static final Namespace NAMESPACE = Namespace.create(BatonExtension.class);
  private static final String KIT = "kit";
  private static final String RESPONSIBLE = "responsible";

  /** Null for kits that begin as they do by themselves. */
  private final @Nullable Instant start;

  /** Kits whose time begins at {@link BatonKit#START}. */
  public BatonExtension() {
    this.start = null;
  }

  /**
   * Kits whose time begins at that instant. One that is registered so goes before {@link
   * BatonTest}, which then only says what is a test.
   */
  public BatonExtension(Instant start) {
    this.start = start;
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    var store = context.getStore(NAMESPACE);
    if (start != null || responsible(context) == null) {
      store.put(RESPONSIBLE, this);
    }
  }

  private static @Nullable BatonExtension responsible(ExtensionContext context) {
    return context.getStore(NAMESPACE).get(RESPONSIBLE, BatonExtension.class);
  }

  /** Made when it is first asked for. */
  private BatonKit kit(ExtensionContext context) {
    var store = context.getStore(NAMESPACE); // As JUnit 5 and 6 both have it.
    var kit = store.get(KIT, BatonKit.class);
    if (kit == null) {
      kit = start == null ? new BatonKit() : new BatonKit(start);
      store.put(KIT, kit);
    }
    return kit;
  }

  @Override
  public void afterEach(ExtensionContext context) {
    var kit = context.getStore(NAMESPACE).remove(KIT, BatonKit.class);
    if (kit != null) {
      kit.close();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    var type = parameter.getParameter().getType();
    return responsible(context) == this
        && (type == BatonKit.class || type == Resonate.class || type == WorkerBuilder.class);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    var kit = kit(context);
    var type = parameter.getParameter().getType();
    if (type == BatonKit.class) {
      return kit;
    }
    return type == Resonate.class ? kit.resonate() : kit.worker();
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    var kit = context.getStore(NAMESPACE).get(KIT, BatonKit.class);
    if (kit != null && responsible(context) == this && !(failure instanceof DoesNotFinishError)) {
      String waits = kit.whatWaits();
      if (!waits.isEmpty()) {
        failure.addSuppressed(new WhatWaits("when the test failed, this waited:\n" + waits));
      }
    }
    throw failure;
  }

  /** No failure of its own, but told with one. */
  private static final class WhatWaits extends Exception {
    private static final long serialVersionUID = 1;

    WhatWaits(String message) {
      super(message, null, false, false);
    }
  }
}
