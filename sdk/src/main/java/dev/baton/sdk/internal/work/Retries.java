package dev.baton.sdk.internal.work;

/**
 * How often a function has been tried again, as durable as its steps: before each retry a timer is
 * made under an id of its own, so whoever runs the function next knows how many there were and goes
 * on with the last. The first few are found in the preload; so that a function that is tried again
 * all day does not drag all of them along, the later ones are looked for.
 */
final class Retries {

  /** So many are on the function's own branch. */
  static final int ON_BRANCH = 8;

  private Retries() {}

  /** The number of the last retry that has begun, or whose pause has; 0 for none. */
  static int begun(Journal journal, String id) {
    int last = 0;
    while (journal.find(Ids.retry(id, last + 1)) != null) {
      last++;
    }
    if (last < ON_BRANCH) {
      return last;
    }
    int stride = 1;
    while (journal.seek(Ids.retry(id, last + stride)) != null) {
      last += stride;
      stride *= 2;
    }
    while (stride > 1) {
      stride /= 2;
      if (journal.seek(Ids.retry(id, last + stride)) != null) {
        last += stride;
      }
    }
    return last;
  }
}
