package io.simplecache;

/**
 * What a purge met.
 *
 * @param responses stored responses that were removed or made stale
 */
public record PurgeResult(int responses) {}
