package io.simplecache.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.simplecache.key.CacheKey;
import java.time.Duration;

/**
 * The keys whose response turned out not to be storable a short while ago: who asks for one of them
 * need not wait in line to learn it again. Bounded in number and time. Any thread.
 */
public final class UnstorableKeys {
  private static final int MAX_KEYS = 20_000;

  private final Cache<CacheKey, Boolean> keys;

  /**
   * Creates an empty memory.
   *
   * @param rememberedFor how long a key is remembered
   */
  public UnstorableKeys(Duration rememberedFor) {
    keys =
        Caffeine.newBuilder()
            .maximumSize(MAX_KEYS)
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
