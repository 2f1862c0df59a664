package dev.baton.protocol.json;

import java.io.IOException;

/** What is wrong with a text that should be JSON, in words for whoever wrote it. */
public final class JsonProblem {

  private JsonProblem() {}

  /**
   * Says what is wrong and where, without the text and without the words of the JSON library.
   *
   * @param problem what a reader of Jackson threw
   * @return such as "malformed JSON at line 1 column 2"
   */
  public static String describe(IOException problem) {
    return Json.describe(problem);
  }
}
