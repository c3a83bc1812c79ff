package io.simplecache.policy;

import static io.netty.handler.codec.http.HttpHeaderNames.AGE;
import static io.netty.handler.codec.http.HttpHeaderNames.CONNECTION;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LENGTH;
import static io.netty.handler.codec.http.HttpHeaderNames.DATE;
import static io.netty.handler.codec.http.HttpHeaderNames.IF_MATCH;
import static io.netty.handler.codec.http.HttpHeaderNames.IF_MODIFIED_SINCE;
import static io.netty.handler.codec.http.HttpHeaderNames.IF_NONE_MATCH;
import static io.netty.handler.codec.http.HttpHeaderNames.IF_RANGE;
import static io.netty.handler.codec.http.HttpHeaderNames.IF_UNMODIFIED_SINCE;
import static io.netty.handler.codec.http.HttpHeaderNames.LAST_MODIFIED;
import static io.netty.handler.codec.http.HttpHeaderNames.RANGE;

import io.netty.handler.codec.http.HttpHeaders;
import io.simplecache.message.FieldLists;
import io.simplecache.message.HeadFields;
import io.simplecache.message.HttpDates;
import io.simplecache.message.ResponseHead;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Validation of stored responses (<a
 * href="https://datatracker.ietf.org/doc/html/rfc9111#section-4.3">RFC 9111 §4.3</a>): the
 * conditional request, and what its answer does to what is stored.
 */
public final class Validation {
  private static final int MAX_ENTITY_TAGS = 16;
  private static final int MAX_ENTITY_TAGS_LENGTH = 4096;

  /**
   * Fields that a 304 does not update (§3.2): Content-Length; those that describe how the stored
   * bytes are to be read; those of the connection and of the proxy (§3.1), and Warning.
   */
  private static final Set<String> NOT_UPDATED =
      Set.of(
          "content-length",
          "content-encoding",
          "content-range",
          "transfer-encoding",
          "trailer",
          "connection",
          "keep-alive",
          "proxy-connection",
          "te",
          "upgrade",
          "proxy-authenticate",
          "proxy-authentication-info",
          "proxy-authorization",
          "warning");

  private Validation() {}

  /** What a 200 to HEAD means for a stored response of GET (§4.3.5). */
  public enum HeadEffect {
    /** The same representation: {@link #freshen} it. */
    FRESHEN,
    /** Another representation: the stored one is stale from now on. */
    INVALIDATE,
    /** Says nothing about it. */
    IGNORE
  }

  /**
   * Prepares the outgoing request: makes it conditional on the candidates, or leaves it the
   * client's own conditions, but never its range, since only the whole is stored.
   *
   * @param outgoing the fields of the request to the origin; changed
   * @param candidates as below
   * @param passConditions whether the client's own conditions stay, there being no candidate
   */
  public static void prepare(
      HttpHeaders outgoing, List<ResponseHead> candidates, boolean passConditions) {
    if (passConditions) {
      outgoing.remove(RANGE).remove(IF_RANGE);
    } else {
      makeConditional(outgoing, candidates);
    }
  }

  /**
   * Makes the outgoing request conditional on the candidates (§4.3.1): If-None-Match with the
   * distinct entity tags of all, a bounded number of them; If-Modified-Since when there is a single
   * candidate. The client's own conditions and range are removed first.
   *
   * @param outgoing the fields of the request to the origin; changed
   * @param candidates the heads of the stored responses, most recent first
   */
  public static void makeConditional(HttpHeaders outgoing, List<ResponseHead> candidates) {
    outgoing
        .remove(IF_MATCH)
        .remove(IF_NONE_MATCH)
        .remove(IF_MODIFIED_SINCE)
        .remove(IF_UNMODIFIED_SINCE)
        .remove(IF_RANGE)
        .remove(RANGE);
    String entityTags = entityTags(candidates);
    if (!entityTags.isEmpty()) {
      outgoing.set(IF_NONE_MATCH, entityTags);
    }
    if (candidates.size() == 1) {
      HttpHeaders fields = candidates.get(0).fields();
      if (Validators.lastModifiedMillis(fields) != HttpDates.INVALID) {
        outgoing.set(IF_MODIFIED_SINCE, fields.get(LAST_MODIFIED));
      }
    }
  }

  private static String entityTags(List<ResponseHead> candidates) {
    Set<String> tags = new LinkedHashSet<>();
    int length = 0;
    for (ResponseHead candidate : candidates) {
      String tag = Validators.etag(candidate.fields());
      boolean fits = tag != null && length + tag.length() <= MAX_ENTITY_TAGS_LENGTH;
      if (tag != null && fits && tags.size() < MAX_ENTITY_TAGS && tags.add(tag)) {
        length += tag.length();
      }
    }
    return String.join(", ", tags);
  }

