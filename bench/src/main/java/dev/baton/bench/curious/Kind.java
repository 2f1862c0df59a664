package dev.baton.bench.curious;

/** What curious clients read, and how many of them at once. */
public enum Kind {
  SEARCH("a search that finds nothing", 2),
  PAGE("a page of 1,000 rows by a tag", 2),
  TREE("a tree", 2),
  GROUPS("the list of groups", 8),
  METRICS("the metrics", 1),
  BACKUP("a backup", 1);

  private final String label;
  private final int clients;

  Kind(String label, int clients) {
    this.label = label;
    this.clients = clients;
  }

  /** In words. */
  public String label() {
    return label;
  }

  int clients() {
    return clients;
  }
}
