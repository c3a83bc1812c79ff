package io.simplecache.demo;

import java.util.List;

/** Lists of entity tags, as in If-Match and If-None-Match (RFC 9110 §8.8.3, §13.1). */
final class EntityTags {
  private EntityTags() {}

  /**
   * Whether a list has an entity tag equal to {@code entityTag}, a strong one, by the strong
   * comparison (§8.8.3.2).
   */
  static boolean anyStrongMatch(List<String> fieldLines, String entityTag) {
    return anyMatch(fieldLines, entityTag, /* weakToo= */ false);
  }

  /** The same, by the weak comparison. */
  static boolean anyWeakMatch(List<String> fieldLines, String entityTag) {
    return anyMatch(fieldLines, entityTag, /* weakToo= */ true);
  }

  /** Whether the list is the single {@code *}. */
  static boolean isAny(List<String> fieldLines) {
    return fieldLines.size() == 1 && fieldLines.get(0).trim().equals("*");
  }

  private static boolean anyMatch(List<String> fieldLines, String entityTag, boolean weakToo) {
    for (String line : fieldLines) {
      int from = 0;
      while (from < line.length()) {
        int open = line.indexOf('"', from);
        int close = open < 0 ? -1 : line.indexOf('"', open + 1);
        if (close < 0) {
          break;
        }
        boolean weak = open >= 2 && line.startsWith("W/", open - 2);
        if ((weakToo || !weak) && entityTag.equals(line.substring(open, close + 1))) {
          return true;
        }
        from = close + 1;
      }
    }
    return false;
  }
}
