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
  private static final Pattern SLASHES =
      Pattern.compile("(?:/|\\\\|%2f|%5c)+", Pattern.CASE_INSENSITIVE);

  private static final Pattern PARAMETERS_OF_DOTS = Pattern.compile("(/\\.{1,2});[^/]*");

  private static final Pattern AMBIGUOUS =
      Pattern.compile("//|/\\.|\\\\|%2f|%5c", Pattern.CASE_INSENSITIVE);

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
   * Returns the path of a target as origins may read it: with slashes where they are encoded or the
   * other way round, one where there are several, and without dot segments, whose parameters count
   * for nothing. The same object where that makes no difference.
   */
  static String plainPath(String target) {
    int query = target.indexOf('?');
    String path = query < 0 ? target : target.substring(0, query);
    if (!AMBIGUOUS.matcher(path).find()) {
      return target;
    }
    String slashes = SLASHES.matcher(path).replaceAll("/");
    return UriReferences.withoutDotSegments(PARAMETERS_OF_DOTS.matcher(slashes).replaceAll("$1"));
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
