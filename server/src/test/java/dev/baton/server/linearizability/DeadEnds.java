package dev.baton.server.linearizability;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a search has been. It need not go on where the same operations were explained and led to
 * the same state with no more of the unanswered ones: whatever leads on from here leads on from
 * there.
 */
final class DeadEnds {

  /** States are many times fewer than the ways to them, and large. */
  private final Map<SequentialState, Integer> states = new HashMap<>();

  private final Map<Place, List<BitSet>> spent = new HashMap<>();
  private int size;

  private record Place(BitSet explained, int state) {}

  /**
   * Remembers a place; false if it leads nowhere that another has not led.
   *
   * @param explained the operations with an answer that have happened
   * @param unanswered those without that have
   */
  boolean add(BitSet explained, BitSet unanswered, SequentialState state) {
    Integer number = states.putIfAbsent(state, states.size());
    Place place = new Place(explained, number == null ? states.size() - 1 : number);
    List<BitSet> before = spent.computeIfAbsent(place, _ -> new ArrayList<>(1));
    if (before.stream().anyMatch(other -> isWithin(other, unanswered))) {
      return false;
    }
    before.removeIf(other -> isWithin(unanswered, other));
    before.add(unanswered);
    size++;
    return true;
  }

  private static boolean isWithin(BitSet few, BitSet many) {
    BitSet rest = (BitSet) few.clone();
    rest.andNot(many);
    return rest.isEmpty();
  }

  /** How many places were remembered. */
  int size() {
    return size;
  }
}
