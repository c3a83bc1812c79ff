package io.simplecache.fetch;

import io.simplecache.key.CacheKey;
import io.simplecache.key.VariantKey;

/**
 * What those who wait together want: the same target and, where it is known to vary, the same
 * variant.
 */
public record FlightKey(CacheKey key, VariantKey variant) {}
