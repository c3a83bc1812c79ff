package io.simplecache.fetch;

import io.simplecache.body.SharedBody;
import io.simplecache.message.ResponseHead;
import io.simplecache.policy.Combination;
import io.simplecache.policy.PartialContent;
import io.simplecache.store.StoredResponse;
import org.jspecify.annotations.Nullable;

/**
 * Two stored parts of one representation that touch each other (RFC 9111 §3.4).
 *
 * @param newer the one whose fields count
 * @param older the other
 * @param first whichever comes first
 * @param second the other
 * @param part what they are together
 * @param overlapBytes how much of the second is in the first already
 */
record PartJoin(
    StoredResponse newer,
    StoredResponse older,
    StoredResponse first,
    StoredResponse second,
    PartialContent part,
    long overlapBytes) {
  /** Returns how two stored responses become a larger one, or null if they do not. */
  static @Nullable PartJoin of(StoredResponse newer, StoredResponse older) {
    PartialContent part = newer.part();
    PartialContent other = older.part();
    if (part == null || other == null || !part.touches(other)) {
      return null;
    }
    boolean belong =
        !part.covers(other)
            && !other.covers(part)
            && newer.variant().equals(older.variant())
            && Combination.sameRepresentation(newer.head(), older.head());
    if (!belong) {
      return null;
    }
    boolean newerIsFirst = part.first() < other.first();
    long end = newerIsFirst ? part.last() : other.last();
    long start = newerIsFirst ? other.first() : part.first();
    return new PartJoin(
        newer,
        older,
        newerIsFirst ? newer : older,
        newerIsFirst ? older : newer,
        part.with(other),
        end + 1 - start);
  }

  ResponseHead head() {
    return Combination.combinedHead(older.head(), newer.head(), part);
  }

  /** Appends the bytes of both; false if one is gone or memory is short. */
  boolean appendTo(SharedBody joined) {
    return appendTo(joined, first, 0) && appendTo(joined, second, overlapBytes);
  }

  private static boolean appendTo(SharedBody joined, StoredResponse stored, long from) {
    if (!stored.acquire()) {
      return false;
    }
    boolean appended = stored.appendTo(joined, from, stored.lengthBytes());
    stored.release();
    return appended;
  }
}
