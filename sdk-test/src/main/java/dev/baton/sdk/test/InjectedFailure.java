package dev.baton.sdk.test;

/** What a step throws that {@link BatonKit#failOnce} lets fail. */
public final class InjectedFailure extends RuntimeException {

  private static final long serialVersionUID = 1;

  InjectedFailure(String name) {
    super("the test lets '" + name + "' fail");
  }
}
