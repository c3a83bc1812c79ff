package io.simplecache.policy;

import static io.netty.handler.codec.http.HttpHeaderNames.AUTHORIZATION;
import static io.netty.handler.codec.http.HttpHeaderNames.CACHE_CONTROL;
import static io.netty.handler.codec.http.HttpHeaderNames.COOKIE;
import static io.netty.handler.codec.http.HttpHeaderNames.DATE;
import static io.netty.handler.codec.http.HttpHeaderNames.EXPIRES;
import static io.netty.handler.codec.http.HttpHeaderNames.SET_COOKIE;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.util.AsciiString;
import io.simplecache.message.HeadFields;
import io.simplecache.message.HttpDates;
import io.simplecache.message.RequestHead;
import io.simplecache.message.ResponseHead;
import java.util.List;

/**
 * May a response be stored, and which of its fields (<a
 * href="https://datatracker.ietf.org/doc/html/rfc9111#section-3">RFC 9111 §3</a>)?
 */
public final class Storability {
  /** §3.1, and Warning, which tells of one moment and is obsolete (§5.5). */
  private static final List<AsciiString> NEVER_STORED =
      List.of(
          HttpHeaderNames.PROXY_AUTHENTICATE,
          AsciiString.cached("proxy-authentication-info"),
          HttpHeaderNames.PROXY_AUTHORIZATION,
          HttpHeaderNames.WARNING);

  private static final Verdict STORABLE = new Verdict(true, Reason.STORABLE);
  private static final Verdict FOR_VALIDATION = new Verdict(true, Reason.STORABLE_FOR_VALIDATION);

  private Storability() {}

  /**
   * Whether it may be stored, and why.
   *
   * @param storable whether it may
   * @param reason the reason, of either answer
   */
  public record Verdict(boolean storable, Reason reason) {}

  /**
   * Decides whether this cache, which is shared, stores the final response to the request. The body
   * is assumed to become complete.
   */
  public static Verdict of(
      RequestHead request,
      RequestDirectives requestDirectives,
      ResponseHead response,
      CacheRules rules) {
    // The order of the conditions in §3.
    if (!request.method().equals(HttpMethod.GET)) {
      return not(Reason.METHOD);
    }
    if (response.code() < 200) {
      return not(Reason.NOT_FINAL);
    }
    if (response.code() == 206 && PartialContent.of(response) == null) {
      return not(Reason.PARTIAL_CONTENT);
    }
    if (response.code() == 304) {
      return not(Reason.NOT_MODIFIED_STATUS);
    }
    // It speaks of this client's condition, which is no part of any key (RFC 9110 §15.5.13).
    if (response.code() == 412 && Preconditions.hasAny(request.fields())) {
      return not(Reason.PRECONDITION);
    }
    // Nor is this client's range (§15.5.17).
    if (response.code() == 416 && ByteRanges.isRequested(request.fields())) {
      return not(Reason.PRECONDITION);
    }
    ResponseDirectives directives = ResponseDirectives.of(response.fields(), rules);
    if (directives.mustUnderstand() && !Statuses.isUnderstood(response.code())) {
      return not(Reason.NOT_UNDERSTOOD);
    }
    // §5.2.2.3: with must-understand, and the status understood, no-store is ignored.
    if (directives.noStore() && !directives.mustUnderstand()) {
      return not(Reason.NO_STORE);
    }
    if (requestDirectives.noStore()) {
      return not(Reason.REQUEST_NO_STORE);
    }
    if (directives.isPrivate()) {
      return not(Reason.PRIVATE);
    }
    if (request.fields().contains(AUTHORIZATION) && !allowsAuthorized(directives)) {
      return not(Reason.AUTHORIZATION);
    }
    if (response.fields().contains(SET_COOKIE) && !maySetCookie(directives, rules)) {
      return not(Reason.SET_COOKIE);
    }
    if (request.fields().contains(COOKIE) && !rules.storeWithRequestCookie()) {
      return not(Reason.REQUEST_COOKIE);
    }
    if (Selection.variesOnEverything(response.fields())) {
      return not(Reason.VARY_STAR);
    }
    if (!allowsStoring(response, directives, rules)) {
      return not(Reason.STATUS_NOT_CACHEABLE);
    }
    return worthOf(response, directives, rules);
  }

