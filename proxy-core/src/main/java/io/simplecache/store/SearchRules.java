package io.simplecache.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.simplecache.key.CacheKey;
import io.simplecache.policy.NoVarySearch;
import org.jspecify.annotations.Nullable;

/**
 * What responses have said about query parameters (No-Vary-Search), by path: a request for the same
 * path is looked up by what is left. Bounded in bytes. Any thread.
 */
public final class SearchRules {
  /** Of the heap, which is beside the memory that the operator gives. */
  private static final int MAX_BYTES = 2 << 20;

  private static final int ENTRY_BYTES = 120;

  private final @Nullable Cache<String, NoVarySearch> byPath;

  /** Creates an empty memory; one that is not enabled stays so. */
  public SearchRules(boolean enabled) {
    byPath =
        enabled
            ? Caffeine.newBuilder()
                .maximumWeight(MAX_BYTES)
                .weigher(SearchRules::weigh)
                .executor(Runnable::run)
                .build()
            : null;
  }

  /** Notes what a response to {@code key} says last; null: nothing. */
  public void learn(CacheKey key, @Nullable NoVarySearch rule) {
    if (byPath == null) {
      return;
    }
    if (rule != null) {
      byPath.put(pathOf(key), rule);
    } else {
      byPath.invalidate(pathOf(key));
    }
  }

  /**
   * Returns the key by which a response to {@code key} is looked up and stored; the same object
   * where no response has said anything.
   */
  public CacheKey normal(CacheKey key) {
    if (byPath == null || key.target().indexOf('?') < 0) {
      return key;
    }
    NoVarySearch rule = byPath.getIfPresent(pathOf(key));
    return rule == null ? key : key.withTargetOnly(rule.normalTarget(key.targetOnly()));
  }

  private static int weigh(String path, NoVarySearch rule) {
    int names = rule.names().stream().mapToInt(name -> 64 + name.length()).sum();
    return ENTRY_BYTES + path.length() + names;
  }

  private static String pathOf(CacheKey key) {
    String target = key.targetOnly();
    int query = target.indexOf('?');
    String path = query < 0 ? target : target.substring(0, query);
    return key.scheme() + "://" + key.authority() + path;
  }
}
