package io.simplecache.policy;

import io.netty.handler.codec.http.HttpHeaders;
import io.simplecache.message.FieldLists;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.StringTokenizer;

/**
 * The tags that an origin gives a response so that it can be purged by them: {@code Surrogate-Key},
 * separated by spaces, and {@code Cache-Tag}, separated by commas. No RFC describes either; both
 * are what content delivery networks have made common.
 */
public final class CacheTags {
  private static final String SURROGATE_KEY = "surrogate-key";
  private static final String CACHE_TAG = "cache-tag";

  private CacheTags() {}

  /** Returns the distinct tags of a response, as they are. */
  public static Collection<String> of(HttpHeaders response) {
    LinkedHashSet<String> tags = new LinkedHashSet<>();
    if (response.contains(SURROGATE_KEY)) {
      for (String line : response.getAll(SURROGATE_KEY)) {
        StringTokenizer words = new StringTokenizer(line, " \t");
        while (words.hasMoreTokens()) {
          tags.add(words.nextToken());
        }
      }
    }
    if (response.contains(CACHE_TAG)) {
      tags.addAll(FieldLists.members(response, CACHE_TAG));
    }
    return tags;
  }
}
