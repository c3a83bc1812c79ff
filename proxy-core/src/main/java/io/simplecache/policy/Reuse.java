package io.simplecache.policy;

/**
 * May a selected stored response be used now (<a
 * href="https://datatracker.ietf.org/doc/html/rfc9111#section-4">RFC 9111 §4</a>, §4.2.4, §5.2.1;
 * <a href="https://datatracker.ietf.org/doc/html/rfc5861#section-3">RFC 5861</a>)? Decisions are
 * constants: no call allocates.
 *
 * <p>RFC 8246: a client that honours immutable does not ask; one that asks with max-age=0 or
 * no-cache all the same wants validation and gets it.
 */
public final class Reuse {
  private static final Decision SERVE_FRESH = new Decision(Action.SERVE, Reason.FRESH);
  private static final Decision SERVE_MAX_STALE =
      new Decision(Action.SERVE_STALE, Reason.REQUEST_MAX_STALE);
  private static final Decision SERVE_WHILE_REVALIDATE =
      new Decision(Action.SERVE_STALE_AND_VALIDATE, Reason.STALE_WHILE_REVALIDATE);
  private static final Decision SERVE_ON_SERVER_ERROR =
      new Decision(Action.SERVE_STALE, Reason.STALE_IF_ERROR);
  private static final Decision SERVE_UNREACHABLE =
      new Decision(Action.SERVE_STALE, Reason.STALE_ORIGIN_UNREACHABLE);
  private static final Decision ONLY_IF_CACHED =
      new Decision(Action.GATEWAY_TIMEOUT, Reason.ONLY_IF_CACHED);
  private static final Decision VALIDATE_INVALIDATED =
      new Decision(Action.VALIDATE, Reason.INVALIDATED);
  private static final Decision VALIDATE_REQUEST_NO_CACHE =
      new Decision(Action.VALIDATE, Reason.REQUEST_NO_CACHE);
  private static final Decision VALIDATE_RESPONSE_NO_CACHE =
      new Decision(Action.VALIDATE, Reason.RESPONSE_NO_CACHE);
  private static final Decision VALIDATE_REQUEST_MAX_AGE =
      new Decision(Action.VALIDATE, Reason.REQUEST_MAX_AGE);
  private static final Decision VALIDATE_REQUEST_MIN_FRESH =
      new Decision(Action.VALIDATE, Reason.REQUEST_MIN_FRESH);
  private static final Decision VALIDATE_MUST_REVALIDATE =
      new Decision(Action.VALIDATE, Reason.MUST_REVALIDATE);
  private static final Decision VALIDATE_STALE = new Decision(Action.VALIDATE, Reason.STALE);
  private static final Decision FAIL_INVALIDATED = new Decision(Action.FAIL, Reason.INVALIDATED);
  private static final Decision FAIL_REQUEST_NO_CACHE =
      new Decision(Action.FAIL, Reason.REQUEST_NO_CACHE);
  private static final Decision FAIL_RESPONSE_NO_CACHE =
      new Decision(Action.FAIL, Reason.RESPONSE_NO_CACHE);
  private static final Decision FAIL_MUST_REVALIDATE =
      new Decision(Action.FAIL, Reason.MUST_REVALIDATE);
  private static final Decision FAIL_STALE_TOO_LONG =
      new Decision(Action.FAIL, Reason.STALE_TOO_LONG);

  private Reuse() {}

  /** What to do with a stored response. */
  public enum Action {
    /** Serve it: it is fresh. */
    SERVE,
    /** Serve it stale and validate it in the background (stale-while-revalidate). */
    SERVE_STALE_AND_VALIDATE,
    /** Serve it stale: the client accepts that, or the origin failed. */
    SERVE_STALE,
    /** Validate it, or fetch a new one, before anything is served. */
    VALIDATE,
    /** Answer 504: only-if-cached, and it may not be used. */
    GATEWAY_TIMEOUT,
    /** After the origin failed: it may not stand in; the failure is the answer. */
    FAIL
  }

  /**
   * What to do, and why.
   *
   * @param action what to do
   * @param reason why
   */
  public record Decision(Action action, Reason reason) {
    /** Returns whether the response may be given to the client now. */
    public boolean isServe() {
      return switch (action) {
        case SERVE, SERVE_STALE, SERVE_STALE_AND_VALIDATE -> true;
        case VALIDATE, GATEWAY_TIMEOUT, FAIL -> false;
      };
    }
  }

  /** Decides about the stored response that matches the request's key and selecting fields. */
  public static Decision decide(
      RequestDirectives request, ReuseTerms stored, CacheRules rules, long nowMillis) {
    Decision decision = decideIgnoringOnlyIfCached(request, stored, rules, nowMillis);
    boolean needsOrigin = decision.action() == Action.VALIDATE;
    return needsOrigin && request.onlyIfCached() ? ONLY_IF_CACHED : decision;
  }

  /** Says whether the request gets 504 when nothing is stored for it (§5.2.1.7). */
  public static boolean onlyIfCachedFails(RequestDirectives request) {
    return request.onlyIfCached();
  }