  /**
   * Returns which stored response a 304 selects and freshens (§4.3.4).
   *
   * <p>Where the 304 has no validator at all, §4.3.4 lets it update a single stored response that
   * has none either. Here it updates a single candidate in any case: the condition named only that
   * one, so the origin cannot have meant another.
   *
   * @param notModified the 304
   * @param candidates those that {@link #makeConditional} was given, in the same order
   * @return the index into candidates, or -1: none may be updated
   */
  public static int selectedBy(ResponseHead notModified, List<ResponseHead> candidates) {
    String etag = Validators.etag(notModified.fields());
    if (etag != null) {
      return indexByEntityTag(etag, candidates);
    }
    long lastModifiedMillis = Validators.lastModifiedMillis(notModified.fields());
    if (lastModifiedMillis != HttpDates.INVALID) {
      return indexByLastModified(lastModifiedMillis, candidates);
    }
    return candidates.size() == 1 ? 0 : -1;
  }

  /** A strong validator must be the same; a weak one must correspond. */
  private static int indexByEntityTag(String etag, List<ResponseHead> candidates) {
    for (int i = 0; i < candidates.size(); i++) {
      String candidate = Validators.etag(candidates.get(i).fields());
      if (candidate != null && identifies(etag, candidate)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean identifies(String etag, String candidate) {
    return Validators.isStrong(etag)
        ? Validators.matchStrongly(etag, candidate)
        : Validators.matchWeakly(etag, candidate);
  }

  /** Of several with the same date it is not known which one the origin means. */
  private static int indexByLastModified(long lastModifiedMillis, List<ResponseHead> candidates) {
    int index = -1;
    for (int i = 0; i < candidates.size(); i++) {
      if (Validators.lastModifiedMillis(candidates.get(i).fields()) == lastModifiedMillis) {
        if (index >= 0) {
          return -1;
        }
        index = i;
      }
    }
    return index;
  }

  /**
   * Returns whether its entity tag is of these bytes, and of no other variant (RFC 9110 §8.8.1).
   */
  public static boolean hasStrongEntityTag(ResponseHead response) {
    String etag = Validators.etag(response.fields());
    return etag != null && Validators.isStrong(etag);
  }

  /**
   * Returns the stored head updated by a 304, or by a 200 to HEAD (§3.2): every field of the update
   * replaces those of its name, but for the ones that §3.2 excepts. Age and Date always come from
   * the update, for the age of the freshened response counts from it. What {@link
   * Storability#storableHead} would not store is for the caller to remove from the result.
   *
   * @return a new head with the stored status
   */
  public static ResponseHead freshen(ResponseHead stored, ResponseHead update) {
    HeadFields fields = HeadFields.copyOf(stored.fields());
    fields.remove(AGE).remove(DATE);
    Set<String> connectionSpecific = connectionSpecific(update.fields());
    for (String name : update.fields().names()) {
      String lowerCaseName = name.toLowerCase(Locale.ROOT);
      if (!NOT_UPDATED.contains(lowerCaseName) && !connectionSpecific.contains(lowerCaseName)) {
        fields.remove(name);
        update.fields().getAll(name).forEach(value -> fields.addRead(name, value));
      }
    }
    return new ResponseHead(stored.status(), fields);
  }

  private static Set<String> connectionSpecific(HttpHeaders fields) {
    return Set.copyOf(
        FieldLists.members(fields, CONNECTION).stream()
            .map(name -> name.toLowerCase(Locale.ROOT))
            .toList());
  }

  /**
   * Returns what a response to HEAD means for a stored response of GET that could have been chosen
   * for it (§4.3.5).
   *
   * @param storedLength the length of the stored body in bytes
   */
  public static HeadEffect headEffect(ResponseHead stored, long storedLength, ResponseHead head) {
    if (head.code() != 200) {
      return HeadEffect.IGNORE;
    }
    boolean same =
        stored.code() == 200
            && sameEntityTag(stored.fields(), Validators.etag(head.fields()))
            && sameLastModified(stored.fields(), head.fields())
            && sameLength(storedLength, head.fields().get(CONTENT_LENGTH));
    return same ? HeadEffect.FRESHEN : HeadEffect.INVALIDATE;
  }

  private static boolean sameEntityTag(HttpHeaders stored, @Nullable String received) {
    return received == null || received.equals(Validators.etag(stored));
  }

  private static boolean sameLastModified(HttpHeaders stored, HttpHeaders received) {
    long receivedMillis = Validators.lastModifiedMillis(received);
    return receivedMillis == HttpDates.INVALID
        || receivedMillis == Validators.lastModifiedMillis(stored);
  }

  private static boolean sameLength(long storedLength, @Nullable String received) {
    return received == null || received.strip().equals(Long.toString(storedLength));
  }
}
