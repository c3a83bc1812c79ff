package io.simplecache.policy;

import static io.netty.handler.codec.http.HttpHeaderNames.DATE;
import static io.netty.handler.codec.http.HttpHeaderNames.ETAG;
import static io.netty.handler.codec.http.HttpHeaderNames.LAST_MODIFIED;

import io.netty.handler.codec.http.HttpHeaders;
import io.simplecache.message.HttpDates;
import org.jspecify.annotations.Nullable;

/**
 * Entity tags and modification dates (<a
 * href="https://datatracker.ietf.org/doc/html/rfc9110#section-8.8">RFC 9110 §8.8</a>). An entity
 * tag without quotation marks, which some origins send, is compared as if it had them, but is never
 * strong.
 */
final class Validators {
  private static final String WEAK_PREFIX = "W/";

  private Validators() {}

  /** Returns the entity tag as received, or null when it is absent or empty. */
  static @Nullable String etag(HttpHeaders fields) {
    String etag = fields.get(ETAG);
    return etag == null || etag.isBlank() ? null : etag.strip();
  }

  /** Returns Last-Modified in epoch milliseconds or {@link HttpDates#INVALID}. */
  static long lastModifiedMillis(HttpHeaders fields) {
    return HttpDates.parseMillis(fields.get(LAST_MODIFIED));
  }

  static boolean hasAny(HttpHeaders fields) {
    return etag(fields) != null || lastModifiedMillis(fields) != HttpDates.INVALID;
  }

  static boolean isStrong(String etag) {
    return etag.length() >= 2 && etag.charAt(0) == '"' && etag.indexOf('"', 1) == etag.length() - 1;
  }

  /** RFC 9110 §8.8.3.2: both strong, and the same. */
  static boolean matchStrongly(String etag, String other) {
    return isStrong(etag) && etag.equals(other);
  }

  /** RFC 9110 §8.8.3.2: the same but for their being weak. */
  static boolean matchWeakly(String etag, String other) {
    return opaqueTag(etag).equals(opaqueTag(other));
  }

  private static String opaqueTag(String etag) {
    String tag = etag.startsWith(WEAK_PREFIX) ? etag.substring(WEAK_PREFIX.length()) : etag;
    return isStrong(tag) ? tag.substring(1, tag.length() - 1) : tag;
  }

  /**
   * RFC 9110 §8.8.2.2: a modification date is strong when the response was made at least one second
   * later, so that a second change within its second would show.
   */
  static boolean isLastModifiedStrong(HttpHeaders fields) {
    long lastModifiedMillis = lastModifiedMillis(fields);
    long dateMillis = HttpDates.parseMillis(fields.get(DATE));
    return lastModifiedMillis != HttpDates.INVALID
        && dateMillis != HttpDates.INVALID
        && dateMillis - lastModifiedMillis >= 1000;
  }
}
