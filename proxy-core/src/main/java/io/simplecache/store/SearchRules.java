package io.simplecache.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.simplecache.key.CacheKey;
import io.simplecache.policy.NoVarySearch;
import org.jspecify.annotations.Nullable;

/**
 * What responses have said about query parameters (No-Vary-Search), by path: a request for the same
 * path is looked up by what is left. Bounded in number. Any thread.
 */
public final class SearchRules {
  private static final int MAX_PATHS = 10_000;

  private final @Nullable Cache<String, NoVarySearch> byPath;

  /** Creates an empty memory; one that is not enabled stays so. */
  public SearchRules(boolean enabled) {
    byPath =
        enabled
            ? Caffeine.newBuilder().maximumSize(MAX_PATHS).executor(Runnable::run).build()
            : null;
  }

  /** Notes what the response to {@code key} says. */
  public void learn(CacheKey key, @Nullable NoVarySearch rule) {
    if (byPath != null && rule != null) {
      byPath.put(pathOf(key), rule);
    }
  }

  /** Returns the key by which a response to {@code key} is looked up and stored. */
  public CacheKey normal(CacheKey key) {
    if (byPath == null || key.target().indexOf('?') < 0) {
      return key;
    }
    NoVarySearch rule = byPath.getIfPresent(pathOf(key));
    return rule == null
        ? key
        : new CacheKey(key.scheme(), key.authority(), rule.normalTarget(key.target()));
  }

  private static String pathOf(CacheKey key) {
    int query = key.target().indexOf('?');
    String path = query < 0 ? key.target() : key.target().substring(0, query);
    return key.scheme() + "://" + key.authority() + path;
  }
}
