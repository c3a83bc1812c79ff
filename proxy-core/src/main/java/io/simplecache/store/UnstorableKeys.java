package io.simplecache.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.simplecache.key.CacheKey;
import java.time.Duration;

/**
 * The keys whose response turned out not to be storable a short while ago: who asks for one of them
 * need not wait in line to learn it again. Bounded in bytes and time. Any thread.
 */
public final class UnstorableKeys {
  /** Of the heap, which is beside the memory that the operator gives. */
  static final int MAX_BYTES = 4 << 20;

  /** What the cache has of each beside its key. */
  private static final int ENTRY_BYTES = 120;

  private final Cache<CacheKey, Boolean> keys;

  /**
   * Creates an empty memory.
   *
   * @param rememberedFor how long a key is remembered
   */
  public UnstorableKeys(Duration rememberedFor) {
    keys =
        Caffeine.newBuilder()
            .maximumWeight(MAX_BYTES)
            .weigher((CacheKey key, Boolean value) -> ENTRY_BYTES + key.weightBytes())
            .expireAfterWrite(rememberedFor)
            .executor(Runnable::run)
            .build();
  }

  public boolean contains(CacheKey key) {
    return keys.getIfPresent(key) != null;
  }

  /** Returns what {@link #contains} would, but leaves no trace. */
  public boolean peek(CacheKey key) {
    return keys.policy().getIfPresentQuietly(key) != null;
  }

  public void remember(CacheKey key) {
    keys.put(key, Boolean.TRUE);
  }

  public void forget(CacheKey key) {
    keys.invalidate(key);
  }
}
