package dev.baton.bench.measure;

/**
 * A measure.
 *
 * @param name for {@code --only}
 * @param meaning one line
 * @param isOnlyByName whether it takes so long, or so much, that it runs only when named
 */
public record Measure(String name, String meaning, boolean isOnlyByName, Body body) {

  /** What a measure does. */
  @FunctionalInterface
  public interface Body {
    /** Measures, and adds rows to the setting's report. */
    void run(Setting setting) throws Exception;
  }

  static Measure of(String name, String meaning, Body body) {
    return new Measure(name, meaning, false, body);
  }
}
