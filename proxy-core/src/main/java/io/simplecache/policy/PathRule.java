package io.simplecache.policy;

import java.util.regex.Pattern;

/**
 * What an operator wants to be different for some paths.
 *
 * @param pattern a path in which {@code *} stands for any characters, also none and also slashes;
 *     the query is no part of it
 * @param bypass whether requests for it are relayed, neither answered from the store nor stored
 * @param rules the rules for it; of no use where {@code bypass} is true
 */
public record PathRule(String pattern, boolean bypass, CacheRules rules) {
  private static final Pattern CLIMBING =
      Pattern.compile(
          "^[^?]*(/|\\\\|%2f|%5c)\\.\\.(/|\\\\|%2f|%5c|[;?]|$)", Pattern.CASE_INSENSITIVE);

  /** Checks the pattern. */
  public PathRule {
    if (!pattern.startsWith("/") && !pattern.startsWith("*")) {
      throw new IllegalArgumentException("pattern: " + pattern + " (expected: / or * first)");
    }
  }

  /** Returns whether this rule is for {@code target}, a path that may have a query. */
  public boolean isFor(String target) {
    int query = target.indexOf('?');
    return matches(target, query < 0 ? target.length() : query);
  }

  /**
   * Returns whether the path of a target may lead out of where it seems to be: it has a segment
   * {@code ..}, with or without parameters, between slashes or what some origins take for one.
   */
  static boolean climbs(String target) {
    return target.contains("..") && CLIMBING.matcher(target).find();
  }

  /** Goes back to the last star when what follows it does not fit: never worse than n × m steps. */
  private boolean matches(String target, int end) {
    int t = 0;
    int p = 0;
    int star = -1;
    int starTarget = 0;
    while (t < end) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        starTarget = t;
      } else if (p < pattern.length() && pattern.charAt(p) == target.charAt(t)) {
        p++;
        t++;
      } else if (star >= 0) {
        p = star + 1;
        t = ++starTarget;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}
