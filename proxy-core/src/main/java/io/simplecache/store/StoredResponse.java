package io.simplecache.store;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.simplecache.body.BodyReader;
import io.simplecache.body.SharedBody;
import io.simplecache.key.CacheKey;
import io.simplecache.key.VariantKey;
import io.simplecache.message.ResponseHead;
import io.simplecache.message.StoredFields;
import io.simplecache.policy.CacheGroups;
import io.simplecache.policy.PartialContent;
import io.simplecache.policy.ReuseTerms;
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
  /** The objects around head and body: this, the terms, the body, the place in the store. */
  private static final int OBJECTS_BYTES = 400;

  /** A segment of a body: its object and the buffer's. */
  private static final int SEGMENT_OBJECTS_BYTES = 160;

  /** A group's name and the place in the index. */
  private static final int GROUP_BYTES = 160;

  private static final int SEGMENT_BYTES = 64 * 1024;

  private final CacheKey key;
  private final VariantKey variant;
  private final ResponseHead head;
  private final StoredFields fields;
  private final ReuseTerms terms;
  private final SharedBody body;
  private final List<String> groups;
  private final @Nullable PartialContent part;

  /**
   * Creates a stored response.
   *
   * @param head with {@link StoredFields}
   * @param body complete; the caller passes a reference on to the store
   */
  public StoredResponse(
      CacheKey key, VariantKey variant, ResponseHead head, ReuseTerms terms, SharedBody body) {
    this.key = key;
    this.variant = variant;
    this.fields = storedFields(head, body.availableBytes());
    this.head = new ResponseHead(head.status(), fields);
    this.terms = terms;
    this.body = body;
    this.groups = CacheGroups.of(head.fields());
    this.part = PartialContent.of(head);
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
    HttpHeaders changed =
        DefaultHttpHeadersFactory.headersFactory()
            .withValidation(false)
            .newHeaders()
            .set(fields)
            .remove(HttpHeaderNames.AGE);
    if (hasLength) {
      changed.set(HttpHeaderNames.CONTENT_LENGTH, lengthBytes);
    }
    return StoredFields.copyOf(changed);
  }

  /** Returns this response with another head and what follows; the body is shared, not retained. */
  public StoredResponse with(VariantKey newVariant, ResponseHead newHead, ReuseTerms newTerms) {
    return new StoredResponse(key, newVariant, newHead, newTerms, body);
  }

  /** Returns this response as one of another variant; the body is shared, not retained. */
  public StoredResponse forVariant(VariantKey other) {
    return new StoredResponse(key, other, head, terms, body);
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

  /** Returns the groups that it is in (RFC 9875). */
  public List<String> groups() {
    return groups;
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
  public int weightBytes() {
    long bytes = body.retainedBytes();
    long weight =
        OBJECTS_BYTES
            + key.weightBytes()
            + variant.weightBytes()
            + fields.sizeBytes()
            + groups.size() * GROUP_BYTES
            + bytes
            + (bytes + SEGMENT_BYTES - 1) / SEGMENT_BYTES * SEGMENT_OBJECTS_BYTES;
    return (int) Math.min(Integer.MAX_VALUE, weight);
  }
}
