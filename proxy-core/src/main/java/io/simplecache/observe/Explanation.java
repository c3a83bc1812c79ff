package io.simplecache.observe;

import io.simplecache.policy.Reason;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the proxy would do with a request at this moment, and why. Asking for it changes nothing.
 * Values of Authorization, Proxy-Authorization, Cookie and Set-Cookie are hidden wherever they
 * occur.
 *
 * @param key by which it is looked up
 * @param site the one that the request is for; null if there is none
 * @param outcome what would happen
 * @param reason the rule that decides
 * @param status what would be answered; 0 if that is the origin's to say
 * @param forward why the origin would be asked (RFC 9211 §2.2); null if it would not be
 * @param variants what is stored under the key, and whether it fits
 * @param departure what became of what was stored under the key, or why it could not be stored;
 *     null if that is not known
 * @param originRequest the fields of what the origin would be asked; empty if it would not be
 * @param steps sentences for people, in order
 */
public record Explanation(
    String key,
    @Nullable String site,
    Outcome outcome,
    @Nullable Reason reason,
    int status,
    @Nullable Forward forward,
    List<Variant> variants,
    @Nullable Departure departure,
    Map<String, List<String>> originRequest,
    List<String> steps) {

  /** What would happen. */
  public enum Outcome {
    /** A fresh stored response would be sent. */
    HIT("hit"),
    /** A stale stored response would be sent. */
    STALE("stale"),
    /** A stale stored response would be sent and validated behind it. */
    STALE_WHILE_REVALIDATE("stale-while-revalidate"),
    /** The origin would be asked whether what is stored is still good. */
    VALIDATE("validate"),
    /** The origin would be asked for the response. */
    MISS("miss"),
    /** The request would be relayed, past the store. */
    BYPASS("bypass"),
    /** The proxy would answer by itself. */
    REJECT("reject");

    private final String token;

    Outcome(String token) {
      this.token = token;
    }

    /** Returns the name for labels. */
    public String token() {
      return token;
    }
  }

  /**
   * One stored response.
   *
   * @param varyingFields the request fields that select it (RFC 9111 §4.1)
   * @param storedValues their normalised values in the request that brought it; null: it had none
   * @param requestValues the same of this request
   * @param matches whether it would answer this request, were it fresh
   * @param selected whether it is the one that is used
   * @param status its status code
   * @param freshnessLifetimeSeconds RFC 9111 §4.2.1
   * @param lifetimeSource where that comes from
   * @param apparentAgeSeconds RFC 9111 §4.2.3: when it came, by its Date alone
   * @param residentSeconds RFC 9111 §4.2.3: since it came
   * @param currentAgeSeconds RFC 9111 §4.2.3
   * @param fresh whether it is fresh now
   * @param etag null: none
   * @param lastModified null: none
   * @param tags by which it can be purged
   * @param bodyBytes the length of its content
   * @param weightBytes the memory that it takes in all
   * @param fields its head, as it is stored
   */
  public record Variant(
      List<String> varyingFields,
      List<@Nullable String> storedValues,
      List<@Nullable String> requestValues,
      boolean matches,
      boolean selected,
      int status,
      long freshnessLifetimeSeconds,
      Reason lifetimeSource,
      long apparentAgeSeconds,
      long residentSeconds,
      long currentAgeSeconds,
      boolean fresh,
      @Nullable String etag,
      @Nullable String lastModified,
      List<String> tags,
      long bodyBytes,
      long weightBytes,
      Map<String, List<String>> fields) {}
}
