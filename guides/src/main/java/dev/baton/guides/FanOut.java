package dev.baton.guides;

import dev.baton.sdk.Context;
import dev.baton.sdk.DurableFunctions;
import java.util.List;

/** Many at once. */
public final class FanOut {

  private FanOut() {}

  // @start region="functions"
  @DurableFunctions
  interface Texts {
    int longest(List<String> urls);

    int longestIn(String url);
  }

  // @end

  // @start region="implementation"
  static final class Reading implements Texts {

    @Override
    public int longest(List<String> urls) {
      var context = Context.current();
      var all = urls.stream().map(url -> context.beginRpc(Texts::longestIn, url)).toList();
      return context.all(all).stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    @Override
    public int longestIn(String url) {
      String text = Context.current().step("fetch", () -> fetch(url));
      return text.lines().mapToInt(String::length).max().orElse(0);
    }

    private String fetch(String url) {
      return url.repeat(3); // stands for a request
    }
  }
  // @end
}
