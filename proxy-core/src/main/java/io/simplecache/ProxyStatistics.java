package io.simplecache;

/**
 * What a proxy holds at one moment.
 *
 * @param storedResources keys with at least one stored response; an estimate
 * @param storedBytes the weight of all stored responses, heads, keys and bookkeeping included
 * @param arrivingBytes bodies that are arriving and will be stored
 * @param segmentBytes what the segments of bodies take in their allocator
 * @param heldBytes what that allocator holds from the system
 * @param connections open connections of clients
 * @param flights fetches that others may join
 */
public record ProxyStatistics(
    long storedResources,
    long storedBytes,
    long arrivingBytes,
    long segmentBytes,
    long heldBytes,
    int connections,
    int flights) {}
