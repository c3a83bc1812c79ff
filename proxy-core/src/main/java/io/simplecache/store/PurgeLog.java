package io.simplecache.store;

import io.netty.handler.codec.http.HttpHeaders;
import io.simplecache.key.CacheKey;
import io.simplecache.store.TagIndex.Membership;
import io.simplecache.store.TagIndex.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What was purged or invalidated when, so that a response that was asked for before does not come
 * into the store after it. Time is a count of purges: a fetch notes the moment at which it began,
 * and is overtaken by whatever concerns its response and bears a later one.
 *
 * <p>Keys, hosts and tags share a fixed number of places by their hashes, so that nothing is ever
 * forgotten and nothing grows. Two that share one make a response that is under way just then not
 * be stored without need; what is stored is judged by this log only where request fields are part
 * of the key, and then looked up in vain without need. Prefixes are kept one by one, the last
 * {@value #MAX_PREFIXES} of them; of an earlier one it is assumed that it concerns everything.
 *
 * <p>Any thread.
 */
final class PurgeLog {
  private static final int MAX_PREFIXES = 64;
  private static final int PLACES = 1 << 14;

  private record Prefix(String scheme, String authority, String beginning, long moment) {
    boolean concerns(CacheKey key) {
      return key.scheme().equals(scheme)
          && key.authority().equals(authority)
          && key.target().startsWith(beginning);
    }
  }

  private final AtomicLong moments = new AtomicLong();
  private final AtomicLongArray places = new AtomicLongArray(PLACES);
  private volatile long everythingAt;
  private volatile long deferredAt;
  private volatile long forgottenAt;
  private volatile List<Prefix> prefixes = List.of();

  /** Returns the moment that it is: nothing that is purged from now on bears it. */
  long now() {
    return moments.get();
  }

  /** Notes that a key is purged, whatever request fields the operator has added to it. */
  void key(CacheKey key) {
    mark(hash(key));
  }

  /**
   * Notes that a target is purged, whatever request fields the operator has added to its keys. Who
   * looks one up sees to it, see {@link #deferredAt}.
   */
  void target(CacheKey key) {
    deferredAt(mark(hash(key)));
  }

  /** Notes that a host is purged. */
  void host(String authority) {
    mark(hash(authority));
  }

  /** Notes that a tag is purged; the caller tells its members and then {@link #deferredAt}. */
  long tag(Tag tag) {
    return mark(tag.hashCode());
  }

  /** Notes that the members of a tag have been told. */
  synchronized void deferredAt(long moment) {
    deferredAt = Math.max(deferredAt, moment);
  }

  /**
   * Returns the moment of the last purge, of a tag or a target, that did not remove what it
   * concerns: for who looks up what is older there may be something to remove.
   */
  long deferredAt() {
    return deferredAt;
  }

  /** Notes that all keys with this beginning are purged. */
  synchronized void prefix(String scheme, String authority, String beginning) {
    List<Prefix> noted = new ArrayList<>(prefixes);
    noted.add(new Prefix(scheme, authority, beginning, moments.incrementAndGet()));
    if (noted.size() > MAX_PREFIXES) {
      forgottenAt = noted.remove(0).moment;
    }
    prefixes = List.copyOf(noted);
  }

  /** Notes that everything is purged. */
  synchronized void everything() {
    everythingAt = moments.incrementAndGet();
  }

  private long mark(int hash) {
    long moment = moments.incrementAndGet();
    places.accumulateAndGet(placeOf(hash), moment, Math::max);
    return moment;
  }

  /** Returns whether something with this key was purged after {@code moment}. */
  boolean overtook(CacheKey key, long moment) {
    if (moments.get() == moment) {
      return false;
    }
    if (everythingAt > moment || forgottenAt > moment) {
      return true;
    }
    for (Prefix prefix : prefixes) {
      if (prefix.moment > moment && prefix.concerns(key)) {
        return true;
      }
    }
    return isMarked(hash(key), moment) || isMarked(hash(key.authority()), moment);
  }

  /** Returns whether a response with this key and these fields was purged after {@code moment}. */
  boolean overtook(CacheKey key, HttpHeaders fields, long moment) {
    if (moments.get() == moment) {
      return false;
    }
    return overtook(key, moment)
        || TagIndex.tagsOf(key, fields).stream().anyMatch(tag -> isMarked(tag.hashCode(), moment));
  }

  /**
   * Returns whether the target of a stored response was purged since it began. Two that share a
   * place are not told apart.
   */
  boolean overtookTarget(StoredResponse response) {
    return isMarked(hash(response.key()), response.moment());
  }

  /** Returns whether a response that has been entered into the index was purged since it began. */
  boolean overtook(StoredResponse response) {
    long moment = response.moment();
    if (moments.get() == moment) {
      return false;
    }
    for (Membership member : response.memberships()) {
      if (isMarked(member.tag.hashCode(), moment)) {
        return true;
      }
    }
    return overtook(response.key(), moment);
  }

  private boolean isMarked(int hash, long moment) {
    return places.get(placeOf(hash)) > moment;
  }

  private static int hash(CacheKey key) {
    return (key.targetOnly().hashCode() * 31 + key.authority().hashCode()) * 31
        + key.scheme().hashCode();
  }

  private static int hash(String authority) {
    return authority.hashCode() * 31;
  }

  private static int placeOf(int hash) {
    int spread = hash * 0x9E3779B9;
    return spread >>> (32 - Integer.numberOfTrailingZeros(PLACES));
  }
}
