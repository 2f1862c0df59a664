package dev.baton.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenCacheTest {

  private static final String SOME = "found";

  private long nowMs = 1_764_000_000_000L;
  private final TokenCache<String> cache = new TokenCache<>(() -> nowMs);

  @Test
  void itNeverHoldsMoreThanTwoGenerations() {
    for (int i = 0; i < 100_000; i++) {
      cache.put("token " + i, SOME);
    }
    assertThat(cache.size()).isLessThanOrEqualTo(2 * TokenCache.MOST_PER_GENERATION);
    assertThat(cache.get("token 99999")).isEqualTo(SOME);
    assertThat(cache.get("token 0")).isNull();
  }

  @Test
  void aTokenInUseStaysAndOneThatIsNotIsForgotten() {
    cache.put("used", SOME);
    cache.put("unused", SOME);
    for (int i = 0; i < 3; i++) {
      nowMs += TokenCache.GENERATION_MS + 1;
      assertThat(cache.get("used")).isEqualTo(SOME);
    }
    assertThat(cache.get("unused")).isNull();
    assertThat(cache.size()).isLessThanOrEqualTo(2);
  }
}
