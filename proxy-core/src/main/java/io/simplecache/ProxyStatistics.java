package io.simplecache;

import io.simplecache.observe.Departure;
import java.util.Map;

/**
 * What a proxy holds at one moment, and what has left it since it was made. The weights of {@code
 * bodyBytes} to {@code tagBytes} together with {@code arrivingBytes} and {@code relayWindowBytes}
 * are what {@code limitBytes} bounds.
 *
 * @param storedResources keys with at least one stored response; an estimate
 * @param storedBytes the weight of all stored responses, heads, keys and bookkeeping included
 * @param bodyBytes what of that is bodies
 * @param headBytes what of that is heads
 * @param indexBytes what of that is keys and the places in the store
 * @param tagBytes what tags take: that responses have them, and their names, which come on top
 * @param arrivingBytes bodies that are arriving and will be stored
 * @param relayWindowBytes what is kept of relayed bodies for clients that have not taken it yet
 * @param limitBytes what all that may take
 * @param segmentBytes what the segments of bodies take in their allocator
 * @param heldBytes what that allocator holds from the system
 * @param tags distinct tags
 * @param connections open connections of clients
 * @param flights fetches that others may join
 * @param originRequests sent to main servers since the proxy was made, background validations and
 *     retries included, health checks not
 * @param departures how many stored responses have left, or could not be stored, by cause
 */
public record ProxyStatistics(
    long storedResources,
    long storedBytes,
    long bodyBytes,
    long headBytes,
    long indexBytes,
    long tagBytes,
    long arrivingBytes,
    long relayWindowBytes,
    long limitBytes,
    long segmentBytes,
    long heldBytes,
    int tags,
    int connections,
    int flights,
    long originRequests,
    Map<Departure.Cause, Long> departures) {}
