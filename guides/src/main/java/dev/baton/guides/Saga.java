package dev.baton.guides;

import dev.baton.sdk.Context;
import dev.baton.sdk.DurableFunctions;
import dev.baton.sdk.RemoteException;
import java.util.ArrayDeque;

/** Steps that are taken back when a later one fails. */
public final class Saga {

  private Saga() {}

  /** Where rooms and seats are booked and cancelled. */
  interface Agency {
    String book(String what);

    void cancel(String booking);
  }

  // @start region="functions"
  @DurableFunctions
  interface Trips {
    String book(String city);
  }

  static final class Travel implements Trips {

    private final Agency agency;

    Travel(Agency agency) {
      this.agency = agency;
    }

    @Override
    public String book(String city) {
      var context = Context.current();
      var undo = new ArrayDeque<Runnable>();
      try {
        String flight = context.step("flight", () -> agency.book("flight to " + city));
        undo.push(() -> context.effect("cancel flight", () -> agency.cancel(flight)));
        String hotel = context.step("hotel", () -> agency.book("hotel in " + city));
        undo.push(() -> context.effect("cancel hotel", () -> agency.cancel(hotel)));
        String car = context.step("car", () -> agency.book("car in " + city));
        return String.join(", ", flight, hotel, car);
      } catch (RemoteException e) { // what a step that failed throws, now and when it is replayed
        undo.forEach(Runnable::run); // the last first
        throw e;
      }
    }
  }
  // @end
}
