package io.simplecache.demo;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.Instant;
import java.util.List;

/** The conditions of a GET or HEAD request, in the order of RFC 9110 §13.2.2. Pure functions. */
final class Preconditions {
  private Preconditions() {}

  /** What the conditions decide. */
  enum Outcome {
    PASS,
    NOT_MODIFIED,
    FAILED
  }

  static Outcome evaluate(HttpHeaders request, Representation selected) {
    return holdsStill(request, selected) ? whetherModified(request, selected) : Outcome.FAILED;
  }

  /** Steps 1 and 2. */
  private static boolean holdsStill(HttpHeaders request, Representation selected) {
    List<String> ifMatch = request.getAll(HttpHeaderNames.IF_MATCH);
    if (!ifMatch.isEmpty()) {
      String entityTag = selected.entityTag();
      return EntityTags.isAny(ifMatch)
          || (entityTag != null && EntityTags.anyStrongMatch(ifMatch, entityTag));
    }
    Instant unmodifiedSince = HttpDates.parse(request.get(HttpHeaderNames.IF_UNMODIFIED_SINCE));
    Instant lastModified = selected.lastModified();
    return unmodifiedSince == null
        || lastModified == null
        || !lastModified.isAfter(unmodifiedSince);
  }

  /** Steps 3 and 4. */
  private static Outcome whetherModified(HttpHeaders request, Representation selected) {
    List<String> ifNoneMatch = request.getAll(HttpHeaderNames.IF_NONE_MATCH);
    if (!ifNoneMatch.isEmpty()) {
      String entityTag = selected.entityTag();
      boolean matches =
          EntityTags.isAny(ifNoneMatch)
              || (entityTag != null && EntityTags.anyWeakMatch(ifNoneMatch, entityTag));
      return matches ? Outcome.NOT_MODIFIED : Outcome.PASS;
    }
    Instant modifiedSince = HttpDates.parse(request.get(HttpHeaderNames.IF_MODIFIED_SINCE));
    Instant lastModified = selected.lastModified();
    return modifiedSince != null && lastModified != null && !lastModified.isAfter(modifiedSince)
        ? Outcome.NOT_MODIFIED
        : Outcome.PASS;
  }

  /**
   * Step 5: whether a Range field may be followed. A date is a strong validator only if the
   * representation had not changed for a second before now (§8.8.2.2).
   */
  static boolean rangeApplies(HttpHeaders request, Representation selected, Instant now) {
    String ifRange = request.get(HttpHeaderNames.IF_RANGE);
    if (ifRange == null) {
      return true;
    }
    if (ifRange.indexOf('"') >= 0) {
      return ifRange.equals(selected.entityTag());
    }
    Instant lastModified = selected.lastModified();
    return lastModified != null
        && lastModified.equals(HttpDates.parse(ifRange))
        && lastModified.plusSeconds(1).isBefore(now);
  }
}
