package dev.baton.guides;

import dev.baton.sdk.Context;
import dev.baton.sdk.DurableFunctions;
import java.math.BigInteger;

/** A function that calls itself on other workers. */
public final class Factorial {

  private Factorial() {}

  // @start region="functions"
  @DurableFunctions
  interface Maths {
    BigInteger factorial(int n);
  }

  static final class Recursive implements Maths {
    @Override
    public BigInteger factorial(int n) {
      if (n <= 1) {
        return BigInteger.ONE;
      }
      BigInteger below = Context.current().rpc(Maths::factorial, n - 1);
      return below.multiply(BigInteger.valueOf(n));
    }
  }
  // @end
}
