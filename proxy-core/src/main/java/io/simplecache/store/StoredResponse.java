package io.simplecache.store;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.simplecache.body.BodyReader;
import io.simplecache.body.SharedBody;
import io.simplecache.key.CacheKey;
import io.simplecache.key.VariantKey;
import io.simplecache.message.HeadFields;
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
  /** The fields' object and array, and the terms of reuse. */
  private static final int HEAD_OBJECTS_BYTES = 16 + 16 + 64;

  /** This, the body's object, and the place in the store. */
  private static final int INDEX_OBJECTS_BYTES = 56 + 56 + 40 + 88;

  /** A piece of a body: the buffer's objects and those of its allocator. */
  private static final int BUFFER_OBJECTS_BYTES = 88 + 48;

  /** What links it with others, where it is not the only one. */
  private static final int SEGMENT_OBJECT_BYTES = 40;

  private static final int SEGMENT_BYTES = 64 * 1024;
  private static final Membership[] NO_MEMBERSHIPS = {};

  private final CacheKey key;
  private final VariantKey variant;
  private final HttpResponseStatus status;
  private final StoredFields fields;
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
    this.fields = storedFields(head, body.availableBytes());
    this.status = head.status();
    this.terms = terms;
    this.body = body;
    this.part = PartialContent.of(head);
    this.moment = moment;
  }

  /**
   * As they go out with a hit: the age is in the terms, and the length is what the body has. Made
   * once; what is freshened or of another variant has them already.
   */
  private static StoredFields storedFields(ResponseHead head, long lengthBytes) {
    HttpHeaders fields = head.fields();
    boolean hasLength = head.code() != 204 && !fields.contains(HttpHeaderNames.CONTENT_LENGTH);
    if (!hasLength && !fields.contains(HttpHeaderNames.AGE)) {
      return StoredFields.copyOf(fields);
    }
    HttpHeaders changed = HeadFields.copyOf(fields).remove(HttpHeaderNames.AGE);
    if (hasLength) {
      changed.set(HttpHeaderNames.CONTENT_LENGTH, lengthBytes);
    }
    return StoredFields.copyOf(changed);
  }

  /** Returns this response with another head and what follows; the body is shared, not retained. */
  public StoredResponse with(VariantKey newVariant, ResponseHead newHead, ReuseTerms newTerms) {
    return new StoredResponse(key, newVariant, newHead, newTerms, body, moment);
  }

  /** Returns this response as one of another variant; the body is shared, not retained. */
  public StoredResponse forVariant(VariantKey other) {
    return new StoredResponse(key, other, head(), terms, body, moment);
  }

  public CacheKey key() {
    return key;
  }

  public VariantKey variant() {
    return variant;
  }

  public ResponseHead head() {
    return new ResponseHead(status, fields);
  }

  /** Returns the fields of the head. */
  public StoredFields fields() {
    return fields;
  }

  /** Returns the part of the representation that it holds, or null if that is the whole. */
  public @Nullable PartialContent part() {
    return part;
  }

  /**
   * Returns whether it makes {@code other} redundant: the same variant, and the whole or a part
   * that has all of the other.
   */
  boolean replaces(StoredResponse other) {
    return variant.equals(other.variant)
        && (part == null || (other.part != null && part.covers(other.part)));
  }

  /**
   * Returns this response, or, if it is not yet, one that must be validated before its next use.
   */
  StoredResponse asInvalidated() {
    return terms.isInvalidated() ? this : with(variant, head(), terms.asInvalidated());
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
        : new StoredResponse(key, variant, head(), terms.asInvalidated(), body, staleAt);
  }

  /** Returns whether one of its tags was purged since, but nobody has seen to it. */
  boolean isPurged() {
    return withoutPurgedTags() != this;
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
   * Appends some of the content to a body that grows; the caller holds a reference.
   *
   * @return false as {@link SharedBody#append(SharedBody, long, long)}
   */
  public boolean appendTo(SharedBody growing, long from, long to) {
    return growing.append(body, from, to);
  }

  /**
   * Returns the whole content, retained, if it is in one piece, else null; the caller holds a
   * reference.
   */
  public @Nullable ByteBuf wholeContent() {
    return body.whole();
  }

  /** Returns the memory that this response takes, in bytes, with key and bookkeeping. */
  public long weightBytes() {
    return bodyWeightBytes() + headWeightBytes() + indexWeightBytes() + tagWeightBytes();
  }

  /** Returns what of that is on the heap: all but the bytes of the body. */
  long heapBytes() {
    return segmentObjectsBytes() + headWeightBytes() + indexWeightBytes() + tagWeightBytes();
  }

  long bodyWeightBytes() {
    return body.retainedBytes() + segmentObjectsBytes();
  }

  private long segmentObjectsBytes() {
    long segments = (body.retainedBytes() + SEGMENT_BYTES - 1) / SEGMENT_BYTES;
    long links = segments > 1 ? segments * SEGMENT_OBJECT_BYTES : 0;
    return segments * BUFFER_OBJECTS_BYTES + links;
  }

  int headWeightBytes() {
    return HEAD_OBJECTS_BYTES + fields.sizeBytes();
  }

  int indexWeightBytes() {
    return INDEX_OBJECTS_BYTES + key.weightBytes() + variant.weightBytes();
  }

  int tagWeightBytes() {
    return memberships.length * TagIndex.MEMBERSHIP_BYTES;
  }
}
