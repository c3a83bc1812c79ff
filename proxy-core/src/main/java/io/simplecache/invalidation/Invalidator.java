package io.simplecache.invalidation;

import io.simplecache.fetch.Fetcher;
import io.simplecache.key.CacheKey;
import io.simplecache.key.KeyRules;
import io.simplecache.key.TargetUri;
import io.simplecache.message.RequestHead;
import io.simplecache.message.ResponseHead;
import io.simplecache.policy.CacheGroups;
import io.simplecache.policy.Invalidation;
import io.simplecache.store.ResponseStore;
import io.simplecache.store.SearchRules;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Removes what an unsafe request has made invalid (RFC 9111 §4.4). */
public final class Invalidator {
  private Invalidator() {}

  /**
   * Looks at the response to a request and removes what it makes invalid, be it stored or under
   * way: the target, what Location and Content-Location name, of the same origin, and the groups
   * that Cache-Group-Invalidation names (RFC 9875).
   */
  public static void onResponse(
      ResponseStore store,
      Fetcher fetcher,
      KeyRules keys,
      SearchRules search,
      RequestHead request,
      ResponseHead response) {
    if (!Invalidation.invalidates(request.method(), response.code())) {
      return;
    }
    Set<CacheKey> invalid = new HashSet<>();
    for (String target : Invalidation.targets(request, response)) {
      invalid.add(search.normal(keys.keyOf(request, TargetUri.normalTarget(target))));
    }
    fetcher.outdate(invalid::contains);
    invalid.forEach(store::invalidate);
    List<String> groups = CacheGroups.invalidatedBy(request.method(), response.fields());
    if (!groups.isEmpty()) {
      // What is under way does not say yet in which groups it is.
      fetcher.outdate(key -> isSameOrigin(key, request));
      groups.forEach(group -> store.invalidateGroup(request.scheme(), request.authority(), group));
    }
  }

  private static boolean isSameOrigin(CacheKey key, RequestHead request) {
    return key.authority().equals(request.authority()) && key.scheme().equals(request.scheme());
  }
}
