package io.simplecache.server.config;

import java.util.Collection;
import java.util.Comparator;

/** The name that was probably meant. */
public final class NearestName {
  private NearestName() {}

  /**
   * Returns {@code " (did you mean …?)"} with the nearest known name, or nothing if none is near.
   */
  public static String hint(String name, Collection<String> known) {
    return known.stream()
        .filter(candidate -> distance(name, candidate) <= Math.max(2, name.length() / 3))
        .min(Comparator.comparingInt(candidate -> distance(name, candidate)))
        .map(candidate -> " (did you mean " + candidate + "?)")
        .orElse("");
  }

  /** Returns how many characters must be put in, left out or changed. */
  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int changed = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
