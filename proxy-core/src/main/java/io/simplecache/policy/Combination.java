package io.simplecache.policy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.simplecache.message.ResponseHead;
import org.jspecify.annotations.Nullable;

/**
 * Parts of a representation that become a larger part, or the whole (<a
 * href="https://datatracker.ietf.org/doc/html/rfc9111#section-3.4">RFC 9111 §3.4</a>).
 */
public final class Combination {
  private Combination() {}

  /**
   * Returns what identifies a representation beyond doubt: its strong entity tag, or its strong
   * modification date if it has no tag; null if it has neither.
   */
  public static @Nullable String strongValidator(ResponseHead response) {
    String etag = Validators.etag(response.fields());
    if (etag != null) {
      return Validators.isStrong(etag) ? etag : null;
    }
    return Validators.isLastModifiedStrong(response.fields())
        ? response.fields().get(HttpHeaderNames.LAST_MODIFIED)
        : null;
  }

  /** Returns whether two responses hold parts of the same representation. */
  public static boolean sameRepresentation(ResponseHead response, ResponseHead other) {
    String validator = strongValidator(response);
    return validator != null && validator.equals(strongValidator(other));
  }

  /**
   * Makes the outgoing request ask for what a stored part lacks (RFC 9110 §13.1.5, §14.2), in the
   * form that gets the whole if the representation has changed.
   *
   * @param outgoing the fields of the request to the origin; changed
   * @param stored the part's head, with a strong validator
   * @param missing what it lacks
   */
  public static void makeCompleting(
      HttpHeaders outgoing, ResponseHead stored, ByteRanges.Range missing) {
    String validator = strongValidator(stored);
    assert validator != null;
    outgoing.set(
        HttpHeaderNames.RANGE,
        "bytes=" + missing.first() + '-' + (missing.first() == 0 ? missing.last() : ""));
    outgoing.set(HttpHeaderNames.IF_RANGE, validator);
  }

  /**
   * Returns the head of what a stored part and a new one are together: the stored fields, updated
   * by the new ones (§3.2); a 206, or a 200 where nothing is missing.
   *
   * @param joined the part that they are together
   */
  public static ResponseHead combinedHead(
      ResponseHead stored, ResponseHead arrived, PartialContent joined) {
    HttpHeaders fields = Validation.freshen(stored, arrived).fields();
    fields.set(HttpHeaderNames.CONTENT_LENGTH, joined.lengthBytes());
    if (joined.isWhole()) {
      fields.remove(HttpHeaderNames.CONTENT_RANGE);
      return new ResponseHead(HttpResponseStatus.OK, fields);
    }
    fields.set(
        HttpHeaderNames.CONTENT_RANGE,
        ByteRanges.contentRange(
            new ByteRanges.Range(joined.first(), joined.last()), joined.completeLength()));
    return new ResponseHead(HttpResponseStatus.PARTIAL_CONTENT, fields);
  }
}
