package io.simplecache.policy;

import static io.netty.handler.codec.http.HttpHeaderNames.IF_MATCH;
import static io.netty.handler.codec.http.HttpHeaderNames.IF_MODIFIED_SINCE;
import static io.netty.handler.codec.http.HttpHeaderNames.IF_NONE_MATCH;
import static io.netty.handler.codec.http.HttpHeaderNames.IF_UNMODIFIED_SINCE;
import static io.netty.handler.codec.http.HttpHeaderNames.LAST_MODIFIED;

import io.netty.handler.codec.http.HttpHeaders;
import io.simplecache.message.FieldLists;
import io.simplecache.message.HeadFields;
import io.simplecache.message.HttpDates;
import io.simplecache.message.RequestHead;
import io.simplecache.message.ResponseHead;
import io.simplecache.message.StoredFields;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The client's own conditions, evaluated against the selected stored response (<a
 * href="https://datatracker.ietf.org/doc/html/rfc9110#section-13.2.2">RFC 9110 §13.2.2</a>, <a
 * href="https://datatracker.ietf.org/doc/html/rfc9111#section-4.3.2">RFC 9111 §4.3.2</a>). If-Range
 * belongs to {@link ByteRanges}.
 *
 * <p>RFC 9111 §4.3.2 leaves If-Match and If-Unmodified-Since to origin servers. They are evaluated
 * all the same, because towards its clients a gateway is one (<a
 * href="https://datatracker.ietf.org/doc/html/rfc9110#section-3.7">RFC 9110 §3.7</a>).
 */
public final class Preconditions {
  private static final String ANYTHING = "*";

  /** Representation metadata that a 304 does not carry (RFC 9110 §15.4.5). */
  private static final List<String> NOT_IN_NOT_MODIFIED =
      List.of(
          "accept-ranges",
          "content-digest",
          "content-encoding",
          "content-language",
          "content-length",
          "content-md5",
          "content-range",
          "content-type",
          "digest",
          "repr-digest",
          "trailer",
          "transfer-encoding");

  private static final List<String> NOT_IN_NOT_MODIFIED_WITH_ETAG =
      Stream.concat(NOT_IN_NOT_MODIFIED.stream(), Stream.of(LAST_MODIFIED.toString())).toList();

  private static final StoredFields.Names STORED_NOT_IN_NOT_MODIFIED =
      StoredFields.Names.of(NOT_IN_NOT_MODIFIED);

  private static final StoredFields.Names STORED_NOT_IN_NOT_MODIFIED_WITH_ETAG =
      StoredFields.Names.of(NOT_IN_NOT_MODIFIED_WITH_ETAG);

  private Preconditions() {}

  /** What the conditions make of the request. */
  public enum Outcome {
    /** Answer as if there were no condition. */
    PROCEED,
    /** Answer 304. */
    NOT_MODIFIED,
    /** Answer 412. */
    PRECONDITION_FAILED
  }

  /** Says whether the request has a condition that {@link #evaluate} looks at. */
  public static boolean hasAny(HttpHeaders request) {
    return request.contains(IF_NONE_MATCH)
        || request.contains(IF_MODIFIED_SINCE)
        || request.contains(IF_MATCH)
        || request.contains(IF_UNMODIFIED_SINCE);
  }

  /**
   * Evaluates the conditions of GET and HEAD against a selected 200 or 206; for others the answer
   * is {@link Outcome#PROCEED}.
   *
   * @param responseDateMillis the Date of the selected response, or when it was received; stands in
   *     for an absent Last-Modified in If-Modified-Since (RFC 9111 §4.3.2)
   */
  public static Outcome evaluate(
      RequestHead request, ResponseHead selected, long responseDateMillis) {
    boolean applies = selected.code() == 200 || selected.code() == 206;
    if (!applies || !Methods.isCacheable(request.method())) {
      return Outcome.PROCEED;
    }
    HttpHeaders conditions = request.fields();
    HttpHeaders fields = selected.fields();
    // The steps of RFC 9110 §13.2.2.
    if (conditions.contains(IF_MATCH)) {
      if (!ifMatch(conditions, Validators.etag(fields))) {
        return Outcome.PRECONDITION_FAILED;
      }
    } else if (conditions.contains(IF_UNMODIFIED_SINCE) && !ifUnmodifiedSince(conditions, fields)) {
      return Outcome.PRECONDITION_FAILED;
    }
    if (conditions.contains(IF_NONE_MATCH)) {
      return ifNoneMatch(conditions, Validators.etag(fields))
          ? Outcome.PROCEED
          : Outcome.NOT_MODIFIED;
    }
    if (conditions.contains(IF_MODIFIED_SINCE)) {
      return ifModifiedSince(conditions, fields, responseDateMillis)
          ? Outcome.PROCEED
          : Outcome.NOT_MODIFIED;
    }
    return Outcome.PROCEED;
  }

