package dev.baton.server.simulation;

import java.util.List;

/**
 * Chance that is the same for the same seed and name. Everybody throws dice of their own, so that
 * what is left out of a history leaves the luck of the others alone.
 */
final class Dice {

  private long state;

  Dice(long seed, String name) {
    state = mix(seed) ^ mix(name.hashCode());
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 33)) * 0xff51afd7ed558ccdL;
    z = (z ^ (z >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return z ^ (z >>> 33);
  }

  private long next() {
    state += 0x9e3779b97f4a7c15L;
    return mix(state);
  }

  /** One of the numbers 0 to below. */
  int below(int bound) {
    return (int) ((next() >>> 33) % bound);
  }

  /** A number, both ends included. */
  int between(int least, int most) {
    return least + below(most - least + 1);
  }

  /** True so many times in a thousand. */
  boolean chance(int perMille) {
    return perMille > 0 && below(1000) < perMille;
  }

  <T> T pick(List<T> from) {
    return from.get(below(from.size()));
  }
}
