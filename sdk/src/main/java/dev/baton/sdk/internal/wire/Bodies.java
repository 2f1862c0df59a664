package dev.baton.sdk.internal.wire;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.sdk.ServerException;

/** Takes from an answer what its request is answered with. */
public final class Bodies {

  private Bodies() {}

  /**
   * @throws ServerException if the answer is a refusal
   */
  public static PromiseRecord promise(Request request, Response response) {
    return switch (Requests.body(request, response)) {
      case Response.OfPromise(var promise) -> promise;
      case Response.Body other -> throw unexpected(request, other);
    };
  }

  public static IllegalStateException unexpected(Request request, Response.Body body) {
    return new IllegalStateException(
        "the codec read "
            + body.getClass().getSimpleName()
            + " as the answer to "
            + request.kind());
  }
}
