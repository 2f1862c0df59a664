package dev.baton.legacy;

/** A request that cannot be read; the message says what is wrong with it. */
final class BadRequestException extends RuntimeException {

  BadRequestException(String message) {
    super(message);
  }
}
