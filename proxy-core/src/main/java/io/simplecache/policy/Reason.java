package io.simplecache.policy;

/**
 * Why a rule decided as it did. Every outcome carries exactly one; Cache-Status details, logs and
 * counters are formatted from it.
 */
public enum Reason {
  // Storability, RFC 9111 §3
  /** Explicit or heuristic freshness, or a validator, makes it worth storing. */
  STORABLE("RFC 9111 §3", "storable"),
  /** Storable only to be validated at every use: not fresh, but with a validator. */
  STORABLE_FOR_VALIDATION("RFC 9111 §3", "storable-for-validation"),
  /** Only responses to GET are stored. */
  METHOD("RFC 9111 §3", "method"),
  /** A 1xx response is not final. */
  NOT_FINAL("RFC 9111 §3", "not-final"),
  /** A 206 of several parts, or of a place that is not known, is not stored. */
  PARTIAL_CONTENT("RFC 9111 §3.3", "partial-content"),
  /** A 304 updates stored responses and is not stored itself. */
  NOT_MODIFIED_STATUS("RFC 9111 §3", "not-modified-status"),
  /** The response has must-understand and a status that this cache does not know. */
  NOT_UNDERSTOOD("RFC 9111 §5.2.2.3", "not-understood"),
  /** The response has no-store. */
  NO_STORE("RFC 9111 §5.2.2.5", "no-store"),
  /** The request has no-store. */
  REQUEST_NO_STORE("RFC 9111 §5.2.1.5", "request-no-store"),
  /** The response is private and this cache is shared. */
  PRIVATE("RFC 9111 §5.2.2.7", "private"),
  /** The request has Authorization and the response does not allow sharing. */
  AUTHORIZATION("RFC 9111 §3.5", "authorization"),
  /** The response sets a cookie without being public or targeted at this cache. */
  SET_COOKIE("RFC 9111 §7.3", "set-cookie"),
  /** The operator does not store what was asked with a cookie. */
  REQUEST_COOKIE("operator", "request-cookie"),
  /** The response varies on more than request fields and never matches another request. */
  VARY_STAR("RFC 9111 §4.1", "vary-star"),
  /** No explicit freshness and a status that is not heuristically cacheable. */
  STATUS_NOT_CACHEABLE("RFC 9111 §3", "status-not-cacheable"),
  /** Neither fresh for any time, nor usable when stale, nor possible to validate. */
  NO_FRESHNESS_NO_VALIDATOR("RFC 9111 §3", "no-freshness-no-validator"),

  // Where the freshness lifetime comes from, RFC 9111 §4.2.1
  /** The operator forces the lifetime. */
  LIFETIME_FORCED("operator", "forced"),
  /** From a targeted field. */
  LIFETIME_TARGETED("RFC 9213 §2.2", "targeted"),
  /** From s-maxage. */
  LIFETIME_S_MAXAGE("RFC 9111 §5.2.2.10", "s-maxage"),
  /** From max-age. */
  LIFETIME_MAX_AGE("RFC 9111 §5.2.2.1", "max-age"),
  /** From Expires. */
  LIFETIME_EXPIRES("RFC 9111 §5.3", "expires"),
  /** From the operator's default for the status. */
  LIFETIME_DEFAULT("operator", "default"),
  /** A share of the time since Last-Modified. */
  LIFETIME_HEURISTIC("RFC 9111 §4.2.2", "heuristic"),
  /** A freshness directive or Expires was there but invalid or contradictory: stale. */
  LIFETIME_INVALID("RFC 9111 §4.2.1", "invalid-freshness"),
  /** Nothing gives a lifetime: stale from the start. */
  LIFETIME_NONE("RFC 9111 §4.2.1", "no-freshness"),

  // Reuse, RFC 9111 §4
  /** Fresh. */
  FRESH("RFC 9111 §4.2", "fresh"),
  /** Stale, and nothing allows to serve it so. */
  STALE("RFC 9111 §4.2.4", "stale"),
  /** Was invalidated or softly purged. */
  INVALIDATED("RFC 9111 §4.4", "invalidated"),
  /** The request has no-cache. */
  REQUEST_NO_CACHE("RFC 9111 §5.2.1.4", "request-no-cache"),
  /** The stored response has no-cache. */
  RESPONSE_NO_CACHE("RFC 9111 §5.2.2.4", "no-cache"),
  /** Older than the request's max-age. */
  REQUEST_MAX_AGE("RFC 9111 §5.2.1.1", "request-max-age"),
  /** Not fresh for as long as the request's min-fresh. */
  REQUEST_MIN_FRESH("RFC 9111 §5.2.1.3", "request-min-fresh"),
  /** Stale within the request's max-stale. */
  REQUEST_MAX_STALE("RFC 9111 §5.2.1.2", "request-max-stale"),
  /** Stale, and must-revalidate, proxy-revalidate or s-maxage forbids to serve it so. */
  MUST_REVALIDATE("RFC 9111 §4.2.4", "must-revalidate"),
  /** Stale within stale-while-revalidate. */
  STALE_WHILE_REVALIDATE("RFC 5861 §3", "stale-while-revalidate"),
  /** Stale within the time allowed after the origin answered with a server error. */
  STALE_IF_ERROR("RFC 5861 §4", "stale-if-error"),
  /** Stale within the time allowed when the origin cannot be reached. */
  STALE_ORIGIN_UNREACHABLE("RFC 9111 §4.2.4", "origin-unreachable"),
  /** Stale for longer than a failing origin excuses. */
  STALE_TOO_LONG("RFC 9111 §4.2.4", "stale-too-long"),
  /** only-if-cached, and no stored response can be used. */
  ONLY_IF_CACHED("RFC 9111 §5.2.1.7", "only-if-cached"),

  // What no rule of HTTP decides
  /** The operator does not cache this path. */
  BYPASS_PATH("operator", "bypass-path"),
  /** The operator does not cache for who has this cookie. */
  BYPASS_COOKIE("operator", "bypass-cookie"),
  /** The request has content, which is not part of any key. */
  REQUEST_CONTENT("design", "request-content"),
  /** The request is relayed as it is, for a reason found earlier. */
  RELAYED("design", "relayed"),
  /** The body is larger than what may be stored. */
  TOO_LARGE("operator", "too-large"),
  /** There is no memory left for another body that arrives. */
  NO_MEMORY("operator", "no-memory"),
  /** The fetch that was joined took too long. */
  LEADER_TOO_SLOW("operator", "leader-too-slow"),
  /** The origin could not be reached, broke off, or is not to be believed. */
  ORIGIN_ERROR("RFC 9110 §15.6", "origin-error"),
  /** A condition of the client's is not met. */
  PRECONDITION("RFC 9110 §13.2.2", "precondition");

  private final String section;
  private final String token;

  Reason(String section, String token) {
    this.section = section;
    this.token = token;
  }

  /** Returns the RFC and section that the outcome rests on, or {@code operator}. */
  public String section() {
    return section;
  }

  /** Returns the name for Cache-Status, logs and counters: lower case, a token, never changed. */
  public String token() {
    return token;
  }
}
