package io.simplecache.policy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.simplecache.message.ResponseHead;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a representation a 206 holds (RFC 9110 §14.4). A stored one answers only requests
 * for a range that lies within it (RFC 9111 §3.3).
 *
 * @param first position of the first byte
 * @param last position of the last byte
 * @param completeLength of the whole, in bytes
 */
public record PartialContent(long first, long last, long completeLength) {
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})", Pattern.CASE_INSENSITIVE);

  /**
   * Returns the part that a response holds, or null if it is no 206 with one part of known place.
   */
  public static @Nullable PartialContent of(ResponseHead response) {
    if (response.code() != 206) {
      return null;
    }
    List<String> values = response.fields().getAll(HttpHeaderNames.CONTENT_RANGE);
    Matcher matcher = values.size() == 1 ? CONTENT_RANGE.matcher(values.get(0).strip()) : null;
    if (matcher == null || !matcher.matches()) {
      return null;
    }
    PartialContent part =
        new PartialContent(
            Long.parseLong(matcher.group(1)),
            Long.parseLong(matcher.group(2)),
            Long.parseLong(matcher.group(3)));
    return part.first <= part.last && part.last < part.completeLength ? part : null;
  }

  /** Returns the length of the part, in bytes. */
  public long lengthBytes() {
    return last - first + 1;
  }

  /** Returns whether all of a range is here. */
  public boolean covers(ByteRanges.Range range) {
    return range.first() >= first && range.last() <= last;
  }

  /** Returns whether nothing is missing. */
  public boolean isWhole() {
    return lengthBytes() == completeLength;
  }

  /** Returns what is missing if that is in one piece, else null. */
  public ByteRanges.@Nullable Range missing() {
    if (isWhole()) {
      return null;
    }
    if (first == 0) {
      return new ByteRanges.Range(last + 1, completeLength - 1);
    }
    return last == completeLength - 1 ? new ByteRanges.Range(0, first - 1) : null;
  }

  /** Returns whether all of another part is here. */
  public boolean covers(PartialContent other) {
    return completeLength == other.completeLength && first <= other.first && other.last <= last;
  }

  /** Returns whether another part overlaps this one or follows it without a gap. */
  public boolean touches(PartialContent other) {
    return completeLength == other.completeLength
        && first <= other.last + 1
        && other.first <= last + 1;
  }

  /** Returns what this part and another that touches it are together. */
  public PartialContent with(PartialContent other) {
    return new PartialContent(
        Math.min(first, other.first), Math.max(last, other.last), completeLength);
  }
}
