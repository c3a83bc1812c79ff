package io.simplecache.exchange;

import io.simplecache.fetch.Fetcher;
import io.simplecache.key.KeyRules;
import io.simplecache.observe.ExchangeRecord;
import io.simplecache.policy.SiteRules;
import io.simplecache.store.ResponseStore;
import io.simplecache.store.SearchRules;
import io.simplecache.store.UnstorableKeys;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;

/**
 * What all exchanges of a proxy share.
 *
 * @param name how the proxy calls itself in Via and Cache-Status
 * @param honourRequestDirectives whether Cache-Control and Pragma of requests count (RFC 9111
 *     §5.2.1 leaves that to the cache)
 * @param maxWait how long a follower waits for a leader before it asks alone
 * @param maxRanges the most parts of one response
 * @param listener told of every exchange that is over, on its event loop
 */
public record ExchangeContext(
    String name,
    ResponseStore store,
    UnstorableKeys unstorable,
    Fetcher fetcher,
    SiteRules rules,
    KeyRules keys,
    SearchRules search,
    InstantSource clock,
    boolean honourRequestDirectives,
    Duration maxWait,
    int maxRanges,
    Consumer<ExchangeRecord> listener) {}
