package dev.baton.server.auth;

import java.security.PublicKey;
import org.jspecify.annotations.Nullable;

/**
 * What a token opens, and until when.
 *
 * @param expiresAt epoch seconds, as the token says it; clocks are given some leeway beyond
 * @param signer the key that its signature was verified with; null if it was not
 */
public record Grant(Access access, double expiresAt, @Nullable PublicKey signer)
    implements Judgement {

  /** Everything, for ever: the server asks for no tokens. */
  static final Grant OF_ALL = new Grant(Access.Unlimited.INSTANCE, Double.POSITIVE_INFINITY, null);
}
