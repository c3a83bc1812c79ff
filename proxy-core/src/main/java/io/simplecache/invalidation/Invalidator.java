package io.simplecache.invalidation;

import io.simplecache.key.CacheKey;
import io.simplecache.key.KeyRules;
import io.simplecache.key.TargetUri;
import io.simplecache.message.RequestHead;
import io.simplecache.message.ResponseHead;
import io.simplecache.policy.CacheGroups;
import io.simplecache.policy.Invalidation;
import io.simplecache.store.ResponseStore;
import io.simplecache.store.SearchRules;

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
      KeyRules keys,
      SearchRules search,
      RequestHead request,
      ResponseHead response) {
    if (!Invalidation.invalidates(request.method(), response.code())) {
      return;
    }
    for (String target : Invalidation.targets(request, response)) {
      CacheKey key = search.normal(keys.keyOf(request, TargetUri.normalTarget(target)));
      if (keys.addedFields().isEmpty()) {
        store.invalidate(key);
      } else {
        store.invalidateWithAddedFields(key);
      }
    }
    for (String group : CacheGroups.invalidatedBy(request.method(), response.fields())) {
      store.invalidateGroup(request.scheme(), request.authority(), group);
    }
  }
}
