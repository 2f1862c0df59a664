package dev.baton.client;

import java.util.List;

/** Where a run tells what happens. Called by one thread at a time. */
interface Output {

  void started(Run run);

  void dispatched(Call call);

  /**
   * @param ended how many calls have ended so far, this one included
   */
  void ended(Outcome outcome, int ended, int calls);

  void summary(List<Outcome> outcomes);
}
