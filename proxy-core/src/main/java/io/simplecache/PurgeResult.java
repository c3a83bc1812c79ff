package io.simplecache;

/**
 * What a purge met.
 *
 * @param resources keys of which something was removed or made stale
 * @param responses stored responses that were removed or made stale
 */
public record PurgeResult(int resources, int responses) {}
