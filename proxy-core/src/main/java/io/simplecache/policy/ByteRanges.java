package io.simplecache.policy;

import static io.netty.handler.codec.http.HttpHeaderNames.IF_RANGE;
import static io.netty.handler.codec.http.HttpHeaderNames.RANGE;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.simplecache.message.FieldLists;
import io.simplecache.message.HttpDates;
import io.simplecache.message.RequestHead;
import io.simplecache.message.ResponseHead;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ranges of a complete stored response (<a
 * href="https://datatracker.ietf.org/doc/html/rfc9110#section-14">RFC 9110 §14</a>), with If-Range
 * (§13.1.5).
 */
public final class ByteRanges {
  private static final String UNIT = "bytes=";

  private ByteRanges() {}

  /**
   * A part of a body, both ends included.
   *
   * @param first the position of the first byte
   * @param last the position of the last byte, not before {@code first}
   */
  public record Range(long first, long last) {
    /** Returns the number of bytes. */
    public long length() {
      return last - first + 1;
    }

    private boolean touches(Range other) {
      return first <= other.last + 1 && other.first <= last + 1;
    }

    private Range with(Range other) {
      return new Range(Math.min(first, other.first), Math.max(last, other.last));
    }
  }

  /** What a request for ranges gets. */
  public sealed interface Selection permits Whole, Parts, Unsatisfiable {}

  /** The whole body, 200: there is no Range, or it is ignored. */
  public record Whole() implements Selection {}

  /**
   * Parts of the body, 206.
   *
   * @param ranges one or more, none overlapping or adjacent to another, in the order asked for
   */
  public record Parts(List<Range> ranges) implements Selection {
    /** Copies the list. */
    public Parts {
      ranges = List.copyOf(ranges);
    }
  }

  /** No part, 416: every range lies outside of the body. */
  public record Unsatisfiable() implements Selection {}

  /** Says whether the request has a Range in bytes. */
  public static boolean isRequested(HttpHeaders request) {
    String range = request.get(RANGE);
    return range != null && range.regionMatches(true, 0, UNIT, 0, UNIT.length());
  }

  /**
   * Selects the parts of a stored response that the request asks for.
   *
   * @param completeLength the length of the body in bytes; -1: not known. An empty body has no
   *     parts, so it is always {@link Whole}
   * @param maxRanges the number of ranges beyond which Range is ignored (§14.2, §17.15)
   */
  public static Selection select(
      RequestHead request, ResponseHead selected, long completeLength, int maxRanges) {
    HttpHeaders fields = request.fields();
    boolean applies =
        request.method().equals(HttpMethod.GET)
            && isRequested(fields)
            && fields.getAll(RANGE).size() == 1
            && selected.code() == 200
            && completeLength > 0
            && ifRange(fields, selected.fields());
    if (!applies) {
      return new Whole();
    }
    String set = fields.get(RANGE).substring(UNIT.length());
    return parse(FieldLists.membersOf(set), completeLength, maxRanges);
  }

  /**
   * Returns the range that a request asks for if it is one, and all of it is in a stored part; else
   * null.
   */
  public static @Nullable Range selectWithin(
      RequestHead request, ResponseHead partial, PartialContent part) {
    HttpHeaders fields = request.fields();
    boolean applies =
        request.method().equals(HttpMethod.GET)
            && isRequested(fields)
            && fields.getAll(RANGE).size() == 1
            && ifRange(fields, partial.fields());
    if (!applies) {
      return null;
    }
    String set = fields.get(RANGE).substring(UNIT.length());
    Selection selection =
        parse(FieldLists.membersOf(set), part.completeLength(), /* maxRanges= */ 1);
    return selection instanceof Parts parts && part.covers(parts.ranges().get(0))
        ? parts.ranges().get(0)
        : null;
  }

  private static Selection parse(List<String> specs, long completeLength, int maxRanges) {
    if (specs.isEmpty() || specs.size() > maxRanges) {
      return new Whole();
    }
    List<Range> ranges = new ArrayList<>();
    for (String spec : specs) {
      Range range = parseSpec(spec, completeLength);
      // §14.2: a Range with an invalid member is ignored as a whole.
      if (range == null) {
        return new Whole();
      }
      if (range.first() < completeLength && range.length() > 0) {
        merge(ranges, range);
      }
    }
    return ranges.isEmpty() ? new Unsatisfiable() : new Parts(ranges);
  }

  /** Returns the range cut to the body, one outside of it or empty, or null when invalid. */
  private static @Nullable Range parseSpec(String spec, long completeLength) {
    int dash = spec.indexOf('-');
    if (dash < 0) {
      return null;
    }
    String firstDigits = spec.substring(0, dash);
    String lastDigits = spec.substring(dash + 1);
    if (firstDigits.isEmpty()) {
      long suffixLength = position(lastDigits);
      long first = Math.max(0, completeLength - suffixLength);
      return suffixLength < 0 ? null : new Range(first, completeLength - 1);
    }
    long first = position(firstDigits);
    long last = lastDigits.isEmpty() ? Long.MAX_VALUE : position(lastDigits);
    boolean invalid = first < 0 || last < first;
    return invalid ? null : new Range(first, Math.min(last, completeLength - 1));
  }

  /** Returns the number, at most {@link Long#MAX_VALUE}, or -1. */
  private static long position(String digits) {
    if (digits.isEmpty()) {
      return -1;
    }
    long number = 0;
    for (int i = 0; i < digits.length(); i++) {
      char digit = digits.charAt(i);
      if (digit < '0' || digit > '9') {
        return -1;
      }
      boolean overflows = number > (Long.MAX_VALUE - 9) / 10;
      number = overflows ? Long.MAX_VALUE : number * 10 + (digit - '0');
    }
    return number;
  }

  /** §14.2, §15.3.7.2: overlapping and adjacent ranges become one, at the place of the first. */
  private static void merge(List<Range> ranges, Range added) {
    Range merged = added;
    int place = ranges.size();
    for (int i = ranges.size() - 1; i >= 0; i--) {
      if (ranges.get(i).touches(merged)) {
        merged = merged.with(ranges.remove(i));
        place = i;
      }
    }
    ranges.add(Math.min(place, ranges.size()), merged);
  }

  /**
   * RFC 9110 §13.1.5: an entity tag by strong comparison; a date when it is exactly Last-Modified
   * and that is strong. Without If-Range the answer is true.
   */
  private static boolean ifRange(HttpHeaders conditions, HttpHeaders fields) {
    String condition = conditions.get(IF_RANGE);
    if (condition == null) {
      return true;
    }
    String validator = condition.strip();
    long dateMillis = HttpDates.parseMillis(validator);
    if (dateMillis != HttpDates.INVALID) {
      return dateMillis == Validators.lastModifiedMillis(fields)
          && Validators.isLastModifiedStrong(fields);
    }
    String etag = Validators.etag(fields);
    return etag != null && Validators.matchStrongly(validator, etag);
  }

  /** Returns the Content-Range of a part (§14.4). */
  public static String contentRange(Range range, long completeLength) {
    return "bytes " + range.first() + '-' + range.last() + '/' + completeLength;
  }

  /** Returns the Content-Range of a 416 (§14.4, §15.5.17). */
  public static String unsatisfiedContentRange(long completeLength) {
    return "bytes */" + completeLength;
  }
}
