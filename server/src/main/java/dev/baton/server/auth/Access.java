package dev.baton.server.auth;

/** What a valid token opens. */
public sealed interface Access {

  /** Whether everything is open. */
  boolean isUnlimited();

  /** Whether what has this id may be touched. */
  boolean covers(String id);

  /** The role {@code admin}, the empty prefix, or a server without a key. */
  record Unlimited() implements Access {
    static final Unlimited INSTANCE = new Unlimited();

    @Override
    public boolean isUnlimited() {
      return true;
    }

    @Override
    public boolean covers(String id) {
      return true;
    }
  }

  /**
   * Ids that start with the prefix.
   *
   * @param prefix not empty
   */
  record Prefix(String prefix) implements Access {
    @Override
    public boolean isUnlimited() {
      return false;
    }

    @Override
    public boolean covers(String id) {
      return id.startsWith(prefix);
    }
  }

  /** No id: the token has neither role nor prefix. It still opens what any valid token does. */
  record Nothing() implements Access {
    static final Nothing INSTANCE = new Nothing();

    @Override
    public boolean isUnlimited() {
      return false;
    }

    @Override
    public boolean covers(String id) {
      return false;
    }
  }
}
