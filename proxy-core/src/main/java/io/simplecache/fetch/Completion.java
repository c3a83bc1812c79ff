package io.simplecache.fetch;

import io.netty.handler.codec.http.HttpHeaders;
import io.simplecache.body.SharedBody;
import io.simplecache.message.ResponseHead;
import io.simplecache.policy.ByteRanges;
import io.simplecache.policy.Combination;
import io.simplecache.policy.PartialContent;
import io.simplecache.store.StoredResponse;
import org.jspecify.annotations.Nullable;

/**
 * A stored part of what is asked for: only what it lacks is fetched, and together they are the
 * whole (RFC 9111 §3.4).
 *
 * @param stored the part, acquired; with a strong validator
 * @param part where it lies
 * @param missing what it lacks, before or behind it
 */
public record Completion(StoredResponse stored, PartialContent part, ByteRanges.Range missing) {
  /** Returns how a stored response may be completed, acquired, or null if it may not. */
  public static @Nullable Completion of(StoredResponse stored) {
    PartialContent part = stored.part();
    ByteRanges.Range missing = part == null ? null : part.missing();
    boolean identified = Combination.strongValidator(stored.head()) != null;
    return part != null && missing != null && identified && stored.acquire()
        ? new Completion(stored, part, missing)
        : null;
  }

  /** Has the outgoing request ask for what is missing. */
  public void ask(HttpHeaders outgoing) {
    Combination.makeCompleting(outgoing, stored.head(), missing);
  }

  /** Returns the head of the whole, or null if the origin's answer does not complete the part. */
  @Nullable ResponseHead wholeWith(ResponseHead arrived) {
    PartialContent rest = PartialContent.of(arrived);
    boolean fits =
        rest != null
            && rest.completeLength() == part.completeLength()
            && rest.first() == missing.first()
            && rest.last() == missing.last()
            && Combination.sameRepresentation(stored.head(), arrived);
    return fits ? Combination.combinedHead(stored.head(), arrived, whole()) : null;
  }

  private PartialContent whole() {
    return new PartialContent(0, part.completeLength() - 1, part.completeLength());
  }

  /**
   * Appends the stored part to the whole where its place is: before what is missing or behind it.
   *
   * @return false if memory is short, as {@link SharedBody#append(SharedBody, long, long)}
   */
  boolean appendTo(SharedBody whole) {
    return stored.appendTo(whole, 0, part.lengthBytes());
  }

  /** Returns whether the stored part is the beginning. */
  boolean comesFirst() {
    return part.first() == 0;
  }

  /** Gives the stored response back. */
  public void release() {
    stored.release();
  }
}
