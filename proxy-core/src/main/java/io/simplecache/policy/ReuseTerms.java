package io.simplecache.policy;

import static io.netty.handler.codec.http.HttpHeaderNames.AGE;
import static io.netty.handler.codec.http.HttpHeaderNames.DATE;

import io.netty.handler.codec.http.HttpHeaders;
import io.simplecache.message.FieldLists;
import io.simplecache.message.HttpDates;
import io.simplecache.message.ResponseHead;
import java.util.List;

/**
 * What a stored response's head says about its reuse, computed once when it is stored or freshened.
 * Immutable and compact: there are millions of them. All times are epoch milliseconds of the same
 * wall clock.
 */
public final class ReuseTerms {
  private static final Reason[] REASONS = Reason.values();
  private static final int MUST_REVALIDATE = 1;
  private static final int NO_CACHE = 1 << 1;
  private static final int IMMUTABLE = 1 << 2;
  private static final int INVALIDATED = 1 << 3;
  private static final int HAS_ETAG = 1 << 4;
  private static final int REASON_SHIFT = 8;

  private final long responseTimeMillis;
  private final long correctedInitialAgeMillis;
  private final long dateMillis;
  private final long lastModifiedMillis;
  private final int lifetimeSeconds;
  private final int staleWhileRevalidateSeconds;
  private final int staleIfErrorSeconds;

  /** The flags above, and from {@link #REASON_SHIFT} on the ordinal of the lifetime's reason. */
  private final int flags;

  private ReuseTerms(
      ResponseHead response,
      ResponseDirectives directives,
      CacheRules rules,
      long requestTimeMillis,
      long responseTimeMillis) {
    HttpHeaders fields = response.fields();
    long dateValue = HttpDates.parseMillis(fields.get(DATE), responseTimeMillis);
    // RFC 9110 §6.6.1: without a usable Date, the time it was received.
    this.dateMillis = dateValue == HttpDates.INVALID ? responseTimeMillis : dateValue;
    this.responseTimeMillis = responseTimeMillis;
    this.correctedInitialAgeMillis =
        correctedInitialAge(ageValue(fields), dateMillis, requestTimeMillis, responseTimeMillis);
    Freshness freshness = Freshness.of(response, directives, rules, dateMillis);
    this.lifetimeSeconds = freshness.lifetimeSeconds();
    this.staleWhileRevalidateSeconds = (int) directives.staleWhileRevalidateSeconds();
    this.staleIfErrorSeconds = (int) directives.staleIfErrorSeconds();
    this.lastModifiedMillis = Validators.lastModifiedMillis(fields);
    this.flags =
        flags(directives)
            | (Validators.etag(fields) == null ? 0 : HAS_ETAG)
            | packed(freshness.reason());
  }

  private ReuseTerms(ReuseTerms terms, int flags) {
    this.responseTimeMillis = terms.responseTimeMillis;
    this.correctedInitialAgeMillis = terms.correctedInitialAgeMillis;
    this.dateMillis = terms.dateMillis;
    this.lastModifiedMillis = terms.lastModifiedMillis;
    this.lifetimeSeconds = terms.lifetimeSeconds;
    this.staleWhileRevalidateSeconds = terms.staleWhileRevalidateSeconds;
    this.staleIfErrorSeconds = terms.staleIfErrorSeconds;
    this.flags = flags;
  }

  /**
   * Computes the terms of a response.
   *
   * @param response the head as it is stored, Age and Date as received
   * @param requestTimeMillis when the request for it was sent
   * @param responseTimeMillis when its head was received
   * @param rules the operator's settings
   */
  public static ReuseTerms of(
      ResponseHead response, long requestTimeMillis, long responseTimeMillis, CacheRules rules) {
    ResponseDirectives directives = ResponseDirectives.of(response.fields(), rules);
    return new ReuseTerms(response, directives, rules, requestTimeMillis, responseTimeMillis);
  }

  private static int flags(ResponseDirectives directives) {
    return (directives.forbidsStale() ? MUST_REVALIDATE : 0)
        | (directives.noCache() ? NO_CACHE : 0)
        | (directives.immutable() ? IMMUTABLE : 0);
  }