  /** RFC 9110 §13.1.1, strong comparison. */
  private static boolean ifMatch(HttpHeaders conditions, @Nullable String etag) {
    for (String member : FieldLists.members(conditions, IF_MATCH)) {
      if (member.equals(ANYTHING) || (etag != null && Validators.matchStrongly(member, etag))) {
        return true;
      }
    }
    return false;
  }

  /** RFC 9110 §13.1.2, weak comparison. */
  private static boolean ifNoneMatch(HttpHeaders conditions, @Nullable String etag) {
    if (etag != null && Validators.isStrong(etag) && etag.equals(conditions.get(IF_NONE_MATCH))) {
      // As almost always: one tag, and the very same. It is one member, whatever its characters.
      return false;
    }
    for (String member : FieldLists.members(conditions, IF_NONE_MATCH)) {
      if (member.equals(ANYTHING) || (etag != null && Validators.matchWeakly(member, etag))) {
        return false;
      }
    }
    return true;
  }

  /** RFC 9110 §13.1.3: an invalid date, and several dates, are ignored. */
  private static boolean ifModifiedSince(
      HttpHeaders conditions, HttpHeaders fields, long responseDateMillis) {
    long sinceMillis = singleDateMillis(conditions, IF_MODIFIED_SINCE);
    if (sinceMillis == HttpDates.INVALID) {
      return true;
    }
    long lastModifiedMillis = Validators.lastModifiedMillis(fields);
    long modifiedMillis =
        lastModifiedMillis == HttpDates.INVALID
            ? wholeSeconds(responseDateMillis)
            : lastModifiedMillis;
    return modifiedMillis > sinceMillis;
  }

  /** RFC 9110 §13.1.4: ignored when invalid, or when there is no modification date. */
  private static boolean ifUnmodifiedSince(HttpHeaders conditions, HttpHeaders fields) {
    long sinceMillis = singleDateMillis(conditions, IF_UNMODIFIED_SINCE);
    long lastModifiedMillis = Validators.lastModifiedMillis(fields);
    return sinceMillis == HttpDates.INVALID
        || lastModifiedMillis == HttpDates.INVALID
        || lastModifiedMillis <= sinceMillis;
  }

  private static long singleDateMillis(HttpHeaders conditions, CharSequence name) {
    List<String> lines = conditions.getAll(name);
    return lines.size() == 1 ? HttpDates.parseMillis(lines.get(0)) : HttpDates.INVALID;
  }

  /** A client can only name whole seconds, so a time of receipt is compared in them. */
  private static long wholeSeconds(long millis) {
    return millis - Math.floorMod(millis, 1000L);
  }

  /**
   * Returns the fields of the 304 made from the selected response (RFC 9110 §15.4.5): its own
   * without the representation metadata, so with Cache-Control, Content-Location, Date, ETag,
   * Expires and Vary. Last-Modified stays where there is no ETag.
   */
  public static HttpHeaders fieldsOfNotModified(HttpHeaders selected) {
    HttpHeaders fields = HeadFields.copyOf(selected);
    boolean hasEtag = Validators.etag(selected) != null;
    (hasEtag ? NOT_IN_NOT_MODIFIED_WITH_ETAG : NOT_IN_NOT_MODIFIED).forEach(fields::remove);
    return fields;
  }

  /** Returns the same of a stored response, in the form of the wire. */
  public static StoredFields fieldsOfNotModified(StoredFields selected) {
    return selected.without(
        Validators.etag(selected) == null
            ? STORED_NOT_IN_NOT_MODIFIED
            : STORED_NOT_IN_NOT_MODIFIED_WITH_ETAG);
  }
}