  /**
   * Decides whether the fields of a 304, or of a response to HEAD, may update what is stored
   * (§3.2). Its own word counts: a targeted field of the stored response (RFC 9213) would win over
   * the Cache-Control of an update that does not repeat it, and give to all what was for one. A 304
   * need not repeat targeted fields (RFC 9110 §15.4.5), so there a Cache-Control that is the stored
   * one's says nothing new.
   *
   * @param forAnotherVariant whether the stored response was of another variant until now: then it
   *     becomes that of all who ask alike, which one that sets a cookie does not allow
   */
  public static Verdict ofUpdate(
      RequestHead request,
      ResponseHead stored,
      ResponseHead update,
      boolean forAnotherVariant,
      CacheRules rules) {
    ResponseDirectives directives = ResponseDirectives.of(update.fields(), rules);
    List<String> said = update.fields().getAll(CACHE_CONTROL);
    boolean news =
        update.code() != 304
            || directives.targeted()
            || !said.equals(stored.fields().getAll(CACHE_CONTROL));
    if (news && directives.noStore() && !directives.mustUnderstand()) {
      return not(Reason.NO_STORE);
    }
    if (news && directives.isPrivate()) {
      return not(Reason.PRIVATE);
    }
    boolean setsCookie = update.fields().contains(SET_COOKIE) && !maySetCookie(directives, rules);
    if (forAnotherVariant && setsCookie) {
      return not(Reason.SET_COOKIE);
    }
    boolean forOne = request.fields().contains(AUTHORIZATION) && !allowsAuthorized(directives);
    boolean saysNothing = update.code() == 304 && said.isEmpty();
    return forOne && !saysNothing ? not(Reason.AUTHORIZATION) : STORABLE;
  }

  /**
   * Returns the response without the fields that are not stored: those of the proxy itself (§3.1),
   * those that {@code no-cache="…"} and {@code private="…"} name (§5.2.2.4, §5.2.2.7), Warning, and
   * Set-Cookie where a response with it would not be stored. Returns {@code response} itself when
   * there are none. Connection-specific fields are already gone.
   */
  public static ResponseHead storableHead(ResponseHead response, CacheRules rules) {
    ResponseDirectives directives = ResponseDirectives.of(response.fields(), rules);
    boolean dropSetCookie =
        response.fields().contains(SET_COOKIE) && !maySetCookie(directives, rules);
    boolean unchanged =
        !dropSetCookie
            && !containsAny(response.fields(), NEVER_STORED)
            && !containsAny(response.fields(), directives.unstoredFields());
    if (unchanged) {
      return response;
    }
    HttpHeaders fields = HeadFields.copyOf(response.fields());
    NEVER_STORED.forEach(fields::remove);
    directives.unstoredFields().forEach(fields::remove);
    if (dropSetCookie) {
      fields.remove(SET_COOKIE);
    }
    return new ResponseHead(response.status(), fields);
  }

  private static boolean containsAny(HttpHeaders fields, List<? extends CharSequence> names) {
    for (CharSequence name : names) {
      if (fields.contains(name)) {
        return true;
      }
    }
    return false;
  }

  /** §3.5: must-revalidate, public or s-maxage. */
  private static boolean allowsAuthorized(ResponseDirectives directives) {
    return directives.isPublic() || directives.mustRevalidate() || directives.sMaxageSeconds() >= 0;
  }

  /**
   * §7.3 lets a cache store Set-Cookie. One user's cookie given to another is the worst that a
   * shared cache can do, so this one wants the origin's word that the response is for everybody, or
   * that Set-Cookie is not part of what is stored.
   */
  private static boolean maySetCookie(ResponseDirectives directives, CacheRules rules) {
    return rules.storeSetCookie()
        || directives.isPublic()
        || directives.targeted()
        || directives.unstoredFields().contains("set-cookie");
  }

  /** The last condition of §3: something in the response, or the operator, allows to store it. */
  private static boolean allowsStoring(
      ResponseHead response, ResponseDirectives directives, CacheRules rules) {
    return directives.isPublic()
        || directives.hasLifetime()
        || (!directives.targeted() && response.fields().contains(EXPIRES))
        || Statuses.isHeuristicallyCacheable(response.code())
        || rules.forcedLifetimeSeconds() >= 0
        || rules.defaultLifetimeSecondsByStatus().containsKey(response.code());
  }

  /** Storing what can never be used is allowed but pointless. */
  private static Verdict worthOf(
      ResponseHead response, ResponseDirectives directives, CacheRules rules) {
    // Without Date the lifetime by Expires is not known here; a valid Expires is then worth a try.
    long dateMillis = Math.max(0, HttpDates.parseMillis(response.fields().get(DATE)));
    Freshness freshness = Freshness.of(response, directives, rules, dateMillis);
    boolean usableUnvalidated = !directives.noCache();
    boolean staleAllowed =
        !directives.forbidsStale()
            && (directives.staleWhileRevalidateSeconds() > 0
                || directives.staleIfErrorSeconds() > 0);
    if (usableUnvalidated && (freshness.lifetimeSeconds() > 0 || staleAllowed)) {
      return STORABLE;
    }
    if (Validators.hasAny(response.fields())) {
      return FOR_VALIDATION;
    }
    return not(directives.noCache() ? Reason.RESPONSE_NO_CACHE : Reason.NO_FRESHNESS_NO_VALIDATOR);
  }

  private static Verdict not(Reason reason) {
    return new Verdict(false, reason);
  }
}
