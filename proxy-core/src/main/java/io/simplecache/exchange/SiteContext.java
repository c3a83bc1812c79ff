package io.simplecache.exchange;

import io.simplecache.key.CacheKey;
import io.simplecache.key.KeyRules;
import io.simplecache.message.RequestHead;
import io.simplecache.origin.OriginClient;
import io.simplecache.policy.SiteRules;
import io.simplecache.store.SearchRules;
import java.util.List;

/**
 * What the exchanges of one site share.
 *
 * @param name for people
 * @param origin who is asked
 * @param rules what may be stored and for how long
 * @param keys which requests ask for the same
 * @param search what responses have said about query parameters; disabled where that does not count
 * @param honourRequestDirectives whether Cache-Control and Pragma of requests count (RFC 9111
 *     §5.2.1 leaves that to the cache)
 */
public record SiteContext(
    String name,
    OriginClient origin,
    SiteRules rules,
    KeyRules keys,
    SearchRules search,
    boolean honourRequestDirectives) {
  /** Returns that key without the request fields that are added to it. */
  public CacheKey targetKeyOf(RequestHead request) {
    KeyRules targetOnly = new KeyRules(keys.ignoredParameters(), keys.sortParameters(), List.of());
    return search.normal(targetOnly.keyOf(request));
  }
}