  /**
   * <a href="https://datatracker.ietf.org/doc/html/rfc9111#section-5.1">RFC 9111 §5.1</a>: of
   * several members the first; one that is not a number of seconds is ignored.
   */
  private static long ageValue(HttpHeaders fields) {
    List<String> members = FieldLists.members(fields, AGE);
    return members.isEmpty() ? 0 : Math.max(0, DeltaSeconds.parse(members.get(0))) * 1000L;
  }

  /** <a href="https://datatracker.ietf.org/doc/html/rfc9111#section-4.2.3">RFC 9111 §4.2.3</a>. */
  private static long correctedInitialAge(
      long ageValue, long dateValue, long requestTime, long responseTime) {
    // Date has whole seconds, so the response time is cut to them for this one comparison.
    long apparentAge = Math.max(0, Saturating.subtract(wholeSeconds(responseTime), dateValue));
    long responseDelay = Math.max(0, Saturating.subtract(responseTime, requestTime));
    long correctedAgeValue = Saturating.add(ageValue, responseDelay);
    return Math.max(apparentAge, correctedAgeValue);
  }

  private static long wholeSeconds(long millis) {
    return millis - Math.floorMod(millis, 1000L);
  }

  @SuppressWarnings("EnumOrdinal") // one int instead of a reference; it never leaves this process
  private static int packed(Reason lifetimeReason) {
    return lifetimeReason.ordinal() << REASON_SHIFT;
  }

  /** Returns the current age in milliseconds (§4.2.3), never negative. */
  public long currentAgeMillis(long nowMillis) {
    long residentTime = Math.max(0, Saturating.subtract(nowMillis, responseTimeMillis));
    return Saturating.add(correctedInitialAgeMillis, residentTime);
  }

  /** Returns the freshness lifetime in milliseconds (§4.2.1), never negative. */
  public long freshnessLifetimeMillis() {
    return lifetimeSeconds * 1000L;
  }

  /** Says whether it is fresh (§4.2) and has not been invalidated. */
  public boolean isFresh(long nowMillis) {
    return !isInvalidated() && freshnessLifetimeMillis() > currentAgeMillis(nowMillis);
  }

  /** Returns for how many milliseconds it has been stale; 0 when its lifetime is not over. */
  public long staleForMillis(long nowMillis) {
    return Math.max(0, currentAgeMillis(nowMillis) - freshnessLifetimeMillis());
  }

  /** Returns when it was received. */
  public long responseTimeMillis() {
    return responseTimeMillis;
  }

  /** Returns Date, or the time the response was received where Date is absent or invalid. */
  public long dateMillis() {
    return dateMillis;
  }

  /** Returns where the lifetime comes from: one of the {@code LIFETIME_…} reasons. */
  public Reason lifetimeReason() {
    return REASONS[flags >>> REASON_SHIFT];
  }

  /** Says whether it may never be served stale: must-revalidate, proxy-revalidate or s-maxage. */
  public boolean mustRevalidate() {
    return has(MUST_REVALIDATE);
  }

  /** Says whether every use needs validation (§5.2.2.4). */
  public boolean noCache() {
    return has(NO_CACHE);
  }

  /** Says whether it does not change while fresh (RFC 8246 §2). */
  public boolean immutable() {
    return has(IMMUTABLE);
  }

  /** Says whether it must be validated before its next use (§4.4). */
  public boolean isInvalidated() {
    return has(INVALIDATED);
  }

  /** Says whether the origin can be asked to validate it. */
  public boolean hasValidator() {
    return has(HAS_ETAG) || lastModifiedMillis != HttpDates.INVALID;
  }

  /** Returns Last-Modified, or {@link HttpDates#INVALID}. */
  public long lastModifiedMillis() {
    return lastModifiedMillis;
  }

  /** Returns stale-while-revalidate; -1: the response does not say. */
  public long staleWhileRevalidateSeconds() {
    return staleWhileRevalidateSeconds;
  }

  /** Returns stale-if-error; -1: the response does not say. */
  public long staleIfErrorSeconds() {
    return staleIfErrorSeconds;
  }

  /** Returns the same terms, but to be validated before the next use (§4.4). */
  public ReuseTerms asInvalidated() {
    return isInvalidated() ? this : new ReuseTerms(this, flags | INVALIDATED);
  }

  private boolean has(int flag) {
    return (flags & flag) != 0;
  }
}
