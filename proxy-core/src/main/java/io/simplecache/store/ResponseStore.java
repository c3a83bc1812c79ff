package io.simplecache.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.concurrent.Ticker;
import io.simplecache.body.MemoryBudget;
import io.simplecache.key.AbsoluteUri;
import io.simplecache.key.CacheKey;
import io.simplecache.key.TargetUri;
import io.simplecache.observe.Departure.Cause;
import io.simplecache.store.TagIndex.Tag;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
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
 * The methods that purge walk over what they purge, or over all keys: they are not for event loops.
 *
 * @see <a href="package-summary.html">Purging</a>
 */
public final class ResponseStore implements AutoCloseable {
  /** Of the members of a purged tag at most so many are taken out at a time. */
  private static final int SWEPT_AT_ONCE = 32;

  /** Fewer, if that takes longer than it does once the code is warm. */
  private static final long SWEEP_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

  private static final Ticker TICKER = Ticker.systemTicker();

  /**
   * And then the event loops have the processor for themselves. By the thread that waits: the
   * common pool's executor makes one for each task where there are two processors.
   */
  private static final Executor AFTER_A_PAUSE =
      CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS, Runnable::run);

  /** What the cache counts in: its weights are integers, and one body may have many gigabytes. */
  private static final int UNIT_BYTES = 16;

  private final Cache<CacheKey, StoredResource> resources;
  private final Policy.Eviction<CacheKey, StoredResource> eviction;
  private final MemoryBudget budget;
  private final TagIndex tags = new TagIndex();
  private final PurgeLog purges = new PurgeLog();
  private final StoreWeights weights = new StoreWeights();
  private final Departures departures;
  private final int maxVariants;
  private volatile boolean closed;

  /**
   * Creates an empty store.
   *
   * @param budget says how much the store may hold, and changes it
   * @param maxVariants of one resource
   * @param clock the wall clock, which dates departures
   */
  public ResponseStore(MemoryBudget budget, int maxVariants, InstantSource clock) {
    this.budget = budget;
    this.maxVariants = maxVariants;
    this.departures = new Departures(clock);
    this.resources =
        Caffeine.newBuilder()
            .maximumWeight(budget.storeShareBytes() / UNIT_BYTES)
            .weigher(this::weigh)
            .executor(Runnable::run)
            .removalListener(this::removed)
            .build();
    this.eviction = resources.policy().eviction().orElseThrow();
    budget.onStoreShare(bytes -> eviction.setMaximum(bytes / UNIT_BYTES));
  }

  private int weigh(CacheKey key, StoredResource resource) {
    long bytes = budget.weight(resource.weightBytes(), resource.heapBytes());
    return (int) Math.min(Integer.MAX_VALUE, (bytes + UNIT_BYTES - 1) / UNIT_BYTES);
  }

  private void removed(
      @Nullable CacheKey key, @Nullable StoredResource resource, RemovalCause cause) {
    if (cause.wasEvicted() && resource != null) {
      resource.responses().forEach(response -> drop(response, Cause.EVICTED));
    }
  }

  private void enter(StoredResponse response) {
    tags.enter(response);
    weights.add(response);
  }

  /** What becomes of everything that was in the map and is not any more. */
  private void drop(StoredResponse response, @Nullable Cause cause) {
    weights.subtract(response);
    tags.takeOut(response);
    response.release();
    if (cause != null) {
      departures.note(response.key(), cause, /* reason= */ null);
    }
  }

  /** Returns what is stored for {@code key}, or null. */
  public @Nullable StoredResource find(CacheKey key) {
    StoredResource found = resources.getIfPresent(key);
    if (found == null || !found.isOlderThan(purges.deferredAt()) || !isAffected(found)) {
      return found;
    }
    change(key, Cause.INVALIDATED, response -> isTargetPurged(response) ? null : response);
    change(key, Cause.PURGED, StoredResponse::withoutPurgedTags);
    return resources.getIfPresent(key);
  }

  /** Returns what {@link #find} would, but leaves no trace: it is no use of what it returns. */
  public @Nullable StoredResource peek(CacheKey key) {
    StoredResource found = resources.policy().getIfPresentQuietly(key);
    if (found == null || found.responses().stream().anyMatch(this::isTargetPurged)) {
      return null;
    }
    return found.withoutPurgedTags();
  }

  private boolean isAffected(StoredResource found) {
    List<StoredResponse> responses = found.responses();
    for (int i = 0; i < responses.size(); i++) {
      if (responses.get(i).isPurged() || isTargetPurged(responses.get(i))) {
        return true;
      }
    }
    return false;
  }

  private boolean isTargetPurged(StoredResponse response) {
    return response.key().hasAddedFields() && purges.overtookTarget(response);
  }

  /** Returns the moment that it is, among purges: who asks the origin now notes it. */
  public long moment() {
    return purges.now();
  }

  /**
   * Returns whether a response to {@code key} that was asked for at {@code moment} has been purged
   * since, as far as the key tells: then nobody may join the fetch.
   */
  public boolean overtook(CacheKey key, long moment) {
    return purges.overtook(key, moment);
  }

  /** The same for a response whose fields are there, and with them its tags. */
  public boolean overtook(CacheKey key, HttpHeaders fields, long moment) {
    return purges.overtook(key, fields, moment);
  }

  /**
   * Stores a response in the place of the one of the same variant, unless it was purged while it
   * was on its way; takes it.
   */
  public void put(StoredResponse response) {
    Dropped dropped = new Dropped(/* cause= */ null);
    enter(response);
    resources
        .asMap()
        .compute(
            response.key(),
            (key, before) -> {
              // In here, so that a purge either was noted before or comes for it after.
              if (closed || purges.overtook(response)) {
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
    budget.index(tags.weightBytes());
    if (closed) {
      // It may have come after everything else was removed.
      remove(response);
    }
  }

  /**
   * Puts {@code freshened} in the place of {@code stored}, whose body it shares, unless that is
   * gone or was purged by a tag of either; takes its reference.
   */
  public void replace(StoredResponse stored, StoredResponse freshened) {
    Dropped dropped = new Dropped(/* cause= */ null);
    enter(freshened);
    resources
        .asMap()
        .compute(
            stored.key(),
            (key, before) -> {
              boolean gone = before == null || !before.responses().contains(stored);
              if (gone || stored.isPurged() || freshened.isPurged()) {
                dropped.add(freshened);
                return before;
              }
              StoredResource after = before.with(freshened, stored, maxVariants);
              dropped.difference(before, after);
              return after;
            });
    dropped.release();
  }

  /** Removes one stored response, if it is still there: the origin says that it is not good. */
  public void remove(StoredResponse stored) {
    change(stored.key(), Cause.INVALIDATED, response -> response == stored ? null : response);
  }

  /** Makes all stored responses of {@code key} invalid (RFC 9111 §4.4). */
  public void invalidate(CacheKey key) {
    purges.key(key);
    change(key, Cause.INVALIDATED, response -> null);
  }

  /**
   * Makes all stored responses of a target invalid, whatever request fields were added to their
   * keys: who looks one up sees to it.
   */
  public void invalidateWithAddedFields(CacheKey key) {
    purges.target(key);
  }

  /**
   * Makes the stored responses of one origin that are in a group invalid (RFC 9875): at once, but
   * the memory of many is given back by and by.
   */
  public void invalidateGroup(String scheme, String authority, String group) {
    purge(Tag.ofGroup(scheme, authority, group), /* soft= */ false, Cause.INVALIDATED);
  }

  /** Purges all stored responses of one key; returns how many, as all that purge do. */
  public int purge(CacheKey key, boolean soft) {
    purges.key(key);
    return purgeKey(key, soft);
  }

  /** Purges all stored responses of a target, whatever request fields were added to their keys. */
  public int purgeWithAddedFields(CacheKey target, boolean soft) {
    purges.key(target);
    String beginning = target.target() + "\n";
    return purge(
        key ->
            key.scheme().equals(target.scheme())
                && key.authority().equals(target.authority())
                && (key.target().equals(target.target()) || key.target().startsWith(beginning)),
        soft);
  }

  /** Purges all keys that begin with {@code prefix}. */
  public int purgePrefix(AbsoluteUri prefix, boolean soft) {
    purges.prefix(prefix.scheme(), prefix.authority(), prefix.target());
    return purge(
        key ->
            key.scheme().equals(prefix.scheme())
                && key.authority().equals(prefix.authority())
                && key.target().startsWith(prefix.target()),
        soft);
  }

  /** Purges all keys of a host. */
  public int purgeHost(String authority, boolean soft) {
    String http = TargetUri.normalAuthority("http", authority);
    String https = TargetUri.normalAuthority("https", authority);
    purges.host(http);
    purges.host(https);
    return purge(key -> key.authority().equals(key.scheme().equals("http") ? http : https), soft);
  }

  /** Purges everything. */
  public int purgeAll(boolean soft) {
    purges.everything();
    return purge(key -> true, soft);
  }

  private int purge(Predicate<CacheKey> concerned, boolean soft) {
    int purged = 0;
    for (CacheKey key : resources.asMap().keySet()) {
      purged += concerned.test(key) ? purgeKey(key, soft) : 0;
    }
    return purged;
  }

  private int purgeKey(CacheKey key, boolean soft) {
    return change(key, Cause.PURGED, soft ? StoredResponse::asInvalidated : response -> null);
  }

  /**
   * Purges all stored responses that have a tag, of whatever origin: at once, but the memory of
   * many is given back by and by.
   */
  public int purgeTag(String name, boolean soft) {
    return purge(new Tag(Tag.EVERYWHERE, name), soft, Cause.PURGED);
  }

  /** From here on no member of the tag is used any more: who looks one up sees to it. */
  private int purge(Tag tag, boolean soft, Cause cause) {
    // In this order: who is entered later than we look finds himself overtaken when he is put.
    long moment = purges.tag(tag);
    int purged = tags.purge(tag, moment, soft);
    if (purged > 0) {
      purges.deferredAt(moment);
      sweep(tag, moment, cause);
    }
    return purged;
  }

  private void sweep(Tag tag, long moment, Cause cause) {
    List<CacheKey> keys = tags.firstBefore(tag, moment, SWEPT_AT_ONCE);
    long begin = TICKER.nanoTime();
    int swept = 0;
    while (swept < keys.size() && (swept == 0 || TICKER.nanoTime() - begin < SWEEP_NANOS)) {
      change(keys.get(swept++), cause, StoredResponse::withoutPurgedTags);
    }
    if (swept < keys.size() || swept == SWEPT_AT_ONCE) {
      AFTER_A_PAUSE.execute(() -> sweep(tag, moment, cause));
    }
  }

  /**
   * Puts other responses in the place of those of a key.
   *
   * @param to returns the same, or what comes in its place and shares its body, or null for nothing
   * @return how many responses are concerned
   */
  private int change(
      CacheKey key, Cause cause, Function<StoredResponse, @Nullable StoredResponse> to) {
    Dropped gone = new Dropped(cause);
    Dropped replaced = new Dropped(/* cause= */ null);
    List<StoredResponse> going = new ArrayList<>(1);
    List<StoredResponse> replacing = new ArrayList<>(0);
    resources
        .asMap()
        .computeIfPresent(
            key,
            (same, before) -> {
              List<StoredResponse> kept = new ArrayList<>(before.responses().size());
              for (StoredResponse response : before.responses()) {
                StoredResponse after = to.apply(response);
                if (after == response) {
                  kept.add(response);
                } else if (after != null && after.acquire()) {
                  // The map's own reference lets it be acquired.
                  kept.add(after);
                  enter(after);
                  replacing.add(response);
                } else {
                  going.add(response);
                }
              }
              gone.responses = going;
              replaced.responses = replacing;
              if (going.isEmpty() && replacing.isEmpty()) {
                return before;
              }
              return kept.isEmpty() ? null : new StoredResource(List.copyOf(kept));
            });
    gone.release();
    replaced.release();
    return gone.responses.size() + replaced.responses.size();
  }

  /** Returns what has left, and why. */
  public Departures departures() {
    return departures;
  }

  /** Returns the weight of what is stored, by what it consists of. */
  public StoreWeights weights() {
    return weights;
  }

  /** Returns the memory that the names of tags take, in bytes. */
  public long tagBytes() {
    return tags.weightBytes();
  }

  /** Returns the number of tags. */
  public int tags() {
    return tags.size();
  }

  /** Returns what all that is stored counts towards the budget, in bytes. */
  public long weightBytes() {
    return eviction.weightedSize().orElse(0) * UNIT_BYTES;
  }

  /** Returns the sum of the weights of what is stored now, counted one by one: for tests. */
  public long countedWeightBytes() {
    return resources.asMap().entrySet().stream()
            .mapToLong(each -> weigh(each.getKey(), each.getValue()))
            .sum()
        * UNIT_BYTES;
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
    purge(key -> true, /* soft= */ false);
  }

  /** Responses that leave the map in a computation, to be released after it. */
  private final class Dropped {
    private final @Nullable Cause cause;
    private List<StoredResponse> responses = List.of();

    /** {@code cause} is null where others take their place. */
    Dropped(@Nullable Cause cause) {
      this.cause = cause;
    }

    void add(StoredResponse response) {
      responses = List.of(response);
    }

    void difference(StoredResource before, StoredResource after) {
      responses = before.responses().stream().filter(r -> !after.responses().contains(r)).toList();
    }

    void release() {
      responses.forEach(response -> drop(response, cause));
    }
  }
}
