package dev.baton.guides;

import dev.baton.sdk.Context;
import dev.baton.sdk.PromiseTimeoutException;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.Settlement;
import java.time.Duration;

/** A function that waits for a person. */
public final class HumanInTheLoop {

  private HumanInTheLoop() {}

  // @start region="function"
  record Expense(String what, long cents) {}

  record Decision(boolean approved, String by) {}

  static String reimburse(Context context, Expense expense) {
    var asked = context.promise("approval", Decision.class, expense, Duration.ofDays(2));
    context.effect("ask", () -> mail("approve " + expense.what() + "? " + context.id()));
    try {
      Decision decision = asked.result(); // takes no slot, however long it takes
      return decision.approved() ? pay(context, expense) : "refused by " + decision.by();
    } catch (PromiseTimeoutException e) {
      return "nobody has answered";
    }
  }

  // @end

  // @start region="decide"
  static String decide(Resonate resonate, String call, Decision decision) {
    var approval = resonate.promise(call, "approval", Decision.class);
    Settlement settlement = approval.resolve(decision);
    return settlement.isWinner() ? "counts" : "somebody else has decided";
  }

  // @end

  private static String pay(Context context, Expense expense) {
    return context.step("pay", () -> "paid " + expense.cents());
  }

  private static void mail(String text) {
    System.out.println(text);
  }
}
