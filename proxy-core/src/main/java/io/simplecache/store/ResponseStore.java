package io.simplecache.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.simplecache.body.MemoryBudget;
import io.simplecache.key.CacheKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stored responses of one proxy. The variants of a resource are one entry: they are found by
 * one look-up and leave together.
 *
 * <p>Ownership: what is put is taken, with its reference of the body. Whoever takes a response out
 * of the map releases that reference: the removal listener for what the eviction took, the method
 * itself for what it replaced or removed.
 *
 * <p>Threads: any. The eviction's work runs in small portions on the threads that use the store.
 */
public final class ResponseStore implements AutoCloseable {
  private final Cache<CacheKey, StoredResource> resources;
  private final Policy.Eviction<CacheKey, StoredResource> eviction;
  private final GroupIndex groups = new GroupIndex();
  private final int maxVariants;
  private volatile boolean closed;

  /**
   * Creates an empty store.
   *
   * @param budget says how much the store may hold, and changes it
   * @param maxVariants of one resource
   */
  public ResponseStore(MemoryBudget budget, int maxVariants) {
    this.maxVariants = maxVariants;
    this.resources =
        Caffeine.newBuilder()
            .maximumWeight(budget.storeShareBytes())
            .weigher(ResponseStore::weigh)
            .executor(Runnable::run)
            .removalListener(this::removed)
            .build();
    this.eviction = resources.policy().eviction().orElseThrow();
    budget.onStoreShare(eviction::setMaximum);
  }

  private static int weigh(CacheKey key, StoredResource resource) {
    return (int) Math.min(Integer.MAX_VALUE, resource.weightBytes());
  }

  private void removed(
      @Nullable CacheKey key, @Nullable StoredResource resource, RemovalCause cause) {
    if (cause.wasEvicted() && resource != null) {
      resource.responses().forEach(this::drop);
    }
  }

  /** What becomes of everything that was in the map and is not any more. */
  private void drop(StoredResponse response) {
    groups.takeOut(response);
    response.release();
  }

  /** Returns what is stored for {@code key}, or null. */
  public @Nullable StoredResource find(CacheKey key) {
    return resources.getIfPresent(key);
  }

  /** Stores a response in the place of the one of the same variant; takes it. */
  public void put(StoredResponse response) {
    Dropped dropped = new Dropped();
    groups.enter(response);
    resources
        .asMap()
        .compute(
            response.key(),
            (key, before) -> {
              if (closed) {
                dropped.add(response);
                return before;
              }
              if (before == null) {
                return new StoredResource(List.of(response));
              }
              StoredResource after = before.with(response, maxVariants);
              dropped.difference(before, after);
              return after;
            });
    dropped.release();
    if (closed) {
      // It may have come after everything else was removed.
      remove(response);
    }
  }

  /**
   * Puts {@code freshened} in the place of {@code stored}, whose body it shares, unless that is
   * gone; takes its reference.
   */
  public void replace(StoredResponse stored, StoredResponse freshened) {
    Dropped dropped = new Dropped();
    groups.enter(freshened);
    resources
        .asMap()
        .compute(
            stored.key(),
            (key, before) -> {
              if (before == null || !before.responses().contains(stored)) {
                dropped.add(freshened);
                return before;
              }
              StoredResource after = before.with(freshened, stored, maxVariants);
              dropped.difference(before, after);
              return after;
            });
    dropped.release();
  }

  /** Removes one stored response, if it is still there. */
  public void remove(StoredResponse stored) {
    Dropped dropped = new Dropped();
    resources
        .asMap()
        .computeIfPresent(
            stored.key(),
            (key, before) -> {
              if (!before.responses().contains(stored)) {
                return before;
              }
              dropped.add(stored);
              return before.without(stored);
            });
    dropped.release();
  }

  /** Removes all stored responses of {@code key}; returns how many there were. */
  public int remove(CacheKey key) {
    StoredResource removed = resources.asMap().remove(key);
    if (removed == null) {
      return 0;
    }
    removed.responses().forEach(this::drop);
    return removed.responses().size();
  }

  /** Removes the stored responses of one origin that are in a group (RFC 9875). */
  public void removeGroup(String scheme, String authority, String group) {
    groups.members(scheme, authority, group).forEach(this::remove);
  }

  /** Removes everything; returns how many stored responses there were. */
  public int removeAll() {
    int removed = 0;
    for (CacheKey key : resources.asMap().keySet()) {
      removed += remove(key);
    }
    return removed;
  }

  /** Returns the weight of all that is stored, in bytes. */
  public long weightBytes() {
    return eviction.weightedSize().orElse(0);
  }

  /** Returns the sum of the weights of what is stored now, counted one by one: for tests. */
  public long countedWeightBytes() {
    return resources.asMap().values().stream().mapToLong(StoredResource::weightBytes).sum();
  }

  /** Returns the number of resources. */
  public long size() {
    return resources.estimatedSize();
  }

  /** Does the eviction's outstanding work now. */
  public void settle() {
    resources.cleanUp();
  }

  /** Releases everything; what is put later is dropped. */
  @Override
  public void close() {
    closed = true;
    removeAll();
  }

  /** Responses that leave the map in a computation, to be released after it. */
  private final class Dropped {
    private List<StoredResponse> responses = List.of();

    void add(StoredResponse response) {
      responses = List.of(response);
    }

    void difference(StoredResource before, StoredResource after) {
      responses = before.responses().stream().filter(r -> !after.responses().contains(r)).toList();
    }

    void release() {
      responses.forEach(ResponseStore.this::drop);
    }
  }
}
