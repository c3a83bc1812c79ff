package io.simplecache.store;

/**
 * What a purge met.
 *
 * @param resources of which something was removed or made stale
 * @param responses that were removed or made stale
 */
public record Purged(int resources, int responses) {}
