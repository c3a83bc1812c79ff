package io.simplecache.exchange;

import io.netty.util.AsciiString;
import io.simplecache.fetch.Fetcher;
import io.simplecache.observe.ExchangeRecord;
import io.simplecache.store.ResponseStore;
import io.simplecache.store.UnstorableKeys;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;

/**
 * What all exchanges of a proxy share.
 *
 * @param name how the proxy calls itself in Via and Cache-Status
 * @param sites which site a request is for
 * @param maxWait how long a follower waits for a leader before it asks alone
 * @param maxRanges the most parts of one response
 * @param tracing whether a request to the origin gets a {@code traceparent} if it has none
 * @param listener told of every exchange that is over, on its event loop
 * @param cacheName the name, in bytes
 */
public record ExchangeContext(
    String name,
    ResponseStore store,
    UnstorableKeys unstorable,
    Fetcher fetcher,
    SiteMap sites,
    InstantSource clock,
    Duration maxWait,
    int maxRanges,
    boolean tracing,
    Consumer<ExchangeRecord> listener,
    AsciiString cacheName) {}
