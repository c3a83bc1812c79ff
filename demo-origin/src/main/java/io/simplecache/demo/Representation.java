package io.simplecache.demo;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The selected representation of a resource (RFC 9110 §3.2), without its bytes.
 *
 * @param entityTag a strong one, with its quotes; null if it has none
 * @param lastModified in whole seconds; null if unknown
 * @param length in bytes
 * @param cacheControl null if the field is not sent
 */
record Representation(
    String mediaType,
    @Nullable String entityTag,
    @Nullable Instant lastModified,
    long length,
    @Nullable String cacheControl) {

  /** Opens a part of the representation's bytes. */
  @FunctionalInterface
  interface Content {
    BodySource open(long offset, long length) throws IOException;
  }

  /**
   * Applies the conditions and the range of a GET or HEAD request: 200, 206, 304, 412 or 416.
   *
   * @param content asked at most once; not asked for an answer that needs no byte
   */
  Answer.Response answer(OriginRequest request, Instant now, Content content) throws IOException {
    return switch (Preconditions.evaluate(request.headers(), this)) {
      case FAILED -> Answer.text(HttpResponseStatus.PRECONDITION_FAILED, "412: it has changed.\n");
      case NOT_MODIFIED ->
          new Answer.Response(
              HttpResponseStatus.NOT_MODIFIED, validatorFields(), BodySource.of(new byte[0]));
      case PASS -> answerWithBytes(request, now, content);
    };
  }

  private Answer.Response answerWithBytes(OriginRequest request, Instant now, Content content)
      throws IOException {
    ByteRange range = selectedRange(request, now);
    if (range == null) {
      return new Answer.Response(
          HttpResponseStatus.OK, allFields(), open(request, content, 0, length));
    }
    if (range.equals(ByteRange.UNSATISFIABLE)) {
      return Answer.text(
              HttpResponseStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "416: no such bytes.\n")
          .with(HttpHeaderNames.CONTENT_RANGE, "bytes */" + length);
    }
    return new Answer.Response(
            HttpResponseStatus.PARTIAL_CONTENT,
            allFields(),
            open(request, content, range.first(), range.length()))
        .with(
            HttpHeaderNames.CONTENT_RANGE,
            "bytes " + range.first() + "-" + range.last() + "/" + length);
  }

  /** Returns null if the whole is to be sent; ranges are defined for GET only (RFC 9110 §14.2). */
  private @Nullable ByteRange selectedRange(OriginRequest request, Instant now) {
    String range = request.headers().get(HttpHeaderNames.RANGE);
    if (range == null
        || request.isHead()
        || !Preconditions.rangeApplies(request.headers(), this, now)) {
      return null;
    }
    return ByteRange.parse(range, length);
  }

  private static BodySource open(
      OriginRequest request, Content content, long offset, long partLength) throws IOException {
    return request.isHead() ? new HeadOnly(partLength) : content.open(offset, partLength);
  }

  private HttpHeaders allFields() {
    return validatorFields()
        .set(HttpHeaderNames.CONTENT_TYPE, mediaType)
        .set(HttpHeaderNames.ACCEPT_RANGES, "bytes");
  }

  /** The fields which a 304 repeats (RFC 9110 §15.4.5). */
  private HttpHeaders validatorFields() {
    HttpHeaders fields = new DefaultHttpHeaders();
    if (entityTag != null) {
      fields.set(HttpHeaderNames.ETAG, entityTag);
    }
    if (lastModified != null) {
      fields.set(HttpHeaderNames.LAST_MODIFIED, HttpDates.format(lastModified));
    }
    if (cacheControl != null) {
      fields.set(HttpHeaderNames.CACHE_CONTROL, cacheControl);
    }
    return fields;
  }
}
