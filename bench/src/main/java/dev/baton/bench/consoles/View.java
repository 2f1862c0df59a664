package dev.baton.bench.consoles;

/** What somebody looks at. */
public enum View {
  GROUPS("groups", "groups", false),
  RELAY("relay", "group:", false),
  CALLS("calls", "groups", true);

  private final String label;
  private final String stream;
  private final boolean asks;

  View(String label, String stream, boolean asks) {
    this.label = label;
    this.stream = stream;
    this.asks = asks;
  }

  /** In words. */
  public String label() {
    return label;
  }

  /** Where its stream of events is. */
  String path(String group) {
    return "/live?view=" + stream + (this == RELAY ? group : "");
  }

  /** Whether it shows a list that is asked for again and again. */
  boolean asks() {
    return asks;
  }
}
