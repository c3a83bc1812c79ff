package io.simplecache.policy;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import org.greenbytes.http.sfv.ListElement;
import org.greenbytes.http.sfv.Parser;
import org.greenbytes.http.sfv.StringItem;

/**
 * Groups of stored responses (<a href="https://datatracker.ietf.org/doc/html/rfc9875">RFC
 * 9875</a>). Group names are compared as they are, within one origin. An invalidation by group
 * concerns the responses of the group, but not the other groups that these are in (§2.2.1).
 */
public final class CacheGroups {
  private static final String CACHE_GROUPS = "cache-groups";
  private static final String CACHE_GROUP_INVALIDATION = "cache-group-invalidation";

  private CacheGroups() {}

  /** Returns the groups that a stored response is in (§2); empty when there are none or invalid. */
  public static List<String> of(HttpHeaders response) {
    return strings(response, CACHE_GROUPS);
  }

  /**
   * Returns the groups that the response to a request makes invalid (§3); empty for a safe method,
   * where the field is to be ignored, and when there are none or invalid.
   */
  public static List<String> invalidatedBy(HttpMethod method, HttpHeaders response) {
    return Methods.isSafe(method) ? List.of() : strings(response, CACHE_GROUP_INVALIDATION);
  }

  /** Both fields are Lists of Strings; anything else in them makes them invalid as a whole. */
  private static List<String> strings(HttpHeaders fields, String name) {
    if (!fields.contains(name)) {
      return List.of();
    }
    List<String> groups = new ArrayList<>();
    for (ListElement<? extends Object> member : parse(fields.getAll(name))) {
      if (!(member instanceof StringItem string)) {
        return List.of();
      }
      groups.add(string.get());
    }
    return List.copyOf(groups);
  }

  private static List<ListElement<? extends Object>> parse(List<String> lines) {
    try {
      return new Parser(lines).parseList().get();
    } catch (IllegalArgumentException invalid) {
      return List.of();
    }
  }
}
