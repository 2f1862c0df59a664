package dev.baton.server.recorded;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a player leaves out.
 *
 * @param skippedQuirks transcripts that rely on one of these are not played
 * @param isBothOnly transcripts of what only the main branch does are not played
 * @param isTargetedTimeoutsOnly in snapshots, deadlines of promises without target are ignored
 * @param hasSnapshots whether snapshots are compared at all
 */
public record Settings(
    Set<String> skippedQuirks,
    boolean isBothOnly,
    boolean isTargetedTimeoutsOnly,
    boolean hasSnapshots) {

  /** Compares all of every transcript but of those with such a quirk. */
  public static Settings without(String... quirks) {
    return new Settings(Set.of(quirks), false, false, true);
  }

  /** The same for a server of the release, and transcripts of the main branch. */
  public Settings ofMainAtRelease() {
    return new Settings(skippedQuirks, true, true, hasSnapshots);
  }

  /** The same without snapshots. */
  public Settings withoutSnapshots() {
    return new Settings(skippedQuirks, isBothOnly, isTargetedTimeoutsOnly, false);
  }

  /** The options of the player that came with the transcripts. */
  List<String> options() {
    List<String> options = new ArrayList<>(List.of("--all", "--ignore-stale-messages"));
    options.addAll(List.of("--skip-quirk", String.join(",", skippedQuirks)));
    if (isBothOnly) {
      options.addAll(List.of("--profile", "both"));
    }
    if (isTargetedTimeoutsOnly) {
      options.add("--targeted-timeouts-only");
    }
    if (!hasSnapshots) {
      options.add("--no-snap");
    }
    return options;
  }

  boolean skips(JsonNode meta) {
    if (meta.path("legacy").asBoolean()
        || meta.path("needs").isTextual()
        || (isBothOnly && !meta.required("profile").textValue().equals("both"))) {
      return true;
    }
    for (JsonNode quirk : meta.required("quirks")) {
      if (skippedQuirks.contains(quirk.textValue())) {
        return true;
      }
    }
    return false;
  }
}