  private static Decision decideIgnoringOnlyIfCached(
      RequestDirectives request, ReuseTerms stored, CacheRules rules, long nowMillis) {
    if (stored.isInvalidated()) {
      return VALIDATE_INVALIDATED;
    }
    if (request.noCache()) {
      return VALIDATE_REQUEST_NO_CACHE;
    }
    if (stored.noCache()) {
      return VALIDATE_RESPONSE_NO_CACHE;
    }
    long currentAge = stored.currentAgeMillis(nowMillis);
    if (exceedsMaxAge(request, currentAge)) {
      return VALIDATE_REQUEST_MAX_AGE;
    }
    long freshForMillis = stored.freshnessLifetimeMillis() - currentAge;
    if (request.minFreshSeconds() >= 0 && freshForMillis < request.minFreshSeconds() * 1000) {
      return VALIDATE_REQUEST_MIN_FRESH;
    }
    if (freshForMillis > 0) {
      return SERVE_FRESH;
    }
    return decideStale(request, stored, rules, -freshForMillis);
  }

  /** §5.2.1.1. Even an age of 0 is validated for max-age=0: a client that sends it reloads. */
  private static boolean exceedsMaxAge(RequestDirectives request, long currentAge) {
    long maxAgeSeconds = request.maxAgeSeconds();
    return maxAgeSeconds == 0 || (maxAgeSeconds > 0 && currentAge > maxAgeSeconds * 1000);
  }

  private static Decision decideStale(
      RequestDirectives request, ReuseTerms stored, CacheRules rules, long staleForMillis) {
    // §4.2.4: an explicit prohibition wins over whatever the client accepts.
    if (stored.mustRevalidate()) {
      return VALIDATE_MUST_REVALIDATE;
    }
    boolean clientAccepts = isWithin(staleForMillis, request.maxStaleSeconds());
    // §5.2.1.1, §5.2.1.2: max-age without max-stale refuses stale responses, max-stale bounds them.
    boolean clientRefuses =
        !clientAccepts && (request.maxStaleSeconds() >= 0 || request.maxAgeSeconds() >= 0);
    if (clientRefuses) {
      return VALIDATE_STALE;
    }
    long whileRevalidateSeconds =
        stored.staleWhileRevalidateSeconds() >= 0
            ? stored.staleWhileRevalidateSeconds()
            : rules.defaultStaleWhileRevalidateSeconds();
    if (whileRevalidateSeconds > 0 && isWithin(staleForMillis, whileRevalidateSeconds)) {
      return SERVE_WHILE_REVALIDATE;
    }
    return clientAccepts ? SERVE_MAX_STALE : VALIDATE_STALE;
  }

  /**
   * Decides whether the stored response stands in for an origin that failed (RFC 5861 §4, RFC 9111
   * §4.2.4).
   *
   * @param serverError true: the origin answered 500, 502, 503 or 504; false: it could not be
   *     reached, or broke off
   * @return {@link Action#SERVE}, {@link Action#SERVE_STALE} or {@link Action#FAIL}
   */
  public static Decision mayServeStaleOnError(
      RequestDirectives request,
      ReuseTerms stored,
      CacheRules rules,
      long nowMillis,
      boolean serverError) {
    if (stored.isInvalidated()) {
      return FAIL_INVALIDATED;
    }
    if (request.noCache()) {
      return FAIL_REQUEST_NO_CACHE;
    }
    if (stored.noCache()) {
      return FAIL_RESPONSE_NO_CACHE;
    }
    // Validated only for the client's max-age or min-fresh, which are advice (§5.2.1).
    if (stored.isFresh(nowMillis)) {
      return SERVE_FRESH;
    }
    if (stored.mustRevalidate()) {
      return FAIL_MUST_REVALIDATE;
    }
    long windowSeconds = errorWindow(request, stored, rules, serverError);
    if (windowSeconds == 0 || !isWithin(stored.staleForMillis(nowMillis), windowSeconds)) {
      return FAIL_STALE_TOO_LONG;
    }
    return serverError ? SERVE_ON_SERVER_ERROR : SERVE_UNREACHABLE;
  }

  /** Either side's stale-if-error allows it (RFC 5861 §4); the operator's where neither speaks. */
  private static long errorWindow(
      RequestDirectives request, ReuseTerms stored, CacheRules rules, boolean serverError) {
    long saidSeconds = Math.max(request.staleIfErrorSeconds(), stored.staleIfErrorSeconds());
    if (saidSeconds >= 0) {
      return saidSeconds;
    }
    return serverError ? rules.staleOnServerErrorSeconds() : rules.defaultStaleIfErrorSeconds();
  }

  /** A window of -1 seconds is absent: nothing is within it. */
  private static boolean isWithin(long staleForMillis, long windowSeconds) {
    return windowSeconds >= 0 && staleForMillis <= Saturating.secondsToMillis(windowSeconds);
  }
}
