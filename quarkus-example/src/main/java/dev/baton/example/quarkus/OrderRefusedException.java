package dev.baton.example.quarkus;

/** A person did not approve. */
public final class OrderRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  OrderRefusedException(String message) {
    super(message);
  }
}
