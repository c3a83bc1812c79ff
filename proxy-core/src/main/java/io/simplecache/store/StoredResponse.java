package io.simplecache.store;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.simplecache.body.BodyReader;
import io.simplecache.body.SharedBody;
import io.simplecache.key.CacheKey;
import io.simplecache.key.VariantKey;
import io.simplecache.message.ResponseHead;
import io.simplecache.message.StoredFields;
import io.simplecache.policy.PartialContent;
import io.simplecache.policy.ReuseTerms;
import io.simplecache.store.TagIndex.Membership;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A complete response to GET that may be reused: its head, what that says about reuse, and its
 * body. Unchangeable; freshening makes a new one that shares the body (RFC 9111 §4.3.4). Any
 * thread.
 *
 * <p>The store holds one reference of the body for each stored response; who delivers it holds one
 * of his own between {@link #acquire} and {@link #release}.
 */
public final class StoredResponse {
  /** The head's objects and the terms of reuse. */
  private static final int HEAD_OBJECTS_BYTES = 160;

  /** This, the body's object, and the place in the store. */
  private static final int INDEX_OBJECTS_BYTES = 240;

  /** A segment of a body: its object and the buffer's. */
  private static final int SEGMENT_OBJECTS_BYTES = 160;

  private static final int SEGMENT_BYTES = 64 * 1024;
  private static final Membership[] NO_MEMBERSHIPS = {};

  private final CacheKey key;
  private final VariantKey variant;
  private final ResponseHead head;
  private final ReuseTerms terms;
  private final SharedBody body;
  private final @Nullable PartialContent part;
  private final long moment;

  /** Set once, before others see the response. */
  private Membership[] memberships = NO_MEMBERSHIPS;

  /**
   * Creates a stored response.
   *
   * @param head with {@link StoredFields}
   * @param body complete; the caller passes a reference on to the store
   * @param moment when it was asked for, see {@link ResponseStore#moment}
   */
  public StoredResponse(
      CacheKey key,
      VariantKey variant,
      ResponseHead head,
      ReuseTerms terms,
      SharedBody body,
      long moment) {
    this.key = key;
    this.variant = variant;
    this.head = new ResponseHead(head.status(), StoredFields.copyOf(head.fields()));
    this.terms = terms;
    this.body = body;
    this.part = PartialContent.of(head);
    this.moment = moment;
  }

  /** Returns this response with another head and other terms; the body is shared, not retained. */
  public StoredResponse with(ResponseHead newHead, ReuseTerms newTerms) {
    return new StoredResponse(key, variant, newHead, newTerms, body, moment);
  }

  /** Returns this response as one of another variant; the body is shared, not retained. */
  public StoredResponse forVariant(VariantKey other) {
    return new StoredResponse(key, other, head, terms, body, moment);
  }

  public CacheKey key() {
    return key;
  }

  public VariantKey variant() {
    return variant;
  }

  public ResponseHead head() {
    return head;
  }

  /** Returns the part of the representation that it holds, or null if that is the whole. */
  public @Nullable PartialContent part() {
    return part;
  }

  /**
   * Returns whether it makes {@code other} redundant: the same variant, and the whole or that part.
   */
  boolean replaces(StoredResponse other) {
    return variant.equals(other.variant) && (part == null || part.equals(other.part));
  }

  /**
   * Returns this response, or, if it is not yet, one that must be validated before its next use.
   */
  StoredResponse asInvalidated() {
    return terms.isInvalidated() ? this : with(head, terms.asInvalidated());
  }

  /** Returns when it was asked for, among the purges. */
  long moment() {
    return moment;
  }

  /** Returns the names by which it can be purged. */
  public List<String> tags() {
    return TagIndex.namesOf(memberships);
  }

  Membership[] memberships() {
    return memberships;
  }

  void memberships(Membership[] entered) {
    memberships = entered;
  }

  /**
   * Returns what purges of its tags have left of it: this, or one that must be validated before its
   * next use, or null.
   */
  @Nullable StoredResponse withoutPurgedTags() {
    long staleAt = 0;
    for (Membership member : memberships) {
      if (member.removedAt() > moment) {
        return null;
      }
      staleAt = Math.max(staleAt, member.staleAt());
    }
    return staleAt <= moment
        ? this
        : new StoredResponse(key, variant, head, terms.asInvalidated(), body, staleAt);
  }

  public ReuseTerms terms() {
    return terms;
  }

  /** Returns the length of the content in bytes. */
  public long lengthBytes() {
    return body.availableBytes();
  }

  /** Takes a reference of the body; false if it is gone already. */
  public boolean acquire() {
    return body.tryRetain();
  }

  /** Gives the reference back. */
  public void release() {
    body.release();
  }

  /** Returns a reader of the body; the caller holds a reference until he closes it. */
  public BodyReader newReader(EventLoop loop) {
    return body.newReader(loop, /* onMore= */ () -> {});
  }

  /**
   * Returns the whole content, retained, if it is in one piece, else null; the caller holds a
   * reference.
   */
  public @Nullable ByteBuf wholeContent() {
    return body.whole();
  }

  /** Returns the memory that this response takes, in bytes, with key and bookkeeping. */
  public int weightBytes() {
    long weight = bodyWeightBytes() + headWeightBytes() + indexWeightBytes() + tagWeightBytes();
    return (int) Math.min(Integer.MAX_VALUE, weight);
  }

  long bodyWeightBytes() {
    long bytes = body.retainedBytes();
    return bytes + (bytes + SEGMENT_BYTES - 1) / SEGMENT_BYTES * SEGMENT_OBJECTS_BYTES;
  }

  int headWeightBytes() {
    return HEAD_OBJECTS_BYTES + ((StoredFields) head.fields()).sizeBytes();
  }

  int indexWeightBytes() {
    return INDEX_OBJECTS_BYTES + key.weightBytes() + variant.weightBytes();
  }

  int tagWeightBytes() {
    return memberships.length * TagIndex.MEMBERSHIP_BYTES;
  }
}
